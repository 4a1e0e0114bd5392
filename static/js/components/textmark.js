/** Game text drawn: codes as pills, line ends as lines, coloured runs in their colour, marked places underlined. */

import { h } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { codePill } from "./codes/pills.js";
import { parse } from "./codes/reading.js";
import { readableColour } from "./colour.js";

export { codePill } from "./codes/pills.js";
export { codesOf, missingCodes, parse, sizeOf, spoken, useCodes } from "./codes/reading.js";

/**
 * The nodes of a text. `raw` shows it as stored, line feeds apart. `marks` are places of the text in UTF-16
 * units, {from, to, class, title, codes}: their letters are marked; with `codes` the pills and line ends in them too.
 */
export function renderText(text, { raw = false, marks = [] } = {}) {
  return raw ? renderParts(text ? [{ type: "text", raw: text }] : [], marks) : renderParts(parse(text), marks);
}

/** The nodes of parts that were read already. @param {any[]} parts @param {any[]} [marks] */
export function renderParts(parts, marks = []) {
  const fragment = document.createDocumentFragment();
  let into = /** @type {ParentNode} */ (fragment);
  let at = 0;
  for (const part of parts) {
    const mark = part.type === "text" ? null : marks.find((one) => one.codes && one.from < at + part.raw.length && at < one.to);
    if (part.type === "text") into.append(...markedText(part.raw, at, marks));
    else if (part.type === "break") {
      into.append(h("span", { class: mark ? `eol ${mark.class}` : "eol", role: "img", "aria-label": gettext("line break"), title: mark?.title || (part.raw === "\n" ? null : part.raw) }), "\n");
    } else if (part.type === "open") {
      // One that opens inside another ends it without a code of its own.
      into = h("span", { class: mark ? `tone is-unclosed ${mark.class}` : "tone is-unclosed", title: mark?.title || part.raw });
      if (part.colour) into.style.color = readableColour(part.colour);
      fragment.append(into);
    } else if (part.type === "close") {
      if (into === fragment) fragment.append(codePill({ ...part, kind: "esc" }, mark?.class, mark?.title));
      else into.classList.remove("is-unclosed");
      into = fragment;
    } else into.append(codePill(part, mark?.class, mark?.title));
    at += part.raw.length;
  }
  return fragment;
}

/**
 * Places of a text as marks of renderText, in order: the longest of those that overlap.
 * @param {string} text @param {{start: number, end: number, class: string, title?: string, codes?: boolean}[]} places count code points
 */
export function marksAt(text, places) {
  if (!places.length) return [];
  const units = [0];
  for (const letter of text) units.push(units[units.length - 1] + letter.length);
  const at = (point) => units[Math.min(point, units.length - 1)];
  const kept = [];
  for (const place of [...places].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)) {
    const mark = { from: at(place.start), to: at(place.end), class: place.class, title: place.title };
    if (place.codes) mark.codes = true;
    if (mark.to > mark.from && !kept.some((one) => mark.from < one.to && one.from < mark.to)) kept.push(mark);
  }
  return kept.sort((a, b) => a.from - b.from);
}

/** A plain part that begins at `at`, with the letters of the marks marked. */
function markedText(raw, at, marks) {
  const nodes = [];
  let done = 0;
  for (const mark of marks) {
    const from = Math.max(mark.from - at, done);
    const to = Math.min(mark.to - at, raw.length);
    if (from >= to) continue;
    if (from > done) nodes.push(raw.slice(done, from));
    nodes.push(h("span", { class: mark.class, title: mark.title || null }, raw.slice(from, to)));
    done = to;
  }
  if (done < raw.length) nodes.push(raw.slice(done));
  return nodes;
}
