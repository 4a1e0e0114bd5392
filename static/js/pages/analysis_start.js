/** Starting an analysis from the explorer or the editor; a message leads to its page when the figures are there. */

import { pollTask, post } from "../core/api.js";
import { h } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { formDialog } from "../components/forms.js";
import { toast, toastError } from "../components/toast.js";
import { askFor } from "./pretranslate.js";

/** @param {{kind: string, id: number, name: string}[]} nodes files, folders and projects */
export async function openAnalysis(nodes) {
  const { path, places } = askFor(nodes, "analysis");
  const internal = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", name: "internal", checked: true, autofocus: true }));
  const leave = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", name: "leave_confirmed" }));
  const started = await formDialog({
    title: nodes.length === 1 ? fmt(gettext("Analyse {name}"), { name: nodes[0].name }) : fmt(ngettext("Analyse {n} thing", "Analyse {n} things", nodes.length), { n: number(nodes.length) }),
    fields: [
      h("p", { class: "dim" }, gettext("Words and characters by what the memories know of them.")),
      h("div", { class: "checks" },
        h("label", { class: "check" }, internal, gettext("Similar sources within the files count as internal fuzzy")),
        h("label", { class: "check" }, leave, gettext("Leave out rows that are confirmed already"))),
    ],
    action: gettext("Analyse"),
    save: () => post(path, { ...places, internal: internal.checked, leave_confirmed: leave.checked }),
  }).closed;
  if (!started) return;
  try {
    const done = await pollTask(started.task);
    // It may have taken minutes: nobody is taken away from what they do by now.
    toast(gettext("The analysis is ready."), { kind: "done", icon: "chart", stay: true, actions: [{ label: gettext("Open"), run: () => location.assign(`/analysis/${done.id}/`) }] });
  } catch (error) {
    toastError(error);
  }
}
