/** Which letters of a row a filter looked for, as far as it says so in plain words or expressions. */

import { parse } from "./querytext.js";

const FIELDS = { text: ["source", "target"], any: ["source", "target", "key", "comment"] };
const MOST = 200;
const CLASS = "hit";

const escaped = (value) => value.replace(/[.*+?^${}()|[\]\\/]/gu, "\\$&");

/** A pattern that finds a term and the longest text it may be tried on; null where scripts read it otherwise. */
function patternOf(term) {
  if (term.kind !== "regex") return term.value ? { pattern: new RegExp(escaped(term.value), "giu"), most: Infinity } : null;
  const most = lettersFor(term.value);
  try {
    // Python's names of groups; everything else that scripts do not know marks nothing.
    return most ? { pattern: new RegExp(term.value.replace(/\(\?P</gu, "(?<"), term.flags.includes("i") ? "giu" : "gu"), most } : null;
  } catch {
    return null;
  }
}

/**
 * On how long a text an expression certainly ends at once. A browser cannot stop one that runs away: where that
 * may happen, nothing is marked (the server found the rows under a limit of time).
 */
function lettersFor(source) {
  const plain = source.replace(/\\[^\d]|\[(?:\\.|[^\]\\])*\]/gu, "x");
  if (/\)[*+{]|\\\d|\(\?P=|\(\?P?[<=!][=!]?.*[*+{]/u.test(plain)) return 0;
  return [20_000, 5_000, 400][(plain.match(/[*+]|\{\d*,\d*\}/gu) || []).length] || 0;
}

/** Terms that a row must have to be found; what is excluded is not among them. */
function* wanted(node) {
  if (node.type === "not") return;
  if (node.type !== "term") for (const item of node.items) yield* wanted(item);
  else if (node.compare === "" || node.compare === "=") yield node;
}

/**
 * @param {string} query
 * @returns {((field: string, text: string) => {from: number, to: number, class: string}[])|null} places of a text in
 *   UTF-16 units, in order, none in another; null where the filter looks for no text
 */
export function finderOf(query) {
  const tree = parse(query);
  if (!tree) return null;
  const looks = [];
  for (const term of wanted(tree)) {
    const fields = FIELDS[term.field ?? "text"] || [term.field];
    const found = ["source", "target", "key", "comment"].some((field) => fields.includes(field)) && patternOf(term);
    if (found) looks.push({ fields, ...found, whole: term.compare === "=" });
  }
  if (!looks.length) return null;
  return (field, text) => placesIn(text, looks.filter((look) => look.fields.includes(field)));
}

function placesIn(text, looks) {
  const found = [];
  for (const { pattern, most, whole } of looks) {
    if (text.length > most) continue;
    for (const match of text.matchAll(pattern)) {
      if (match[0] && (!whole || match[0].length === text.length)) found.push({ from: match.index, to: match.index + match[0].length, class: CLASS });
      if (found.length > MOST) break;
    }
  }
  found.sort((a, b) => a.from - b.from || b.to - a.to);
  const apart = [];
  for (const one of found) {
    const last = apart[apart.length - 1];
    if (last && one.from < last.to) last.to = Math.max(last.to, one.to);
    else apart.push(one);
  }
  return apart;
}

/** Marks of several kinds as one list for renderText: where they overlap, the letters have the classes of both. */
export function layered(...lists) {
  const all = lists.flat().filter(Boolean);
  if (lists.filter((list) => list?.length).length < 2) return all;
  const edges = [...new Set(all.flatMap((mark) => [mark.from, mark.to]))].sort((a, b) => a - b);
  const pieces = [];
  for (let i = 0; i + 1 < edges.length; i += 1) {
    const over = all.filter((mark) => mark.from <= edges[i] && edges[i + 1] <= mark.to);
    if (over.length) pieces.push({ ...over[0], from: edges[i], to: edges[i + 1], class: over.map((mark) => mark.class).join(" "), title: over.map((mark) => mark.title).filter(Boolean).join("\n") || undefined });
  }
  return pieces;
}
