/** The Scope tab: which place a memory serves, whether it is asked, in what order, and what is taken off its scores. */

import { fill, freshId, h, icon } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { checkbox } from "./import_fields.js";
import { askSentence, scopeText, whyNot } from "./memory_words.js";

function numberField(label, hint, value, most, disabled, change) {
  const id = freshId("hint");
  const input = h("input", { class: "input num", type: "number", min: "0", max: String(most), step: "1", value: String(value), disabled, "aria-describedby": id });
  input.addEventListener("change", () => {
    const wanted = Number(input.value);
    if (!Number.isInteger(wanted) || wanted < 0 || wanted > most) input.value = String(value);
    else if (wanted !== value) change(wanted);
  });
  return h("label", { class: "field mem-number" }, h("span", null, label), input, h("span", { class: "hint", id }, hint));
}

/** A switch with a sentence below. */
function choice(label, hint, on, disabled, change) {
  const box = checkbox(label, on, change);
  box.querySelector("input").disabled = Boolean(disabled);
  return h("div", { class: "mem-choice", title: disabled || null }, box, h("p", { class: "faint" }, hint));
}

/** @param {MemoryPage} page @param {any} memory @param {HTMLElement} host */
export function scopePart(page, memory, host) {
  const { acts, tree } = page;
  const why = whyNot(memory, "settings");
  const place = memory.scope?.kind ? tree.places.at(memory.scope) : null;
  const noPlace = memory.scope?.kind ? undefined : gettext("Without a place no file asks it.");
  const terms = memory.kind === "terms";
  fill(
    host,
    h("div", { class: "pane-body stack mem-form" },
      why && h("p", { class: "faint row" }, icon("lock", { small: true }), why),
      h("div", null, h("div", { class: "label" }, gettext("Place")),
        h("p", { class: "row" }, icon(memory.scope?.kind || "inbox"), scopeText(memory)),
        h("p", { class: "faint" }, gettext("Drag it onto another place of the tree, or cut it and paste it there."))),
      choice(gettext("Active"), terms ? gettext("Files of its place show its terms.") : gettext("Files of its place ask it. Switched off, it is left alone from the next look-up on."), memory.active, why || noPlace, (active) => acts.change(memory, { active })),
      !terms && choice(gettext("Confirmed rows are written into it"), gettext("Of several, the nearest one that may be written gets them."), memory.writable, why, (writable) => acts.change(memory, { writable })),
      numberField(gettext("Priority"), gettext("Among memories of one place the lower number comes first."), memory.priority, 1000, Boolean(why), (priority) => acts.change(memory, { priority })),
      !terms && numberField(gettext("Penalty"), gettext("Points taken off every score. Above 0 it never fills rows by itself."), memory.penalty, 100, Boolean(why), (penalty) => acts.change(memory, { penalty }))),
    h("div", { class: "sec" }, gettext("Who asks it")),
    h("div", { class: "pane-body stack" },
      place ? h("p", { class: "dim" }, askSentence(place.name, tree.places.asked(place))) : h("p", { class: "dim" }, gettext("No file asks it.")),
      place && h("p", { class: "faint" }, memory.active ? servedText(place) : gettext("It is not active: files leave it out."))),
  );
}

function servedText(place) {
  switch (place.kind) {
    case "platform": return gettext("Every file of every project on this platform asks it.");
    case "project": return gettext("Every file of this project asks it.");
    default: return gettext("Every file in this folder and in the folders below asks it.");
  }
}
