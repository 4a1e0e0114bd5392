/**
 * The fields of a record in edit: text areas exactly on the cells, that grow with their text, and a line of
 * keys below them. While an input method composes, no key is handled.
 */

import { debounce, fill, h, icon } from "../../core/dom.js";
import { when } from "../../core/format.js";
import { fmt, gettext } from "../../core/i18n.js";
import { isComposing } from "../../core/keyboard.js";
import { missingCodes } from "../textmark.js";

/**
 * @typedef {{id: string, label: string, lang?: string, options?: [string, string][]}} Field a select where it has options
 * @typedef {Object} Options
 * @property {any} record
 * @property {number} index
 * @property {any} element the row
 * @property {Field[]} fields that can be edited; those without a column are left out
 * @property {Object<string, string>} texts to begin with
 * @property {any} [refusal] {element}
 * @property {any} [draft] {text, at}: what was typed before and not saved
 * @property {boolean} confirms whether Ctrl S confirms
 * @property {() => void} onGrow
 * @property {(texts: Object<string, string>) => void} onTyped a moment after typing
 * @property {() => void} onDiscard the draft is thrown away
 * @property {(how: "save"|"confirm"|"cancel"|"next"|"before") => void} onDone
 */

export class RecordEditor {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.record = options.record;
    this.index = options.index;
    /** @type {Map<string, HTMLTextAreaElement|HTMLSelectElement>} */
    this.inputs = new Map();
    this.keep = debounce(() => !this.closed && this.isChanged() && options.onTyped(this.values()), 250);
    this.build();
  }

  build() {
    const { element, fields, texts } = this.options;
    element.classList.add("is-edit");
    // In the order of the columns, which is the person's.
    for (const id of Object.keys(element.cells)) {
      const field = fields.find((one) => one.id === id);
      if (!field) continue;
      const input = field.options ? this.select(field, texts[field.id] ?? "") : this.area(field, texts[field.id] ?? "");
      this.inputs.set(field.id, input);
      fill(element.cells[id], field.options ? input : h("div", { class: "rec-grow" }, input));
      input.addEventListener("keydown", (event) => this.onKey(event));
      this.grow(input);
    }
    const hint = (key, words) => h("span", { class: "faint" }, h("kbd", { class: "kbd" }, key), " ", words);
    this.missing = h("span", { class: "row rec-missing" });
    this.tools = h("div", { class: "rec-tools" }, this.missing, h("span", { class: "push" }), hint("Enter", gettext("save")), hint("Shift Enter", gettext("new line")), hint("Tab", gettext("next field")), this.options.confirms && hint("Ctrl S", gettext("confirm")), hint("Esc", gettext("as it was")));
    this.below = h("div", { class: "rec-below" }, this.tools, this.options.draft && !this.options.refusal && this.draftOffer(this.options.draft), this.options.refusal?.element);
    element.querySelector(".rec-below")?.remove();
    element.append(this.below);
    this.showMissing();
  }

  area(field, text) {
    const area = /** @type {HTMLTextAreaElement} */ (
      h("textarea", { class: "rec-area", rows: "1", lang: field.lang || null, dir: "auto", "aria-label": field.label, autocomplete: "off", autocapitalize: "off", spellcheck: field.lang ? "true" : "false", value: text, "data-field": field.id })
    );
    area.addEventListener("input", () => {
      this.grow(area);
      this.showMissing();
      this.keep();
    });
    return area;
  }

  select(field, value) {
    const select = /** @type {HTMLSelectElement} */ (h("select", { class: "select select-s", "aria-label": field.label, "data-field": field.id }, field.options.map(([one, label]) => h("option", { value: one }, label))));
    select.value = value;
    return select;
  }

  draftOffer(draft) {
    const texts = JSON.parse(draft.text);
    const offer = h("div", { class: "ed-note" }, icon("pencil", { small: true }),
      h("div", { class: "fill" }, h("div", { class: "faint" }, fmt(gettext("Typed {time} and not saved:"), { time: when(new Date(draft.at).toISOString()) })), h("div", { class: "g-text" }, Object.values(texts).filter(Boolean).join(" · "))),
      h("button", { class: "btn btn-s", type: "button", onclick: () => { this.put(texts); offer.remove(); this.focus(); } }, gettext("Use it")),
      h("button", { class: "btn btn-quiet btn-s", type: "button", onclick: () => { offer.remove(); this.options.onDiscard(); this.options.onGrow(); this.focus(); } }, gettext("Throw away")));
    return offer;
  }

  put(texts) {
    for (const [id, input] of this.inputs) {
      if (texts[id] === undefined) continue;
      input.value = texts[id];
      this.grow(input);
    }
    this.showMissing();
  }

  /** The area is as high as its text: a copy of it in the same place gives the height. */
  grow(input) {
    const stack = input.parentElement;
    if (!stack?.classList.contains("rec-grow")) return;
    const before = stack.offsetHeight;
    stack.dataset.text = `${input.value} `;
    if (stack.isConnected && stack.offsetHeight !== before) this.options.onGrow();
  }

  showMissing() {
    const source = this.inputs.get("source")?.value ?? this.record.source ?? "";
    const target = this.inputs.get("target");
    const missing = target ? missingCodes(source, target.value) : [];
    fill(this.missing, missing.length > 0 && h("span", { class: "faint" }, gettext("Missing")), missing.slice(0, 6).map((raw) =>
      h("button", { class: "code is-missing", type: "button", tabindex: "-1", title: gettext("Insert it"), onmousedown: (event) => event.preventDefault(), onclick: () => this.insert(/** @type {HTMLTextAreaElement} */ (target), raw) }, raw)));
  }

  insert(area, text) {
    area.focus();
    // The only way into the undo list of a text area.
    if (!document.execCommand("insertText", false, text)) area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    this.grow(area);
    this.showMissing();
  }

  /** @param {string} [id] of a field */
  focus(id) {
    const input = this.inputs.get(id || "") || this.inputs.get("target") || [...this.inputs.values()][0];
    if (!input) return;
    input.focus({ preventScroll: true });
    if (input instanceof HTMLTextAreaElement) input.setSelectionRange(input.value.length, input.value.length);
  }

  values() {
    return Object.fromEntries([...this.inputs].map(([id, input]) => [id, input.value]));
  }

  isChanged() {
    return [...this.inputs].some(([id, input]) => input.value !== (this.record[id] ?? ""));
  }

  onKey(event) {
    if (isComposing(event)) {
      event.stopPropagation();
      return;
    }
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    const all = [...this.inputs.values()];
    const here = all.indexOf(event.target);
    if (event.code === "Enter" || event.code === "NumpadEnter") {
      if (event.shiftKey || event.altKey) return;
      this.options.onDone("save");
    } else if (event.code === "Escape") this.options.onDone("cancel");
    else if (event.code === "Tab" && plain) {
      const next = all[here + (event.shiftKey ? -1 : 1)];
      if (next) {
        next.focus({ preventScroll: true });
        if (next instanceof HTMLTextAreaElement) next.select();
      } else this.options.onDone(event.shiftKey ? "before" : "next");
    } else if (event.code === "KeyS" && (event.ctrlKey || event.metaKey) && !event.altKey) this.options.onDone(this.options.confirms ? "confirm" : "save");
    else {
      // Keys of the grid do not reach a text that is edited; those of the whole page do.
      if (plain && event.key !== "F6" && event.key !== "F1") event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Take the editor off the row; the grid draws it. */
  close() {
    this.closed = true;
    this.below.remove();
    this.options.element.classList.remove("is-edit");
  }
}
