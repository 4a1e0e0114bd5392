/**
 * A field for the filter language: coloured while one types, with completions below (a combobox), an underlined
 * place and a sentence where the server did not understand. Enter applies, Esc gives up, the arrow down goes on.
 */

import { fill, freshId, h, icon } from "../core/dom.js";
import { announce } from "../core/focus.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { isComposing } from "../core/keyboard.js";
import { FIELDS, lex, pieces } from "./querytext.js";

/**
 * @typedef {Object} Completion
 * @property {string} label as it will stand in the field
 * @property {string} [about] what it means
 * @property {string} insert
 * @property {string} [icon]
 * @property {string} [group] heading above the first of several
 * @property {boolean} [whole] takes the place of the whole text and is applied
 */

export class QueryField {
  /**
   * @param {HTMLElement} box .q-box with .query, .q-mirror and an input in it
   * @param {Object} options
   * @param {(text: string) => void} options.apply
   * @param {() => void} options.giveUp Esc, with no list open
   * @param {() => void} options.leave ArrowDown, with no list open
   * @param {(text: string, caret: number, asked: boolean) => {from: number, to: number, items: Completion[]}|Promise<any>|null} [options.complete]
   *   `asked`: by a key, so that everything possible is named
   * @param {boolean} [options.plain] the text is no filter: nothing is coloured
   * @param {(text: string) => void} [options.typed] after each change by a person, none while an input method composes
   */
  constructor(box, options) {
    this.box = box;
    this.options = options;
    this.input = /** @type {HTMLInputElement} */ (box.querySelector("input"));
    this.mirror = /** @type {HTMLElement} */ (box.querySelector(".q-mirror"));
    this.wrong = null;
    this.items = [];
    this.at = -1;
    this.round = 0;
    this.build();
    this.draw();
  }

  build() {
    const listId = freshId("completions");
    const noteId = freshId("note");
    this.list = h("div", { class: "q-list", id: listId, role: "listbox", "aria-label": gettext("Completions"), hidden: true });
    this.note = h("div", { class: "q-note", id: noteId, hidden: true });
    this.box.append(h("div", { class: "q-pop" }, this.note, this.list));
    const told = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId, "aria-describedby": noteId, autocomplete: "off", spellcheck: "false" };
    for (const [name, value] of Object.entries(told)) this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => {
      this.forgive();
      this.draw();
      this.suggest();
      if (!this.box.classList.contains("is-composing")) this.options.typed?.(this.input.value);
    });
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("scroll", () => this.follow());
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("click", () => this.close());
    // The browser draws what is being composed, with its own marks.
    this.input.addEventListener("compositionstart", () => this.box.classList.add("is-composing"));
    this.input.addEventListener("compositionend", () => {
      this.box.classList.remove("is-composing");
      this.draw();
      this.suggest();
      this.options.typed?.(this.input.value);
    });
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (option) this.choose(Number(option.getAttribute("data-index")));
    });
  }

  get value() {
    return this.input.value;
  }

  /** Put another text in; nothing is applied. */
  set(text) {
    if (this.input.value !== text) this.input.value = text;
    this.forgive();
    this.close();
    this.draw();
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  /** Put the caret somewhere and go on writing. */
  writeAt(text, caret) {
    this.set(text);
    this.input.focus();
    this.input.setSelectionRange(caret, caret);
    this.suggest();
  }

  draw() {
    const text = this.input.value;
    if (this.options.plain) fill(this.mirror, this.wrong ? [text.slice(0, this.wrong.from), h("span", { class: "q-bad" }, text.slice(this.wrong.from, this.wrong.to)), text.slice(this.wrong.to)] : text);
    else fill(this.mirror, pieces(text, this.wrong).map((piece) => (piece.class ? h("span", { class: piece.class }, piece.raw) : piece.raw)));
    this.follow();
    if (!this.wrong && !this.options.plain) this.say(this.unknown(text));
  }

  follow() {
    this.mirror.scrollLeft = this.input.scrollLeft;
  }

  /** A sentence about the first field that is none; "" where all are. */
  unknown(text) {
    const token = lex(text).find((one) => one.type === "field" && !FIELDS.includes(one.value));
    if (!token || this.input.selectionStart < token.to) return "";
    return fmt(gettext("There is no field “{name}”. There are {fields}."), { name: token.value, fields: FIELDS.join(", ") });
  }

  say(sentence) {
    if (this.note.textContent !== sentence) this.note.textContent = sentence;
    this.note.hidden = !sentence;
  }

  /** Underline what the server did not understand and say its sentence. @param {any} error with details at, length, valid in code points */
  refuse(error) {
    const { at = 0, length = 0, valid = [] } = error.details || {};
    // Spaces before it were not sent.
    const before = this.input.value.length - this.input.value.trimStart().length;
    const letters = [...this.input.value.trimStart()];
    const from = before + letters.slice(0, at).join("").length;
    this.wrong = { from, to: from + Math.max(1, letters.slice(at, at + length).join("").length) };
    this.input.setAttribute("aria-invalid", "true");
    this.close();
    this.draw();
    const named = valid.length && !valid.some((one) => error.message.includes(one));
    this.say(named ? `${error.message} ${fmt(gettext("There are {fields}."), { fields: valid.join(", ") })}` : error.message);
    announce(this.note.textContent, true);
  }

  forgive() {
    this.wrong = null;
    this.input.removeAttribute("aria-invalid");
    this.say("");
  }

  // ---- completions ----
  get isOpen() {
    return !this.list.hidden;
  }

  async suggest(asked = false) {
    const round = ++this.round;
    const text = this.input.value;
    const caret = this.input.selectionStart ?? text.length;
    const found = this.options.complete && (await this.options.complete(text, caret, asked));
    if (round !== this.round || document.activeElement !== this.input) return;
    const only = found?.items.length === 1 && found.items[0].insert === text.slice(found.from, found.to);
    if (!found?.items.length || (only && !asked)) {
      this.close();
      return;
    }
    this.place = found;
    this.show(found.items);
  }

  show(items) {
    this.items = items;
    let group = "";
    const parts = [];
    items.forEach((item, index) => {
      if (item.group && item.group !== group) parts.push(h("div", { class: "label", role: "presentation" }, (group = item.group)));
      parts.push(
        h("div", { class: "q-item", role: "option", id: `${this.list.id}-${index}`, "data-index": index, "aria-selected": "false" },
          item.icon && icon(item.icon, { small: true }), h("span", { class: item.whole ? "clip" : "q-name clip" }, item.label), item.about && h("span", { class: "where" }, item.about)),
      );
    });
    fill(this.list, parts);
    this.list.hidden = false;
    this.list.scrollTop = 0;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(-1);
    if (!this.told) announce(fmt(ngettext("{n} completion", "{n} completions", items.length), { n: items.length }));
    this.told = true;
  }

  close() {
    this.round += 1;
    this.told = false;
    this.items = [];
    this.at = -1;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  mark(index) {
    this.list.querySelector('[aria-selected="true"]')?.setAttribute("aria-selected", "false");
    this.at = index;
    const option = this.list.querySelector(`[data-index="${index}"]`);
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  choose(index) {
    const item = this.items[index];
    const place = this.place;
    if (!item) return;
    if (item.whole) {
      this.set(item.insert);
      this.options.apply(item.insert);
      return;
    }
    this.input.setRangeText(item.insert, place.from, place.to, "end");
    this.forgive();
    this.close();
    this.draw();
    // A field is followed by its values.
    if (item.insert.endsWith(":")) this.suggest();
  }

  onKey(event) {
    if (isComposing(event)) return;
    if (!this.take(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Whether a key did something here. */
  take(event) {
    const { code } = event;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[code];
    if ((code === "ArrowDown" && event.altKey && !this.isOpen) || (code === "Space" && event.ctrlKey)) this.suggest(true);
    else if (event.ctrlKey || event.metaKey || event.altKey) return false;
    else if (step && this.isOpen) this.mark(Math.max(-1, Math.min(this.items.length - 1, this.at + step)));
    else if (code === "ArrowDown") this.options.leave();
    else if (code === "Enter" || code === "NumpadEnter") {
      if (this.at >= 0) this.choose(this.at);
      else {
        this.close();
        this.options.apply(this.input.value);
      }
    } else if (code === "Tab" && this.at >= 0) this.choose(this.at);
    else if (code === "Escape") {
      if (this.isOpen) this.close();
      else this.options.giveUp();
    } else {
      if (code === "ArrowLeft" || code === "ArrowRight" || code === "Home" || code === "End") this.close();
      return false;
    }
    return true;
  }
}
