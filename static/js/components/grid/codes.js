/** Codes in the editor: one caret stop each, deleted as a whole, a colour with its other half. */

import { parse } from "../textmark.js";

/** Spans of the codes of a text: {from, to, type, raw}. @param {(text: string) => any[]} read */
export function spans(text, read = parse) {
  const found = [];
  let at = 0;
  for (const part of read(text)) {
    const to = at + part.raw.length;
    if (part.type !== "text" && part.raw !== "\n") found.push({ from: at, to, type: part.type, raw: part.raw });
    at = to;
  }
  return found;
}

/** Where the caret goes from `at` in a direction: over a whole code, else null (the browser's own step). */
export function step(text, at, direction, read = parse) {
  for (const span of spans(text, read)) {
    if (direction < 0 && at > span.from && at <= span.to) return span.from;
    if (direction > 0 && at >= span.from && at < span.to) return span.to;
  }
  return null;
}

/**
 * What a Backspace (-1) or Delete (1) at `at` removes when it meets a code: ranges in falling order,
 * or null for the browser's own deletion.
 */
export function removal(text, at, direction, read = parse) {
  const all = spans(text, read);
  const hit = all.find((span) => (direction < 0 ? at > span.from && at <= span.to : at >= span.from && at < span.to));
  if (!hit) return null;
  const other = partner(all, hit);
  return [hit, other].filter(Boolean).sort((a, b) => b.from - a.from);
}

/** The other half of a colour, or undefined. */
function partner(all, hit) {
  if (hit.type === "open") {
    const after = all.filter((span) => span.from >= hit.to && (span.type === "open" || span.type === "close"));
    return after[0]?.type === "close" ? after[0] : undefined;
  }
  if (hit.type === "close") {
    const before = all.filter((span) => span.to <= hit.from && (span.type === "open" || span.type === "close"));
    const last = before[before.length - 1];
    return last?.type === "open" ? last : undefined;
  }
  return undefined;
}
