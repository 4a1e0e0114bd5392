/**
 * Reading a text into plain text, line ends, codes and coloured runs, with the codes of the page's project.
 * The stored text stays raw: the `raw` of all parts put together is the text again. One expression, one pass.
 */

import { ALWAYS, PATTERNS } from "./patterns.js";

/**
 * @typedef {Object} Part
 * @property {"text"|"break"|"code"|"open"|"close"} type
 * @property {string} raw
 * @property {string} [name] of the pattern
 * @property {"brace"|"param"|"static"|"entity"|"esc"} [kind] how a code looks
 * @property {boolean} [visible] a code that stands for one letter
 * @property {string} [colour] "rrggbb" of an opened run, "" where its code has fewer digits
 */

/** Above this a project's own patterns are not looked for, as on the server. */
const LONGEST_CUSTOM = 5_000;
const STARTS = /[⟦\n\r<&[{%$@\\]/u;
const LOOKS = { placeholder: "param", tag: "entity", colour: "esc", escape: "esc", character: "esc" };
const COLOUR = /0x(?:[0-9a-f]{2})?([0-9a-f]{6})/iu;

/** Escapes that only the looser kind of expression allows. */
const portable = (source) => source.replace(/\\([-&~])/gu, (_, letter) => `\\x${letter.charCodeAt(0).toString(16)}`);

/** Chosen for the page: {builtin, custom}; the readers are made when they are first needed. */
let chosen = { builtin: PATTERNS.map((pattern) => pattern.family), custom: /** @type {any[]} */ ([]) };
let readers = makeReaders();

/**
 * Read the texts of this page with a project's codes.
 * @param {{builtin?: string[]|null, custom?: {name: string, kind: string, source: string}[]}} rules
 */
export function useCodes({ builtin, custom }) {
  chosen = { builtin: builtin || PATTERNS.map((pattern) => pattern.family), custom: (custom || []).filter(compiles) };
  readers = makeReaders();
}

function makeReaders() {
  const usual = PATTERNS.filter((pattern) => pattern.family === ALWAYS || chosen.builtin.includes(pattern.family));
  const own = chosen.custom.map((pattern, at) => ({ ...pattern, name: `custom_${at}`, title: pattern.name }));
  const of = (patterns) => new RegExp(patterns.map((pattern) => `(?<${pattern.name}>${portable(pattern.source)})`).join("|"), "gu");
  return { usual: of(usual), all: own.length ? of([...own, ...usual]) : null, patterns: new Map([...own, ...usual].map((pattern) => [pattern.name, pattern])) };
}

function compiles({ source }) {
  try {
    return Boolean(new RegExp(portable(source), "u"));
  } catch {
    return false;
  }
}

/** @param {string} text @returns {Part[]} */
export function parse(text) {
  const own = readers.all && text.length <= LONGEST_CUSTOM ? readers.all : null;
  if (!own && !STARTS.test(text)) return text ? [{ type: "text", raw: text }] : [];
  /** @type {Part[]} */
  const parts = [];
  let plain = 0;
  for (const match of text.matchAll(own || readers.usual)) {
    if (!match[0]) continue;
    if (match.index > plain) parts.push({ type: "text", raw: text.slice(plain, match.index) });
    parts.push(partOf(match));
    plain = match.index + match[0].length;
  }
  if (plain < text.length) parts.push({ type: "text", raw: text.slice(plain) });
  return parts;
}

/** @returns {Part} */
function partOf(match) {
  const [raw] = match;
  const name = Object.keys(match.groups).find((one) => match.groups[one] !== undefined) || "";
  const { kind } = readers.patterns.get(name);
  if (kind === "break") return { type: "break", raw, name };
  if (name === "pa_old_colour") return { type: "close", raw, name };
  if (name === "pa_colour") return { type: "open", raw, name, colour: COLOUR.exec(raw)?.[1].toLowerCase() || "" };
  return { type: "code", raw, name, kind: lookOf(name, kind, raw), ...(kind === "escape" || kind === "character" ? { visible: true } : null) };
}

function lookOf(name, kind, raw) {
  if (name === "brace") return /^\{StaticInfo:/iu.test(raw) ? "static" : "brace";
  return name === "entity" ? "entity" : LOOKS[kind];
}

const isCode = (part) => part.type === "code" || part.type === "open" || part.type === "close";

/** The codes of a text, colours included, as written. */
export function codesOf(text) {
  return parse(text).filter(isCode).map((part) => part.raw);
}

/** Codes of the source that the target lacks, each as often as it is missing, in the order of the source. */
export function missingParts(source, target) {
  const have = new Map();
  for (const part of parse(target)) if (isCode(part)) have.set(identity(part), (have.get(identity(part)) || 0) + 1);
  const missing = [];
  for (const part of parse(source)) {
    if (!isCode(part) || part.visible) continue;
    const left = have.get(identity(part)) || 0;
    if (left) have.set(identity(part), left - 1);
    else missing.push(part);
  }
  return missing;
}

/** The same, as written. */
export const missingCodes = (source, target) => missingParts(source, target).map((part) => part.raw);

const STATIC = /^\{(staticinfo):([^#{}]*)#/iu;
const ICU = /^\{\s*([A-Za-z0-9_.]+)\s*,\s*(plural|select|selectordinal)\s*,/u;
const ARGUMENT = /^\{([0-9]{1,4})\s*(?:[,:!][^{}]*)?\}$/u;
const INNER = /\{\s*([A-Za-z0-9_.]+)\s*(?:,[^{}]*)?\}/gu;

/** What must be the same in both languages: the words inside a {StaticInfo:…#words} may differ. */
export function identity({ name, raw, type }) {
  if (name === "brace") return braceIdentity(raw);
  if (type !== "code" || /^(?:tag|markup|escaped_tag|bbcode)$/u.test(name || "")) return raw.replace(/&lt;/gu, "<").replace(/&gt;/gu, ">").toLowerCase().replace(/ /gu, "");
  return raw;
}

function braceIdentity(raw) {
  const marked = STATIC.exec(raw);
  if (marked) return `{${marked[1].toLowerCase()}:${marked[2]}}`;
  const icu = ICU.exec(raw);
  if (icu) {
    const inner = [...new Set([...raw.slice(icu[0].length, -1).matchAll(INNER)].map((match) => match[1]))].sort();
    return `{${icu[1]},${icu[2]}${inner.map((one) => `|${one}`).join("")}}`;
  }
  const argument = ARGUMENT.exec(raw);
  return argument ? `{${argument[1]}}` : raw;
}

/** The visible characters and lines of a text: codes count as nothing, escapes and entities as one letter. */
export function sizeOf(text) {
  let characters = 0;
  let lines = 1;
  for (const part of parse(text)) {
    if (part.type === "text") characters += lettersOf(part.raw);
    else if (part.type === "break") lines += 1;
    else if (part.visible) characters += 1;
  }
  return { characters, lines };
}

/** Code points, without making a list of them. */
function lettersOf(text) {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit < 0xdc00) {
      count -= 1;
      at += 1;
    }
  }
  return count;
}

/** A text to be spoken: codes as written, colours left out, line ends as spaces. */
export function spoken(text) {
  return parse(text)
    .map((part) => (part.type === "break" ? " " : part.type === "open" || part.type === "close" ? "" : part.raw))
    .join("");
}
