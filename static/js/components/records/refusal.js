/** A refused save in its row: what went wrong, theirs beside mine, and the ways on. */

import { h, icon } from "../../core/dom.js";
import { fmt, gettext } from "../../core/i18n.js";
import { renderText } from "../textmark.js";
import { renderDiff } from "../worddiff.js";

/**
 * @param {{theirs: any, mine: Object<string, string>, error: Error}} refusal
 * @param {{keepMine: () => void, takeTheirs: () => void, edit: () => void}} acts
 */
export function refusalOf({ theirs, mine, error }, acts) {
  const button = (label, run, quiet) => h("button", { class: quiet ? "btn btn-quiet btn-s" : "btn btn-s", type: "button", onclick: run }, label);
  if (!theirs) {
    return h("div", { class: "g-refusal", role: "group", "aria-label": gettext("Not saved") },
      h("div", { class: "row st-warn" }, icon("warn", { small: true }), h("span", null, error.message)),
      h("div", { class: "g-text" }, Object.values(mine).filter(Boolean).join(" · ")),
      h("div", { class: "row act" }, button(gettext("Try again"), acts.keepMine), button(gettext("Edit"), acts.edit, true), button(gettext("Throw away"), acts.takeTheirs, true)));
  }
  const who = theirs.changed_by?.name || gettext("Somebody");
  const both = Object.keys(mine).map((id) =>
    h("div", { class: "g-two" },
      h("div", null, h("div", { class: "label" }, gettext("Theirs")), h("div", { class: "g-text", dir: "auto" }, renderText(String(theirs[id] ?? "")))),
      h("div", null, h("div", { class: "label" }, gettext("Mine")), h("div", { class: "g-text", dir: "auto" }, renderDiff(String(theirs[id] ?? ""), mine[id])))));
  return h("div", { class: "g-refusal", role: "group", "aria-label": gettext("Saved on two sides") },
    h("div", { class: "row st-warn" }, icon("warn", { small: true }), h("span", null, fmt(gettext("{name} saved this entry first. Your text is kept beside it."), { name: who }))),
    both,
    h("div", { class: "row act" }, button(gettext("Keep mine"), acts.keepMine), button(gettext("Take theirs"), acts.takeTheirs), button(gettext("Edit"), acts.edit, true)));
}
