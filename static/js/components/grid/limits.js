/** How long a target may be, and what of it does not fit. */

import { number } from "../../core/format.js";
import { fmt, gettext, ngettext } from "../../core/i18n.js";
import { parse } from "../codes/reading.js";

/**
 * @typedef {Object} Limits
 * @property {number|null} characters visible ones: of the whole text, or of each line where `lines` is given by the same rule
 * @property {number|null} lines
 * @property {boolean} [perLine] whether `characters` holds for each line
 */

/** Rules of the file, asked by row: the editor page puts its own in. @type {(row: any) => Limits|null} */
let ruleOf = () => null;

/** @param {(row: any) => Limits|null} ask */
export function useLimits(ask) {
  ruleOf = ask;
}

/** The limits of a row: its own is stronger than a rule. @returns {Limits} */
export function limitsOf(row) {
  const rule = ruleOf(row);
  if (row.max_length) return { characters: row.max_length, lines: rule?.lines ?? null, perLine: false };
  return rule || { characters: null, lines: null };
}

/**
 * The stretches of a stored text that do not fit, [start, end] in code points: what is behind the last character
 * that fits, and the lines behind the last one. @param {string} text @param {Limits} limits
 */
export function overflow(text, { characters, lines, perLine }) {
  const found = [];
  if (!characters && !lines) return found;
  const add = (start, end) => {
    const last = found[found.length - 1];
    if (last && last[1] === start) last[1] = end;
    else found.push([start, end]);
  };
  let at = 0;
  let used = 0;
  let line = 1;
  for (const part of parse(text)) {
    const length = [...part.raw].length;
    const letters = part.type === "text" ? length : Number(Boolean(part.visible));
    if (part.type === "break") {
      line += 1;
      if (perLine) used = 0;
    } else if (lines && line > lines) add(at, at + length);
    else if (characters && letters && used + letters > characters) add(at + (part.type === "text" ? Math.max(0, characters - used) : 0), at + length);
    used += letters;
    at += length;
  }
  // An empty line too many has no letter to mark.
  if (!found.length && lines && line > lines) add(Math.max(0, at - 1), at);
  return found;
}

/** What is too much, as a sentence. */
export function overWords(size, { characters, lines, perLine }) {
  if (lines && size.lines > lines) return fmt(ngettext("{n} lines, {limit} fits.", "{n} lines, {limit} fit.", lines), { n: number(size.lines), limit: number(lines) });
  if (perLine) return fmt(ngettext("A line is longer than {limit} character.", "A line is longer than {limit} characters.", characters), { limit: number(characters) });
  return fmt(gettext("{n} characters, {limit} fit."), { n: number(size.characters), limit: number(characters) });
}
