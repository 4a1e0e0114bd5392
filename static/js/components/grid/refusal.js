/** A refused save in its cell: one sentence, theirs beside mine, and the ways on. */

import { h, icon } from "../../core/dom.js";
import { fmt, gettext } from "../../core/i18n.js";
import { renderDiff } from "../worddiff.js";
import { renderText } from "../textmark.js";
import { statusName } from "../status.js";

/**
 * @param {any} refusal of Saving
 * @param {{keepMine: () => void, takeTheirs: () => void, edit: () => void}} acts
 * @param {{code?: string, dir?: string}} language of the target
 */
export function refusalPanel(refusal, acts, language) {
  const { theirs, mine, error } = refusal;
  const text = (content) => h("div", { class: "g-text", lang: language?.code || null, dir: language?.dir || "auto" }, content);
  const button = (label, run, quiet) => h("button", { class: quiet ? "btn btn-quiet btn-s" : "btn btn-s", type: "button", onclick: run }, label);
  if (!theirs) {
    return h("div", { class: "g-refusal", role: "group", "aria-label": gettext("Not saved") },
      h("div", { class: "row st-warn" }, icon("warn", { small: true }), h("span", null, error.message)),
      h("div", { class: "row act" }, button(gettext("Try again"), acts.keepMine), button(gettext("Edit"), acts.edit, true), button(gettext("Throw away"), acts.takeTheirs, true)));
  }
  const who = theirs.edited_by?.name || gettext("Somebody");
  return h("div", { class: "g-refusal", role: "group", "aria-label": gettext("Saved on two sides") },
    h("div", { class: "row st-warn" }, icon("warn", { small: true }), h("span", null, fmt(gettext("{name} saved this row first. Your text is kept beside it."), { name: who }))),
    h("div", { class: "g-two" },
      h("div", null, h("div", { class: "label" }, fmt(gettext("Theirs, {status}"), { status: statusName(theirs.status).toLocaleLowerCase() })), text(renderText(theirs.target))),
      h("div", null, h("div", { class: "label" }, gettext("Mine")), text(renderDiff(theirs.target, mine)))),
    h("div", { class: "row act" }, button(gettext("Keep mine"), acts.keepMine), button(gettext("Take theirs"), acts.takeTheirs), button(gettext("Edit"), acts.edit, true)));
}
