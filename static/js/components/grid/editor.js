/**
 * The editor of a target: a text area exactly on the cell, over a mirror that marks the codes and gives
 * the height. It grows downwards with a line of counters and, where there is something to decide, notes.
 * While an input method composes, no key is handled and nothing of the cell is drawn again.
 */

import { debounce, fill, h, icon } from "../../core/dom.js";
import { keepDraft } from "../../core/drafts.js";
import { announce } from "../../core/focus.js";
import { number, when } from "../../core/format.js";
import { fmt, gettext, ngettext } from "../../core/i18n.js";
import { isComposing } from "../../core/keyboard.js";
import { missingCodes, sizeOf } from "../textmark.js";
import { Alphabet } from "./alphabet.js";
import { editable } from "./breaks.js";
import { removal, step } from "./codes.js";
import { mirrorNodes } from "./mirror.js";
import { factsOf } from "./rows.js";

/**
 * @typedef {Object} Options
 * @property {any} row
 * @property {number} index
 * @property {any} cells of the row's element
 * @property {{languages: any, format: string, fileId: number, userId: number}} context
 * @property {boolean} raw
 * @property {any} [draft] unsaved text that was found
 * @property {any} [refusal] a refused save: {mine, element}
 * @property {string} [typed] begin with this text instead
 * @property {() => void} onGrow
 * @property {() => void} onInput
 * @property {() => void} onDiscardDraft
 */

export class CellEditor {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.row = options.row;
    this.index = options.index;
    this.alphabet = new Alphabet(this.row.source, this.row.target, options.refusal?.mine || "", options.draft?.text || "");
    this.alphabet.isOff ||= options.raw;
    const lines = options.raw ? { text: this.row.target, back: (typed) => typed } : editable({ ...this.row, format: options.context.format });
    this.back = (typed) => lines.back(this.alphabet.decode(typed));
    // A text whose way back is not exact is edited as it is stored.
    if (this.back(this.alphabet.encode(lines.text)) !== this.row.target) this.alphabet.isOff = true;
    this.opened = this.alphabet.encode(lines.text);
    const text = this.opened;
    this.warned = false;
    this.read = (typed) => this.alphabet.parse(typed);
    this.build();
    const mine = options.refusal ? this.forward(options.refusal.mine) : options.typed ?? text;
    this.area.value = mine;
    this.refresh();
  }

  /** Stored text as this editor shows it. */
  forward(stored) {
    return this.options.raw ? stored : this.alphabet.encode(editable({ ...this.row, target: stored, format: this.options.context.format }).text);
  }

  build() {
    const { cells, context, refusal, draft } = this.options;
    const language = context.languages?.target || {};
    const ids = `ed-${this.row.id}`;
    this.mirror = h("div", { class: "ed-mirror", "aria-hidden": "true", dir: language.dir || "auto" });
    this.area = /** @type {HTMLTextAreaElement} */ (
      h("textarea", {
        class: "ed-area", rows: "1", lang: language.code || null, dir: language.dir || "auto", spellcheck: "true", autocomplete: "off", autocapitalize: "off",
        "aria-label": fmt(gettext("Target of row {n}"), { n: number(this.row.n) }), "aria-describedby": `${ids}-tools`,
      })
    );
    this.counts = h("span", { class: "row ed-counts" });
    this.missing = h("span", { class: "row ed-missing" });
    const hint = (key, words) => h("span", { class: "faint ed-hint" }, h("kbd", { class: "kbd" }, key), " ", words);
    this.tools = h("div", { class: "ed-tools", id: `${ids}-tools` }, this.counts, this.missing, h("span", { class: "push" }), hint("Tab", gettext("save, next")), hint("Ctrl S", gettext("confirm")));
    this.notes = h("div", { class: "ed-notes" }, refusal?.element);
    if (draft && !refusal) this.notes.append(this.draftOffer(draft));
    this.stack = h("div", { class: "ed-text" }, this.mirror, this.area);
    fill(cells.target, this.stack, this.tools, this.notes);
    cells.target.classList.add("g-edit");
    this.facts = factsOf(this.row, context.languages);
    if (this.facts) cells.source.append(this.facts);
    this.keep = debounce(() => {
      if (!this.closed && this.isChanged()) keepDraft({ user: context.userId, file: context.fileId, row: this.row.id, text: this.value(), text_rev: this.row.text_rev });
    }, 250);
    this.area.addEventListener("input", () => this.onInput());
    // While it composes, the browser's own letters are shown, with the method's own marks.
    this.area.addEventListener("compositionstart", () => this.compose(true));
    this.area.addEventListener("compositionend", () => {
      this.compose(false);
      this.onInput();
    });
    this.area.addEventListener("keydown", (event) => this.onKey(event));
    for (const name of ["copy", "cut", "paste"]) this.area.addEventListener(name, (event) => this.onClipboard(event));
    this.tools.addEventListener("mousedown", (event) => event.preventDefault());
  }

  draftOffer(draft) {
    const offer = h("div", { class: "ed-note" }, icon("pencil", { small: true }),
      h("div", { class: "fill" }, h("div", { class: "faint" }, fmt(gettext("Typed {time} and not saved:"), { time: when(new Date(draft.at).toISOString()) })), h("div", { class: "g-text" }, draft.text)),
      h("button", { class: "btn btn-s", type: "button", onclick: () => { this.replaceAll(this.forward(draft.text)); offer.remove(); this.options.onGrow(); } }, gettext("Use it")),
      h("button", { class: "btn btn-quiet btn-s", type: "button", onclick: () => { offer.remove(); this.options.onDiscardDraft(); this.options.onGrow(); this.area.focus(); } }, gettext("Throw away")));
    return offer;
  }

  /** Put the caret at the end, or where a click was. */
  focus(caret = this.area.value.length) {
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(caret, caret);
  }

  /** The text as it will be stored. */
  value() {
    return this.back(this.area.value);
  }

  isChanged() {
    return this.area.value !== this.opened;
  }

  compose(on) {
    this.composing = on;
    this.stack.classList.toggle("is-composing", on);
  }

  onInput() {
    this.refresh();
    this.options.onInput();
    this.keep();
  }

  refresh() {
    const before = this.stack.offsetHeight;
    this.mirror.replaceChildren(mirrorNodes(this.area.value, this.read));
    this.count();
    if (this.stack.isConnected && this.stack.offsetHeight !== before) this.options.onGrow();
  }

  count() {
    const size = sizeOf(this.alphabet.decode(this.area.value));
    const limit = this.row.max_length;
    const over = limit ? size.characters > limit : false;
    const sourceLines = sizeOf(this.row.source).lines;
    const lines = fmt(ngettext("{n} line", "{n} lines", size.lines), { n: size.lines });
    fill(
      this.counts,
      over && h("span", { class: "st-warn row" }, icon("warn", { small: true })),
      h("span", { class: over ? "num st-warn" : "num" }, limit ? fmt(gettext("{n} / {limit}"), { n: number(size.characters), limit: number(limit) }) : number(size.characters)),
      (size.lines > 1 || sourceLines > 1) && h("span", { class: size.lines === sourceLines ? "num" : "num st-warn" }, size.lines === sourceLines ? lines : fmt(gettext("{lines}, source {n}"), { lines, n: sourceLines })),
    );
    this.area.setAttribute("aria-invalid", String(over));
    if (limit) this.announceLength(size.characters, limit);
    const missing = this.area.value ? missingCodes(this.row.source, this.value()) : missingCodes(this.row.source, "");
    fill(this.missing, missing.slice(0, 6).map((raw) => h("button", { class: "code is-missing", type: "button", tabindex: "-1", title: gettext("Missing: insert it (Ctrl .)"), onclick: () => this.insert(this.alphabet.encode(raw)) }, raw)), missing.length > 6 && `+${missing.length - 6}`);
    this.lacking = missing;
  }

  announceLength(characters, limit) {
    const level = characters > limit ? 2 : characters >= limit * 0.9 ? 1 : 0;
    if (level > (this.level || 0)) announce(fmt(level === 2 ? gettext("{n} of {limit} characters: too long") : gettext("{n} of {limit} characters"), { n: characters, limit }));
    this.level = level;
  }

  /** The clipboard has texts as they are stored, line ends apart. */
  onClipboard(event) {
    event.stopPropagation();
    if (event.type === "paste") {
      const text = event.clipboardData.getData("text/plain").replace(/\r\n?/gu, "\n");
      this.insert(this.options.raw ? text : this.alphabet.encode(text));
    } else {
      const { selectionStart: from, selectionEnd: to, value } = this.area;
      if (from === to) return;
      event.clipboardData.setData("text/plain", this.alphabet.decode(value.slice(from, to)));
      if (event.type === "cut") document.execCommand("delete");
    }
    event.preventDefault();
  }

  /** Insert at the caret, as if typed, so that undo takes it back. */
  insert(text) {
    this.area.focus();
    // The only way into the undo list of a text area.
    if (!document.execCommand("insertText", false, text)) this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
    this.onInput();
  }

  insertMissing() {
    if (!this.lacking.length) return false;
    this.insert(this.alphabet.encode(this.lacking[0]));
    return true;
  }

  /** Replace everything, as one step of undo. */
  replaceAll(text) {
    this.area.focus();
    this.area.select();
    this.insert(text);
  }

  /** Codes are stepped over and deleted whole. The keys that save are the grid's. */
  onKey(event) {
    if (isComposing(event)) {
      event.stopPropagation();
      return;
    }
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!plain || this.options.raw) return;
    const rtl = getComputedStyle(this.area).direction === "rtl";
    if (event.code === "ArrowLeft" || event.code === "ArrowRight") {
      const direction = (event.code === "ArrowRight") !== rtl ? 1 : -1;
      if (event.shiftKey || from !== to) return;
      const next = step(value, from, direction, this.read);
      if (next === null) return;
      this.area.setSelectionRange(next, next);
    } else if ((event.code === "Backspace" || event.code === "Delete") && from === to) {
      const ranges = removal(value, from, event.code === "Delete" ? 1 : -1, this.read);
      if (!ranges) return;
      for (const range of ranges) {
        this.area.setSelectionRange(range.from, range.to);
        document.execCommand("delete");
      }
      // After a pair is gone the caret belongs where the key was pressed.
      const gone = ranges.filter((range) => range.to <= from && range.from < from).reduce((sum, range) => sum + range.to - range.from, 0);
      const inside = ranges.find((range) => range.from < from && range.to > from);
      const caret = Math.max(0, inside ? inside.from : from - gone);
      this.area.setSelectionRange(caret, caret);
    } else return;
    event.preventDefault();
  }

  /** Say in the notes that somebody else saved this row meanwhile. */
  noteTheirs(row) {
    this.notes.querySelector(".is-theirs")?.remove();
    const who = row.edited_by?.name || gettext("Somebody");
    this.notes.append(h("div", { class: "ed-note is-theirs" }, icon("info", { small: true }), h("div", { class: "fill" },
      h("div", { class: "faint" }, fmt(gettext("{name}: saved this row while you were editing."), { name: who })), h("div", { class: "g-text" }, row.target))));
    this.options.onGrow();
  }

  /** Whether the text is over the limit and this was not said yet. */
  mustWarn() {
    const { characters } = sizeOf(this.alphabet.decode(this.area.value));
    if (!this.row.max_length || characters <= this.row.max_length || this.warned) return null;
    this.warned = true;
    return { characters, limit: this.row.max_length };
  }

  /** Take the editor off the cell; the caller draws the row. */
  close() {
    this.closed = true;
    this.options.cells.target.classList.remove("g-edit");
    this.facts?.remove();
  }
}
