/** Colours that open and close: which half belongs to which, and what closes a colour of the source. */

import { parse } from "./reading.js";

/**
 * @typedef {Object} Colour a colour that a source uses
 * @property {string} open
 * @property {string} close as the source closes it
 * @property {string} colour "rrggbb", or "" where the code names none
 */

const TAG_COLOUR = /^(?<bracket><|&lt;|\[)(?:(?<word>colou?r|font|c)(?=[=\s])|#)[^>\]&]*(?:>|&gt;|\])$/iu;
const TAG_CLOSE = /^(?:<|&lt;|\[)\/(?:colou?r|font|c)(?:>|&gt;|\])$/iu;
const HEX = /#(?:[0-9a-f]{2}(?=[0-9a-f]{6}\b))?([0-9a-f]{6})/iu;
const ends = { "<": ["</", ">"], "&lt;": ["&lt;/", "&gt;"], "[": ["[/", "]"] };

/** "open", "close" or null: which half of a coloured run a part is. */
export function halfOf(part) {
  if (part.type === "open" || part.type === "close") return part.type;
  if (part.type !== "code") return null;
  const raw = part.raw;
  if (TAG_CLOSE.test(raw)) return "close";
  return TAG_COLOUR.test(raw) && !/\/(?:>|\]|&gt;)$/u.test(raw) ? "open" : null;
}

/** What closes an opening colour, as its game writes it. */
export function closerOf(part) {
  if (part.type === "open") return part.raw.startsWith("&lt;") ? "&lt;PAOldColor&gt;" : "<PAOldColor>";
  const { bracket, word } = TAG_COLOUR.exec(part.raw)?.groups || {};
  const [before, after] = ends[bracket || "<"];
  return `${before}${word || "color"}${after}`;
}

/**
 * The other half of each half, by its place in the list: a closer belongs to the nearest opener before it that is
 * still open. @param {any[]} parts @returns {Map<number, number>}
 */
export function partners(parts) {
  const found = new Map();
  const open = [];
  parts.forEach((part, at) => {
    const half = halfOf(part);
    if (half === "open") open.push(at);
    if (half !== "close") return;
    const wanted = part.type === "close";
    // A closer of the game's own kind ends that kind only.
    const last = open.findLastIndex((one) => (parts[one].type === "open") === wanted);
    if (last < 0) return;
    const [first] = open.splice(last, 1);
    found.set(first, at).set(at, first);
  });
  return found;
}

/** The colours of a source, each once, with the closer that the source itself uses. @returns {Colour[]} */
export function coloursOf(source) {
  const parts = parse(source);
  const other = partners(parts);
  const found = new Map();
  parts.forEach((part, at) => {
    if (halfOf(part) !== "open" || found.has(part.raw)) return;
    const close = other.has(at) ? parts[other.get(at)].raw : closerOf(part);
    found.set(part.raw, { open: part.raw, close, colour: part.colour || HEX.exec(part.raw)?.[1].toLowerCase() || "" });
  });
  return [...found.values()];
}
