/**
 * Colour codes as one letter each while a text is edited: a letter of the private use area, so that the
 * caret, deleting and undo treat it as one thing. The mirror draws a small mark over it.
 */

import { parse } from "../textmark.js";

const FIRST = 0xe0a0;
const LAST = 0xe0ff;
const OURS = /[\ue0a0-\ue0ff]/u;
const EACH = /[\ue0a0-\ue0ff]/gu;

export class Alphabet {
  /** @param {string[]} texts whose colours get letters; a text that uses these letters itself switches it off */
  constructor(...texts) {
    /** @type {Map<string, string>} raw -> letter */
    this.letters = new Map();
    /** @type {Map<string, any>} letter -> part */
    this.parts = new Map();
    this.isOff = texts.some((text) => OURS.test(text));
    for (const text of texts) this.encode(text);
  }

  letterOf(part) {
    const known = this.letters.get(part.raw);
    if (known) return known;
    const next = FIRST + this.letters.size;
    if (next > LAST) return part.raw;
    const letter = String.fromCharCode(next);
    this.letters.set(part.raw, letter);
    this.parts.set(letter, part);
    return letter;
  }

  /** Stored text -> text with letters. */
  encode(text) {
    if (this.isOff) return text;
    return parse(text).map((part) => (part.type === "open" || part.type === "close" ? this.letterOf(part) : part.raw)).join("");
  }

  /** Text with letters -> stored text. */
  decode(text) {
    return text.replace(EACH, (letter) => this.parts.get(letter)?.raw ?? letter);
  }

  /** The parts of an edited text; a letter is an "open" or "close" whose `raw` is the letter. */
  parse(text) {
    const parts = [];
    let plain = 0;
    for (let at = 0; at < text.length; at += 1) {
      const part = this.parts.get(text[at]);
      if (!part) continue;
      if (at > plain) parts.push(...parse(text.slice(plain, at)));
      parts.push({ ...part, raw: text[at], shown: part.raw });
      plain = at + 1;
    }
    if (plain < text.length) parts.push(...parse(text.slice(plain)));
    return parts;
  }
}
