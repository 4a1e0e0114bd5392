/** Settling many conflicts by one rule: those that the filter shows, in a file, in a project, or everywhere. */

import { get, post } from "../core/api.js";
import { h } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { formDialog } from "../components/forms.js";

/** As many as the server settles in one request. */
const AT_ONCE = 500;
const PAGE = 200;

/** Every open conflict of the filter, page after page. @param {Object<string, any>} query */
async function allOpen(query) {
  const ops = [];
  let cursor = null;
  do {
    const answer = await get("conflicts", { query: { ...query, state: "open", limit: PAGE, cursor } });
    ops.push(...answer.items.map((one) => one.op));
    cursor = answer.next;
  } while (cursor);
  return ops;
}

/**
 * Those that were listed when it was asked, and no others: what comes in meanwhile is looked at by somebody.
 * @param {{project?: string, file?: string}} query @param {string} resolution
 * @returns {Promise<{resolved: number, refused: {op: string, message: string}[]}>}
 */
async function settle(query, resolution) {
  const ops = await allOpen(query);
  const outcome = { resolved: 0, refused: [] };
  for (let start = 0; start < ops.length; start += AT_ONCE) {
    const answer = await post("conflicts/resolve", { ops: ops.slice(start, start + AT_ONCE), resolution });
    outcome.resolved += answer.resolved;
    outcome.refused.push(...answer.refused);
  }
  return outcome;
}

/**
 * Ask which rule, and apply it.
 * @param {{count: number, place: string, query: {project?: string, file?: string}}} shown what the list shows; no place: everywhere
 * @returns {Promise<{resolved: number, refused: {op: string, message: string}[]}|null>} null when it was not done
 */
export async function settleMany({ count, place, query }) {
  const choice = (value, label, hint, checked) => h("label", { class: "check cf-rule" }, h("input", { type: "radio", name: "rule", value, checked }), h("span", null, h("span", { class: "strong" }, label), h("span", { class: "dim" }, hint)));
  const rules = h("div", { class: "cf-rules", role: "radiogroup", "aria-label": gettext("Rule") },
    choice("kept", gettext("Leave what is in the file"), gettext("The other texts stay in the history of their rows."), true),
    choice("swapped", gettext("Swap: the other text into the file"), gettext("Each is an edit of yours, with its history. What was in the file stays there too."), false));
  const asked = place ? ngettext("Settle {n} conflict: {place}?", "Settle {n} conflicts: {place}?", count) : ngettext("Settle {n} conflict?", "Settle {n} conflicts?", count);
  const title = fmt(asked, { n: number(count), place });
  return formDialog({
    title, fields: rules, action: gettext("Settle them"),
    save: () => settle(query, /** @type {HTMLInputElement} */ (rules.querySelector("input:checked")).value),
  }).closed.then((outcome) => outcome ?? null);
}
