/** What the checks found in a row, as a row shows it: underlined places, the mark at its end, words for it. */

import { h, icon } from "../../core/dom.js";
import { fmt, ngettext } from "../../core/i18n.js";
import { marksAt } from "../textmark.js";

/**
 * @typedef {Object} Finding
 * @property {number|null} id null while it was only typed
 * @property {string} kind
 * @property {string} code
 * @property {"error"|"warning"} severity
 * @property {string} message
 * @property {[number, number][]} source places in code points
 * @property {[number, number][]} target
 * @property {boolean} dismissed
 */

/** @param {Finding[]|undefined} issues */
export const open = (issues) => (issues || []).filter((issue) => !issue.dismissed);

/** The gravest severity of what is not dismissed, or "". @param {Finding[]|undefined} issues */
export function worst(issues) {
  const left = open(issues);
  return left.some((issue) => issue.severity === "error") ? "error" : left.length ? "warning" : "";
}

/** Errors first, then as the checks gave them. @param {Finding[]} issues */
export const byGravity = (issues) => [...issues].sort((a, b) => Number(a.dismissed) - Number(b.dismissed) || Number(b.severity === "error") - Number(a.severity === "error"));

/** Places of one side, for marksAt. @param {Finding[]|undefined} issues @param {"source"|"target"} side */
export function placesOf(issues, side) {
  return open(issues).flatMap((issue) => (issue[side] || []).map(([start, end]) => ({ start, end, class: issue.severity === "error" ? "qa-e" : "qa-w", title: issue.message, codes: true })));
}

/** The same as marks of a text. */
export const issueMarks = (issues, side, text) => (issues?.length ? marksAt(text, placesOf(issues, side)) : []);

/** The mark at the end of a row. */
export function issueMark(issues) {
  const [first, ...rest] = byGravity(open(issues));
  if (!first) return null;
  const words = rest.length ? `${first.message} ${issueCount(rest.length + 1)}` : first.message;
  return h("span", { class: first.severity === "error" ? "issue-mark st-qa" : "issue-mark st-warn", title: open(issues).map((issue) => issue.message).join("\n") }, icon(first.severity === "error" ? "error" : "warn", { small: true, label: words }));
}

/** "2 findings" */
export const issueCount = (n) => fmt(ngettext("{n} finding", "{n} findings", n), { n });
