/**
 * Codes as one letter each while a text is edited: a letter of the private use area, so that the caret, deleting,
 * dragging and undo treat a code as one thing and never halve it. A pill is drawn over it.
 */

import { parse } from "../codes/reading.js";

const BLOCKS = { first: 0xe100, last: 0xf700, size: 0x100 };

export class Alphabet {
  /**
   * @param {string[]} texts that will be shown: the letters are none that they use themselves
   * @param {{spelling?: string|null, format?: string, isOff?: boolean}} [options] how the stored text spells a line end; off: no letters at all
   */
  constructor(texts, { spelling = "\n", format = "", isOff = false } = {}) {
    this.first = freeBlock(texts);
    this.last = this.first + BLOCKS.size - 1;
    this.spelling = spelling ?? "\n";
    // A tab file writes its line ends as these two letters: typed, they mean one.
    this.lines = new Set(["\n", this.spelling, ...(format === "txt" ? ["\\n"] : [])]);
    this.isOff = isOff;
    /** @type {Map<string, string>} type and raw -> letter */
    this.letters = new Map();
    /** @type {Map<string, any>} letter -> part */
    this.parts = new Map();
  }

  isLetter(unit) {
    return this.parts.has(unit);
  }

  isOurs(unit) {
    const code = unit.charCodeAt(0);
    return code >= this.first && code <= this.last;
  }

  letterOf(part) {
    const name = `${part.type}:${part.raw}`;
    const known = this.letters.get(name);
    if (known) return known;
    const next = this.first + this.letters.size;
    if (next > this.last) return part.raw;
    const letter = String.fromCharCode(next);
    this.letters.set(name, letter);
    this.parts.set(letter, part);
    return letter;
  }

  /** Text as it is stored, or with real line ends -> text with letters. */
  encode(text) {
    if (this.isOff) return text;
    let open = false;
    return parse(text).map((part) => {
      // A closer without its opener is no end of a colour: it stays in sight as a pill.
      const lone = part.type === "close" && !open;
      if (part.type === "open" || part.type === "close") open = part.type === "open";
      if (lone) return this.letterOf({ ...part, type: "code", kind: "esc" });
      if (part.type === "text") return this.strange(part.raw);
      if (part.type === "break") return this.lines.has(part.raw) ? "\n" : this.letterOf({ ...part, type: "code", kind: "esc" });
      return this.letterOf(part);
    }).join("");
  }

  /** Letters of our block in a foreign text are codes of their own, lest they be taken for ours. */
  strange(text) {
    let out = "";
    for (const unit of text.split("")) out += this.isOurs(unit) ? this.letterOf({ type: "code", raw: unit, kind: "esc" }) : unit;
    return out;
  }

  /** Text with letters -> text with codes, line ends as they are shown. */
  decode(text) {
    let out = "";
    let plain = 0;
    for (let at = 0; at < text.length; at += 1) {
      const part = this.parts.get(text[at]);
      if (!part) continue;
      out += text.slice(plain, at) + part.raw;
      plain = at + 1;
    }
    return out + text.slice(plain);
  }

  /**
   * The parts of an edited text: `raw` as stored, and their place in the edited text, {at, length}.
   * What was typed and is no letter yet is plain text.
   */
  read(text) {
    const parts = [];
    const add = (part, from, to) => parts.push({ ...part, at: from, length: to - from });
    let plain = 0;
    for (let at = 0; at < text.length; at += 1) {
      const isBreak = text[at] === "\n" && !this.isOff;
      const part = isBreak ? { type: "break", raw: this.spelling } : this.parts.get(text[at]);
      if (!part) continue;
      if (at > plain) add({ type: "text", raw: text.slice(plain, at) }, plain, at);
      add(part, at, at + 1);
      plain = at + 1;
    }
    if (plain < text.length) add({ type: "text", raw: text.slice(plain) }, plain, text.length);
    return parts;
  }
}

/** The first letter of a block that none of the texts uses. */
function freeBlock(texts) {
  const used = new Set();
  for (const text of texts) {
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code >= 0xe000 && code <= 0xf8ff) used.add(code - (code % BLOCKS.size));
    }
  }
  for (let first = BLOCKS.first; first <= BLOCKS.last; first += BLOCKS.size) if (!used.has(first)) return first;
  return BLOCKS.first;
}
