/** Colours in the editor: deleting one half takes the other along, however the deletion came about. */

import { partners } from "../codes/pairs.js";

/** What two texts of one edit have in common: {from, before, after} where the changed stretch ends in each. */
export function changeOf(before, after) {
  let from = 0;
  const least = Math.min(before.length, after.length);
  while (from < least && before[from] === after[from]) from += 1;
  let tail = 0;
  while (tail < least - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return { from, before: before.length - tail, after: after.length - tail };
}

/**
 * What a Backspace (-1) or Delete (1) at `at` does to a coloured run: {from, to, text, caret}: both halves go, what is
 * between them stays. Null for the browser's own deletion.
 * @param {string} text @param {number} at @param {-1|1} direction @param {(text: string) => any[]} read
 */
export function removal(text, at, direction, read) {
  const parts = read(text);
  const hit = parts.findIndex((part) => part.type !== "text" && (direction < 0 ? at === part.at + part.length : at === part.at));
  if (hit < 0) return null;
  const other = partners(parts).get(hit);
  if (other === undefined) return null;
  const [open, close] = hit < other ? [parts[hit], parts[other]] : [parts[other], parts[hit]];
  const inner = text.slice(open.at + open.length, close.at);
  const after = direction < 0 ? at - parts[hit].length : at;
  return { from: open.at, to: close.at + close.length, text: inner, caret: hit < other ? after : after - open.length };
}

/**
 * Halves that an edit left alone: the other half was in what the edit took away. Places in `after`, in order.
 * @param {string} before @param {string} after @param {(text: string) => any[]} read
 */
export function orphans(before, after, read) {
  const change = changeOf(before, after);
  const old = read(before);
  const pairs = partners(old);
  const now = read(after);
  const nowPairs = partners(now);
  const shift = change.after - change.before;
  const found = [];
  for (const [one, other] of pairs) {
    const gone = old[one].at >= change.from && old[one].at < change.before;
    const place = old[other].at;
    if (!gone || (place >= change.from && place < change.before)) continue;
    const at = place < change.from ? place : place + shift;
    const index = now.findIndex((part) => part.at === at && part.type !== "text");
    if (index >= 0 && !nowPairs.has(index)) found.push(at);
  }
  return found.sort((a, b) => a - b);
}
