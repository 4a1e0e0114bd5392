/** Progress bars: SVG rectangles, so that no style attribute is needed. */

import { fill, svg } from "../core/dom.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { number, percent } from "../core/format.js";
import { DONE_FIRST, statusColour, statusName } from "./status.js";

const WIDTH = 120;

/** Rows of a status in `counts` = {rows, by_status: {name: {rows, words}}}. */
export const rowsOf = (counts, status) => counts?.by_status?.[status]?.rows || 0;

/** Confirmed, reviewed and approved rows: what counts as done. */
export const doneRows = (counts) => rowsOf(counts, "confirmed") + rowsOf(counts, "reviewed") + rowsOf(counts, "approved");

/** Source words of rows that are not done. */
export function wordsLeft(counts) {
  const by = counts?.by_status || {};
  return ["new", "original", "translated"].reduce((sum, status) => sum + (by[status]?.words || 0), 0);
}

const rowsWords = (n) => fmt(ngettext("{n} row", "{n} rows", n), { n: number(n) });

/** "12 rows, 40 words" */
export const amountText = (rows, words) => `${rowsWords(rows)}, ${fmt(ngettext("{n} word", "{n} words", words), { n: number(words) })}`;

/** "1 word left" */
export const wordsLeftText = (words) => fmt(ngettext("{n} word left", "{n} words left", words), { n: number(words) });

/** "12 rows, 40 words left" */
export const leftText = (counts) => `${rowsWords(counts?.rows || 0)}, ${wordsLeftText(wordsLeft(counts))}`;

/** "Approved 41 %, confirmed 22 %": what the bar says in words. */
export function countsText(counts) {
  const all = counts?.rows || 0;
  return DONE_FIRST.filter((status) => rowsOf(counts, status))
    .map((status) => fmt(gettext("{status} {share}"), { status: statusName(status), share: percent(rowsOf(counts, status), all) }))
    .join(", ");
}

/** A segmented bar of the counts of a file or folder. `countsBar(counts, old)` redraws one. */
export function countsBar(counts, old = null) {
  const bar = old || svg("svg", { class: "bar", viewBox: `0 0 ${WIDTH} 4`, preserveAspectRatio: "none", "aria-hidden": "true" });
  const all = counts?.rows || 0;
  let x = 0;
  const parts = [];
  for (const status of DONE_FIRST) {
    const width = all ? (rowsOf(counts, status) / all) * WIDTH : 0;
    if (width > 0) parts.push(svg("rect", { class: `f-${statusColour(status)}`, x: x.toFixed(2), y: 0, width: width.toFixed(2), height: 4 }));
    x += width;
  }
  fill(bar, parts);
  return bar;
}

/** A plain blue bar of a task. `share` from 0 to 1. */
export function taskBar(share, old = null) {
  const bar = old || svg("svg", { class: "bar", viewBox: `0 0 ${WIDTH} 4`, preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { class: "f-accent", x: 0, y: 0, width: 0, height: 4 }));
  bar.firstElementChild.setAttribute("width", (Math.max(0, Math.min(1, share)) * WIDTH).toFixed(1));
  return bar;
}
