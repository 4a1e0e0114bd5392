/** A file's rows as a memory of their own, from the explorer. */

import { pollTask, post } from "../core/api.js";
import { h } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { field, formDialog } from "../components/forms.js";
import { toast, toastError } from "../components/toast.js";
import { radios } from "./import_fields.js";

/** @param {any} node a file */
export async function registerAsMemory(node) {
  let status = "";
  const name = h("input", { class: "input", name: "name", value: node.name.replace(/\.[^.]+$/u, ""), autocomplete: "off", spellcheck: "false", maxlength: "255", autofocus: true });
  const started = await formDialog({
    title: fmt(gettext("Register {name} as memory"), { name: node.name }),
    fields: [
      field(gettext("Name"), name, gettext("It serves the folder of the file, else its project, and is active at once.")),
      h("fieldset", { class: "field plain" }, h("legend", { class: "label" }, gettext("Which rows")),
        radios("status", [["", gettext("All that have a text")], ["translated", gettext("Those that somebody translated here")], ["confirmed", gettext("Confirmed and better")]], status, (value) => {
          status = value;
        })),
    ],
    action: gettext("Register"),
    save: () => post(`files/${node.id}/memory`, { name: name.value.trim() || null, status: status || null }),
  }).closed;
  if (!started) return;
  try {
    const { result } = await pollTask(started.task);
    const added = result?.added ?? 0;
    toast(fmt(ngettext("{name}: {n} entry.", "{name}: {n} entries.", added), { name: result?.name || name.value, n: number(added) }), {
      kind: "done", icon: "memory", actions: result?.memory_id ? [{ label: gettext("Open"), run: () => location.assign(`/memory/${result.memory_id}/`) }] : [],
    });
  } catch (error) {
    toastError(error);
  }
}
