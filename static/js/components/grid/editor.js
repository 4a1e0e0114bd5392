/**
 * The editor of a target: a text area exactly on the cell, over a mirror that is drawn as the closed cell is. Codes
 * are pills in the mirror and single letters of the same width in the area. It grows downwards with a line of
 * counters and, where there is something to decide, notes. While an input method composes, no key is handled and
 * nothing of the cell is drawn again but what is typed.
 */

import { debounce, fill, h, icon } from "../../core/dom.js";
import { keepDraft } from "../../core/drafts.js";
import { announce } from "../../core/focus.js";
import { number, when } from "../../core/format.js";
import { fmt, gettext, ngettext } from "../../core/i18n.js";
import { codeLabel } from "../codes/pills.js";
import { closerOf, coloursOf, halfOf } from "../codes/pairs.js";
import { missingParts } from "../codes/reading.js";
import { marksAt, renderParts, sizeOf } from "../textmark.js";
import { Alphabet } from "./alphabet.js";
import { editable, toLines } from "./breaks.js";
import { CodeArea } from "./codearea.js";
import { changeOf } from "./codes.js";
import { limitsOf, overflow, overWords } from "./limits.js";
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

const SHOWN_MISSING = 6;

export class CellEditor {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.row = options.row;
    this.index = options.index;
    const { row, raw, refusal, draft, context } = options;
    const lines = raw ? { text: row.target, back: (typed) => typed, spelling: "\n" } : editable({ ...row, format: context.format });
    this.spelling = lines.spelling;
    this.alphabet = new Alphabet([row.source, row.target, refusal?.mine || "", draft?.text || ""], { spelling: lines.spelling, format: context.format, isOff: raw });
    this.back = (typed) => lines.back(this.alphabet.decode(typed));
    // A text whose way back is not exact is edited as it is stored.
    if (this.back(this.alphabet.encode(lines.text)) !== row.target) this.alphabet.isOff = true;
    this.opened = this.alphabet.encode(lines.text);
    /** What the checks say of this text: places in it, see marksAt. @type {any[]} */
    this.places = [];
    this.warned = false;
    this.build();
    this.codes.start(refusal ? this.forward(refusal.mine) : options.typed ?? this.opened);
    this.refresh();
  }

  get composing() {
    return this.codes.composing;
  }

  /** Stored text as this editor shows it. */
  forward(stored) {
    return this.options.raw ? stored : this.alphabet.encode(toLines(stored, this.spelling));
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
    this.codes = new CodeArea(this.area, this.stack, this.alphabet, ({ composing }) => (composing ? this.drawMirror() : this.onInput()));
    // The game's colours are made readable for the theme.
    this.onTheme = () => this.drawMirror();
    document.addEventListener("locanext:theme", this.onTheme);
    this.stack.addEventListener("dblclick", (event) => this.onDoubleClick(event));
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

  onInput() {
    this.movePlaces();
    this.refresh();
    this.options.onInput();
    this.keep();
  }

  refresh() {
    const before = this.stack.offsetHeight;
    this.count();
    this.drawMirror();
    if (this.stack.offsetHeight !== before) this.options.onGrow();
  }

  /** The text as the closed cell shows it, with what the checks say and what does not fit. */
  drawMirror() {
    const parts = this.alphabet.isOff ? [{ type: "text", raw: this.area.value }] : this.alphabet.read(this.area.value);
    const text = parts.map((part) => part.raw).join("");
    const places = [...this.places, ...this.over.map(([start, end]) => ({ start, end, class: "over", codes: true }))];
    this.mirror.replaceChildren(renderParts(parts, marksAt(text, places)), "\u200b");
  }

  /** Mark places of the text, as long as it is this one. @param {any[]} places see marksAt */
  mark(places) {
    if (this.composing) return;
    this.places = places;
    // A rule's limit may only be known now.
    this.refresh();
  }

  /** What is underlined moves with the text until the checks say more; what was typed into is not marked. */
  movePlaces() {
    const text = this.value();
    if (this.places.length) {
      const change = changeOf(this.lastText, text);
      const points = (part) => [...part].length;
      const from = points(text.slice(0, change.from));
      const to = from + points(this.lastText.slice(change.from, change.before));
      const shift = points(text.slice(change.from, change.after)) - (to - from);
      this.places = this.places.filter((place) => place.end <= from || place.start >= to).map((place) => (place.start >= to ? { ...place, start: place.start + shift, end: place.end + shift } : place));
    }
  }

  count() {
    const text = this.value();
    this.lastText = text;
    const size = sizeOf(text);
    const limits = limitsOf(this.row);
    const sourceLines = sizeOf(this.row.source).lines;
    this.over = overflow(text, limits);
    const over = { characters: Boolean(limits.characters) && size.characters > limits.characters, lines: Boolean(limits.lines) && size.lines > limits.lines };
    const isOver = over.characters || over.lines || this.over.length > 0;
    const lines = fmt(ngettext("{n} line", "{n} lines", size.lines), { n: size.lines });
    const lineWords = limits.lines ? fmt(ngettext("{n} of {limit} line", "{n} of {limit} lines", limits.lines), { n: size.lines, limit: limits.lines }) : size.lines === sourceLines ? lines : fmt(gettext("{lines}, source {n}"), { lines, n: sourceLines });
    fill(
      this.counts,
      isOver && h("span", { class: "st-warn row" }, icon("warn", { small: true })),
      (limits.lines || size.lines > 1 || sourceLines > 1) && h("span", { class: over.lines || (!limits.lines && size.lines !== sourceLines) ? "num st-warn" : "num" }, lineWords),
      h("span", { class: over.characters ? "num st-warn" : "num" }, limits.characters ? fmt(gettext("{n} / {limit}"), { n: number(size.characters), limit: number(limits.characters) }) : number(size.characters)),
    );
    this.area.setAttribute("aria-invalid", String(isOver));
    this.announceLength(size, limits, isOver);
    this.lacking = missingParts(this.row.source, text);
    this.drawMissing();
  }

  drawMissing() {
    const { lacking } = this;
    const pill = (part, at) => h("button", { class: "code is-missing", type: "button", tabindex: "-1", title: `${part.raw}\n${at ? gettext("Missing: insert it") : gettext("Missing: insert it (Ctrl .)")}`, onclick: () => this.insertMissing(at) }, codeLabel(part.raw));
    fill(this.missing, lacking.slice(0, SHOWN_MISSING).map(pill), lacking.length > SHOWN_MISSING && h("span", { class: "faint" }, `+${lacking.length - SHOWN_MISSING}`));
  }

  announceLength(size, limits, isOver) {
    const near = limits.characters && size.characters >= limits.characters * 0.9;
    const level = isOver ? 2 : near ? 1 : 0;
    if (level > (this.level || 0)) {
      announce(level === 2 ? overWords(size, limits) : fmt(gettext("{n} of {limit} characters"), { n: number(size.characters), limit: number(limits.characters) }));
    }
    this.level = level;
  }

  /** Insert at the caret, as if typed, so that undo takes it back. */
  insert(text) {
    this.codes.insert(this.alphabet.decode(text));
  }

  /** Insert a code that is missing; a colour goes around what is chosen, with the closer that is missing too. */
  insertMissing(which = 0) {
    const part = this.lacking[which];
    if (!part) return false;
    const close = halfOf(part) === "open" ? this.lacking.find((one) => halfOf(one) === "close")?.raw : undefined;
    if (close) this.codes.wrap(part.raw, close);
    else this.codes.insert(part.raw);
    return true;
  }

  /** The colours of the source, and which of them the caret or the chosen text is in. */
  colours() {
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    return { colours: coloursOf(this.row.source), current: this.codes.runAround(from, to, value) };
  }

  /** Put a colour of the source around what is chosen, or take the one away that is there. */
  applyColour(colour) {
    const { current } = this.colours();
    this.area.focus({ preventScroll: true });
    if (current) this.codes.unwrap(current);
    if (!current || current.raw !== colour.open) this.codes.wrap(colour.open, colour.close || closerOf({ type: "open", raw: colour.open }));
  }

  /** Replace everything, as one step of undo. */
  replaceAll(text) {
    this.area.focus();
    this.area.select();
    this.insert(text);
  }

  /** A double click on a pill opens its code to be written in. */
  onDoubleClick(event) {
    const pill = [...this.mirror.querySelectorAll(".code")].find((one) => [...one.getClientRects()].some((box) => event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom));
    if (!pill) return;
    const at = this.codes.placeOfPill([...this.mirror.querySelectorAll(".code")].indexOf(pill));
    if (at < 0) return;
    this.area.setSelectionRange(at, at);
    this.codes.open();
  }

  /** Choose a place of the stored text. @param {number} start @param {number} end in code points */
  choose(start, end) {
    const [from, to] = this.codes.unitsOf(start, end);
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(from, to);
  }

  /** Say in the notes that somebody else saved this row meanwhile. */
  noteTheirs(row) {
    this.notes.querySelector(".is-theirs")?.remove();
    const who = row.edited_by?.name || gettext("Somebody");
    this.notes.append(h("div", { class: "ed-note is-theirs" }, icon("info", { small: true }), h("div", { class: "fill" },
      h("div", { class: "faint" }, fmt(gettext("{name} saved this row while you were editing."), { name: who })), h("div", { class: "g-text" }, row.target))));
    this.options.onGrow();
  }

  /** A sentence where the text is over a limit and this was not said yet, else null. */
  mustWarn() {
    const text = this.value();
    const limits = limitsOf(this.row);
    if (this.warned || !overflow(text, limits).length) return null;
    this.warned = true;
    return overWords(sizeOf(text), limits);
  }

  /** Take the editor off the cell; the caller draws the row. */
  close() {
    this.closed = true;
    this.codes.close();
    document.removeEventListener("locanext:theme", this.onTheme);
    this.options.cells.target.classList.remove("g-edit");
    this.facts?.remove();
  }
}
