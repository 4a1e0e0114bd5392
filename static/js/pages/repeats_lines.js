/** A row that gets another text, as one line: its number, and the text as it is and as it would be. */

import { h } from "../core/dom.js";
import { number } from "../core/format.js";
import { renderDiff } from "../components/worddiff.js";

/** @param {{n: number, target: string}} row @param {string} target the text it would have */
export function sameLine(row, target) {
  return h("div", { class: "same-line" }, h("span", { class: "num faint right" }, number(row.n)), h("span", { class: "g-text", dir: "auto" }, renderDiff(row.target, target)));
}
