/**
 * A text area whose codes are letters under pills. Every way of editing ends in `settle`: codes that were typed,
 * pasted or dropped become letters, a colour that lost its other half goes too. Each such step is one step of undo
 * together with what the person did: undo never stops in between.
 */

import { announce } from "../../core/focus.js";
import { isComposing } from "../../core/keyboard.js";
import { partners } from "../codes/pairs.js";
import { codeName } from "../codes/pills.js";
import { changeOf, orphans, removal } from "./codes.js";
import { LetterWidths } from "./letterwidths.js";

const MOST_STEPS = 8;

export class CodeArea {
  /**
   * @param {HTMLTextAreaElement} area
   * @param {HTMLElement} stack holds the area and its mirror
   * @param {Alphabet} alphabet
   * @param {(how: {composing: boolean}) => void} onChange the text is another
   */
  constructor(area, stack, alphabet, onChange) {
    Object.assign(this, { area, stack, alphabet, onChange });
    /** Texts that are no place to stop at while undoing. @type {Set<string>} */
    this.between = new Set();
    /** A code that is open to be written in: where it begins, how much is behind it. @type {{from: number, tail: number}|null} */
    this.loose = null;
    this.before = area.value;
    this.given = 0;
    this.read = (text) => alphabet.read(text);
    area.addEventListener("input", (event) => this.onInput(/** @type {InputEvent} */ (event)));
    area.addEventListener("compositionstart", () => this.compose(true));
    area.addEventListener("compositionend", () => {
      this.compose(false);
      this.changed();
    });
    area.addEventListener("keydown", (event) => this.onKey(event));
    area.addEventListener("dragstart", (event) => event.dataTransfer?.setData("text/plain", this.chosenText()));
    for (const name of ["copy", "cut", "paste"]) area.addEventListener(name, (event) => this.onClipboard(event));
    this.onSelection = () => this.followCaret();
    document.addEventListener("selectionchange", this.onSelection);
  }

  /** Put a text in, with no way back: the editor opens. */
  start(text) {
    this.area.value = text;
    this.before = text;
    this.giveWidths();
  }

  compose(on) {
    this.composing = on;
    this.stack.classList.toggle("is-composing", on);
  }

  giveWidths() {
    const { letters } = this.alphabet;
    if (letters.size === this.given) return;
    try {
      this.widths ||= new LetterWidths(this.area, this.stack);
      const added = [...this.alphabet.parts].slice(this.given).map(([letter, part]) => ({ letter, part }));
      this.given = letters.size;
      this.widths.add(added);
    } catch {
      // A browser that takes no font from memory: the letters are narrower than their pills, nothing is lost.
    }
  }

  // ---- what was typed ----
  onInput(event) {
    if (this.busy) return;
    if (this.composing) {
      this.onChange({ composing: true });
      return;
    }
    const way = event.inputType === "historyUndo" ? "undo" : event.inputType === "historyRedo" ? "redo" : "";
    if (way) this.passThrough(way);
    else this.settle();
    this.before = this.area.value;
    this.onChange({ composing: false });
  }

  /** On with undo or redo while the text is one that nobody typed. */
  passThrough(way) {
    this.loose = null;
    this.busy = true;
    for (let step = 0; step < MOST_STEPS && this.between.has(this.area.value); step += 1) if (!document.execCommand(way)) break;
    this.busy = false;
  }

  changed() {
    this.settle();
    this.before = this.area.value;
    this.onChange({ composing: false });
  }

  /** Letters for codes, and no half of a colour. */
  settle() {
    if (this.alphabet.isOff || this.loose) return;
    const lonely = orphans(this.before, this.area.value, this.read);
    if (lonely.length) this.removeAll(lonely);
    const typed = this.area.value;
    const wanted = this.alphabet.encode(this.alphabet.decode(typed));
    if (wanted === typed) return;
    this.giveWidths();
    this.between.add(typed);
    const caret = this.area.selectionStart;
    const change = changeOf(typed, wanted);
    const behind = typed.length - caret;
    this.replace(change.from, change.before, wanted.slice(change.from, change.after));
    const to = caret >= change.before ? wanted.length - behind : Math.min(caret, change.after);
    this.area.setSelectionRange(to, to);
  }

  /** Take single letters away, as one step. @param {number[]} places in order */
  removeAll(places) {
    const text = this.area.value;
    this.between.add(text);
    const caret = this.area.selectionStart;
    const gone = new Set(places);
    const [from, to] = [places[0], places[places.length - 1] + 1];
    this.replace(from, to, text.slice(from, to).split("").filter((_, at) => !gone.has(from + at)).join(""));
    const left = caret - places.filter((place) => place < caret).length;
    this.area.setSelectionRange(left, left);
  }

  /** Replace a stretch as one step of undo. */
  replace(from, to, text) {
    this.busy = true;
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(from, to);
    // The only way into the undo list of a text area.
    const done = text ? document.execCommand("insertText", false, text) : from === to || document.execCommand("delete");
    if (!done) this.area.setRangeText(text, from, to, "end");
    this.busy = false;
  }

  /** Insert a text at the caret, as if typed. Codes in it become letters. */
  insert(text) {
    this.replace(this.area.selectionStart, this.area.selectionEnd, this.alphabet.encode(text));
    this.changed();
  }

  /** Put two texts around what is chosen, or around the caret. The caret stays inside. */
  wrap(open, close) {
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    const [before, after] = [this.alphabet.encode(open), this.alphabet.encode(close)];
    this.giveWidths();
    this.replace(from, to, before + value.slice(from, to) + after);
    this.area.setSelectionRange(from + before.length, to + before.length);
    this.changed();
  }

  /** The coloured run that holds a stretch: {open, close, raw}, places of its halves, or null. */
  runAround(from, to, value = this.area.value) {
    const parts = this.read(value);
    let found = null;
    for (const [one, other] of partners(parts)) {
      const [open, close] = [parts[one], parts[other]];
      if (one < other && open.at <= from && close.at + close.length >= to && (to > open.at || from === to)) found = { open: open.at, close: close.at, raw: open.raw };
    }
    return found;
  }

  /** Take both halves of a run away. What was chosen stays chosen. */
  unwrap({ open, close }) {
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    this.replace(open, close + 1, value.slice(open + 1, close));
    const moved = (place) => place - Number(place > open) - Number(place > close);
    this.area.setSelectionRange(moved(from), moved(to));
    this.changed();
  }

  /** Where the letter of the nth pill of the mirror stands, or -1. */
  placeOfPill(nth) {
    const parts = this.read(this.area.value).filter((part) => part.type === "code");
    return parts[nth]?.at ?? -1;
  }

  /** Places of the stored text, in code points, as places of the edited one. */
  unitsOf(start, end) {
    const places = [];
    for (const wanted of [start, end]) {
      let point = 0;
      let place = this.area.value.length;
      for (const part of this.read(this.area.value)) {
        const length = [...part.raw].length;
        if (wanted < point + length || (wanted === point + length && part.type === "text")) {
          place = part.at + (part.type === "text" ? [...part.raw].slice(0, wanted - point).join("").length : wanted > point ? part.length : 0);
          break;
        }
        point += length;
      }
      places.push(place);
    }
    return places;
  }

  // ---- keys ----
  onKey(event) {
    if (isComposing(event)) {
      event.stopPropagation();
      return;
    }
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey;
    if (!plain || this.alphabet.isOff || this.loose) return;
    if (event.code !== "Backspace" && event.code !== "Delete") return;
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    const cut = from === to && removal(value, from, event.code === "Delete" ? 1 : -1, this.read);
    if (!cut) return;
    event.preventDefault();
    this.replace(cut.from, cut.to, cut.text);
    this.area.setSelectionRange(cut.caret, cut.caret);
    this.changed();
  }

  // ---- a code that is written in ----
  /** Open the code beside the caret as plain letters. The words that may differ are chosen. Returns whether there was one. */
  open() {
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    const at = this.alphabet.isLetter(value[from]) ? from : from === to && this.alphabet.isLetter(value[from - 1]) ? from - 1 : -1;
    if (at < 0) return false;
    const { raw } = this.alphabet.parts.get(value[at]);
    const tail = value.length - at - 1;
    this.replace(at, at + 1, raw);
    this.loose = { from: at, tail };
    this.between.add(this.area.value);
    const words = raw.indexOf("#") > 0 && raw.startsWith("{") ? raw.indexOf("#") + 1 : 1;
    this.area.setSelectionRange(at + words, at + raw.length - 1);
    this.before = this.area.value;
    this.onChange({ composing: false });
    return true;
  }

  /** An opened code closes when the caret leaves it; a screen reader hears the codes that the caret passes. */
  followCaret() {
    if (document.activeElement !== this.area || this.busy || this.composing) return;
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    if (this.loose && (from < this.loose.from || to > value.length - this.loose.tail)) this.closeLoose();
    if (from === to && this.caret !== undefined && Math.abs(from - this.caret) === 1 && value === this.spokenIn) {
      const part = this.alphabet.parts.get(value[Math.min(from, this.caret)]);
      if (part) announce(codeName(part));
    }
    this.caret = from === to ? from : undefined;
    this.spokenIn = value;
  }

  closeLoose() {
    if (!this.loose) return;
    this.loose = null;
    this.changed();
  }

  // ---- clipboard ----
  chosenText() {
    return this.alphabet.decode(this.area.value.slice(this.area.selectionStart, this.area.selectionEnd));
  }

  /** The clipboard has texts as they are stored, line ends apart. */
  onClipboard(event) {
    event.stopPropagation();
    if (event.type === "paste") {
      this.insert(event.clipboardData.getData("text/plain").replace(/\r\n?/gu, "\n"));
    } else {
      const { selectionStart: from, selectionEnd: to } = this.area;
      if (from === to) return;
      event.clipboardData.setData("text/plain", this.chosenText());
      if (event.type === "cut") {
        this.replace(from, to, "");
        this.changed();
      }
    }
    event.preventDefault();
  }

  close() {
    document.removeEventListener("selectionchange", this.onSelection);
    this.widths?.close();
  }
}
