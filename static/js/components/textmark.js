/**
 * Game text into parts: plain text, line breaks, codes and coloured runs. The stored text stays raw:
 * the `raw` of all parts put together is the text again. One pass; every look ahead is bounded, so that
 * hostile input stays linear.
 */

import { h } from "../core/dom.js";
import { fmt, gettext } from "../core/i18n.js";
import { readableColour } from "./colour.js";

/**
 * @typedef {Object} Part
 * @property {"text"|"break"|"code"|"open"|"close"} type
 * @property {string} raw
 * @property {"brace"|"param"|"static"|"entity"|"esc"} [kind] of a code
 * @property {string} [colour] "rrggbb" of an opened run
 */

const LONGEST = 240;
const BREAK = /^(?:<br\s{0,3}\/?>|&lt;br\s{0,3}\/?&gt;)/iu;
const COLOUR = /^(?:<PAColor0x(?:[0-9a-f]{2})?([0-9a-f]{6})>|&lt;PAColor0x(?:[0-9a-f]{2})?([0-9a-f]{6})&gt;)/iu;
const OLD_COLOUR = /^(?:<PAOldColor>|&lt;PAOldColor&gt;)/iu;
const TAG = /^<\/?[A-Za-z_!?][^<>\n]{0,239}>/u;
const ESCAPED_TAG = /^&lt;\/?[A-Za-z_][^<>&\n]{0,200}&gt;/u;
const ENTITY = /^&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});/u;
const PRINTF = /^%(?:\d{1,3}#|%|(?:\d{1,2}\$)?[-+0#]{0,3}\d{0,4}(?:\.\d{1,3})?(?:hh|h|ll|l|z)?[sdifuxXcgeo@])/u;
const ESCAPE = /^\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[^\n])/u;
const TOKEN = /^⟦\d{1,4}⟧/u;
const SPECIAL = /[\n\r<&{%\\⟦]/gu;

/** @param {string} text @returns {Part[]} */
export function parse(text) {
  /** @type {Part[]} */
  const parts = [];
  const lastBrace = text.lastIndexOf("}");
  let plain = 0;
  let at = 0;
  while (at < text.length) {
    SPECIAL.lastIndex = at;
    const hit = SPECIAL.exec(text);
    if (!hit) break;
    at = hit.index;
    const part = partAt(text, at, lastBrace);
    if (!part) {
      at += 1;
      continue;
    }
    if (at > plain) parts.push({ type: "text", raw: text.slice(plain, at) });
    parts.push(part);
    at += part.raw.length;
    plain = at;
  }
  if (plain < text.length) parts.push({ type: "text", raw: text.slice(plain) });
  return parts;
}

/** @returns {Part|null} */
function partAt(text, at, lastBrace) {
  const first = text[at];
  if (first === "\n") return { type: "break", raw: "\n" };
  if (first === "\r") return { type: "break", raw: text[at + 1] === "\n" ? "\r\n" : "\r" };
  const ahead = text.slice(at, at + LONGEST + 2);
  if (first === "{") return at < lastBrace ? braceAt(ahead) : null;
  if (first === "%") return code(PRINTF.exec(ahead), "param");
  if (first === "⟦") return code(TOKEN.exec(ahead), "param");
  if (first === "\\") {
    if (ahead.startsWith("\\r\\n")) return { type: "break", raw: "\\r\\n" };
    if (ahead.startsWith("\\n")) return { type: "break", raw: "\\n" };
    return code(ESCAPE.exec(ahead), "esc");
  }
  const lineBreak = BREAK.exec(ahead);
  if (lineBreak) return { type: "break", raw: lineBreak[0] };
  const colour = COLOUR.exec(ahead);
  if (colour) return { type: "open", raw: colour[0], colour: (colour[1] || colour[2]).toLowerCase() };
  const old = OLD_COLOUR.exec(ahead);
  if (old) return { type: "close", raw: old[0] };
  if (first === "<") return code(TAG.exec(ahead), "entity");
  return code(ESCAPED_TAG.exec(ahead) || ENTITY.exec(ahead), "entity");
}

/** A code in braces, inner braces included. */
function braceAt(ahead) {
  let depth = 0;
  for (let i = 0; i < ahead.length; i += 1) {
    const c = ahead[i];
    if (c === "\n") return null;
    if (c === "{") depth += 1;
    if (c === "}") {
      depth -= 1;
      if (depth === 0) {
        const raw = ahead.slice(0, i + 1);
        return { type: "code", raw, kind: /^\{StaticInfo:/iu.test(raw) ? "static" : "brace" };
      }
    }
  }
  return null;
}

const code = (match, kind) => (match ? { type: "code", raw: match[0], kind } : null);

/** The codes of a text, colours included, as written. */
export function codesOf(text) {
  return parse(text)
    .filter((part) => part.type === "code" || part.type === "open" || part.type === "close")
    .map((part) => part.raw);
}

/** Codes of the source that the target lacks, each as often as it is missing. */
export function missingCodes(source, target) {
  const have = new Map();
  for (const raw of codesOf(target)) have.set(identity(raw), (have.get(identity(raw)) || 0) + 1);
  const missing = [];
  for (const raw of codesOf(source)) {
    const left = have.get(identity(raw)) || 0;
    if (left) have.set(identity(raw), left - 1);
    else missing.push(raw);
  }
  return missing;
}

/** What must be the same in both languages: the words inside a {StaticInfo:…#words} may differ. */
function identity(raw) {
  const marked = /^(\{StaticInfo:[^#]*#)/iu.exec(raw);
  return (marked ? `${marked[1]}}` : raw).toLowerCase();
}

/** The visible characters and lines of a text: codes count as nothing, breaks as none. */
export function sizeOf(text) {
  let characters = 0;
  let lines = 1;
  for (const part of parse(text)) {
    if (part.type === "text") characters += [...part.raw].length;
    else if (part.type === "break") lines += 1;
  }
  return { characters, lines };
}

/** A text to be spoken: codes as written, colours left out, line ends as spaces. */
export function spoken(text) {
  return parse(text)
    .map((part) => (part.type === "break" ? " " : part.type === "open" || part.type === "close" ? "" : part.raw))
    .join("");
}

function codeName(part) {
  if (part.kind === "brace") return fmt(gettext("placeholder {name}"), { name: part.raw.slice(1, -1) });
  if (part.kind === "param") return fmt(gettext("parameter {name}"), { name: part.raw });
  if (part.kind === "static") return fmt(gettext("link {name}"), { name: part.raw.slice(1, -1) });
  return fmt(gettext("code {name}"), { name: part.raw });
}

const CLASSES = { brace: "code", param: "code code-param", static: "code code-static", entity: "code code-entity", esc: "code code-esc" };

/** A pill of a code. */
export function codePill(part) {
  return h("span", { class: CLASSES[part.kind] || "code code-esc", role: "img", "aria-label": codeName(part) }, part.raw);
}

/**
 * The nodes of a text. `raw` shows it as stored, line feeds apart. `marks` are places of the text in UTF-16
 * units, {from, to, class, title}: their letters are marked, codes and line ends inside them stay what they are.
 */
export function renderText(text, { raw = false, marks = [] } = {}) {
  const fragment = document.createDocumentFragment();
  if (raw) {
    fragment.append(text);
    return fragment;
  }
  let into = /** @type {ParentNode} */ (fragment);
  let at = 0;
  for (const part of parse(text)) {
    if (part.type === "text") into.append(...markedText(part.raw, at, marks));
    else if (part.type === "break") {
      into.append(h("span", { class: "eol", role: "img", "aria-label": gettext("line break"), title: part.raw === "\n" ? null : part.raw }), "\n");
    } else if (part.type === "open") {
      into = h("span", { class: "tone", title: part.raw });
      into.style.color = readableColour(part.colour);
      fragment.append(into);
    } else if (part.type === "close") {
      if (into === fragment) fragment.append(codePill({ ...part, kind: "esc" }));
      into = fragment;
    } else into.append(codePill(part));
    at += part.raw.length;
  }
  return fragment;
}

/**
 * Places of a text as marks of renderText, in order: the longest of those that overlap.
 * @param {string} text @param {{start: number, end: number, class: string, title?: string}[]} places count code points
 */
export function marksAt(text, places) {
  const units = [0];
  for (const letter of text) units.push(units[units.length - 1] + letter.length);
  const at = (point) => units[Math.min(point, units.length - 1)];
  const kept = [];
  for (const place of [...places].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)) {
    const mark = { from: at(place.start), to: at(place.end), class: place.class, title: place.title };
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
