/** The questions of the explorer: new things, who works on a file and until when, details. */

import { patch, post } from "../core/api.js";
import { h } from "../core/dom.js";
import { exactTime, languageName } from "../core/format.js";
import { fmt, gettext, pgettext } from "../core/i18n.js";
import { page } from "../core/prefs.js";
import { openDialog, promptDialog } from "../components/dialog.js";
import { field, formDialog, languageSelect } from "../components/forms.js";
import { personField } from "../components/peoplefield.js";
import { amountText, countsBar, leftText, rowsOf } from "../components/progress.js";
import { personLine } from "../components/person.js";
import { STATUSES, statusIcon, statusName } from "../components/status.js";
import { toastError } from "../components/toast.js";
import { chooseFiles } from "../components/upload.js";
import { accessDialog } from "./explorer_access.js";
import { sendAndOpen } from "./import_start.js";
import { formatName, kindName, whyNot } from "./explorer_words.js";

export class Dialogs {
  /** @param {Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
  }

  async rename(node) {
    const why = whyNot(node, "rename");
    if (why) return this.explorer.acts.refuse(why);
    await promptDialog({ title: gettext("Rename"), label: gettext("Name"), action: gettext("Rename"), value: node.name, required: true, check: (name) => (name === node.name ? null : this.explorer.acts.renameTo(node, name)) });
    return undefined;
  }

  async #make(title, label, create) {
    let made = null;
    const answer = await promptDialog({
      title, label, action: gettext("Create"), required: true,
      check: async (name) => {
        try {
          made = await create(name);
          return null;
        } catch (error) {
          return error.message;
        }
      },
    });
    if (answer !== null && made) await this.explorer.acts.made(made);
  }

  newPlatform() {
    return this.#make(gettext("New platform"), gettext("Name"), (name) => post("platforms", { name }));
  }

  newFolder(node) {
    const place = node.kind === "project" ? { project_id: node.id, parent_id: null } : { project_id: node.project_id, parent_id: node.id };
    return this.#make(fmt(gettext("New folder in {place}"), { place: node.name }), gettext("Name"), (name) => post("folders", { ...place, name }));
  }

  async newProject(platform) {
    const name = h("input", { class: "input", autocomplete: "off", spellcheck: "false", maxlength: "255", autofocus: true, name: "name" });
    const source = languageSelect("ko", { name: "source" });
    const target = languageSelect("en", { empty: gettext("Several, or not known yet"), name: "target" });
    const made = await formDialog({
      title: platform ? fmt(gettext("New project on {place}"), { place: platform.name }) : gettext("New project"),
      fields: [field(gettext("Name"), name), field(gettext("Source language"), source), field(gettext("Target language"), target, gettext("Columns and files of this language are found by themselves when files are imported."))],
      action: gettext("Create"),
      save: () => post("projects", { platform_id: platform?.id ?? null, name: name.value.trim(), source_language: source.value, target_language: target.value }),
    }).closed;
    if (made) await this.explorer.acts.made(made, { open: true });
  }

  async languages(node) {
    const source = languageSelect(node.source_language, { empty: gettext("Not known"), name: "source" });
    const target = languageSelect(node.target_language, { empty: gettext("Several, or not known yet"), name: "target" });
    const done = await formDialog({
      title: fmt(gettext("Languages of {name}"), { name: node.name }),
      fields: [field(gettext("Source language"), source), field(gettext("Target language"), target, gettext("For files imported from now on. Files that are there keep theirs."))],
      action: gettext("Save"),
      save: () => patch(`projects/${node.id}`, { source_language: source.value, target_language: target.value }),
    }).closed;
    if (done) await this.explorer.reload();
  }

  async #changeFiles(nodes, changes) {
    let changed = 0;
    try {
      for (const node of nodes) {
        await patch(`files/${node.id}`, changes);
        changed += 1;
      }
    } finally {
      if (changed) await this.explorer.reload();
    }
    return true;
  }

  assign(nodes) {
    const people = personField({ label: gettext("Person"), chosen: nodes.length === 1 ? nodes[0].assignee : null, none: gettext("nobody"), far: page.desktop && nodes.some((node) => node.id > 0) });
    return formDialog({
      title: nodes.length === 1 ? fmt(gettext("Who works on {name}?"), { name: nodes[0].name }) : gettext("Who works on these files?"),
      fields: people.element,
      action: gettext("Assign"),
      save: () => this.#changeFiles(nodes, { assignee_id: people.value()?.id ?? null }),
    }).closed;
  }

  dueDate(nodes) {
    const input = h("input", { class: "input", type: "date", name: "due", autofocus: true, value: nodes.length === 1 ? nodes[0].due_date || "" : "" });
    return formDialog({
      title: nodes.length === 1 ? fmt(gettext("Until when is {name} due?"), { name: nodes[0].name }) : gettext("Until when are these files due?"),
      fields: field(gettext("Day"), input, gettext("Empty: no date.")),
      action: gettext("Save"),
      save: () => this.#changeFiles(nodes, { due_date: input.value || null }),
    }).closed;
  }

  access(node) {
    return accessDialog(node, () => this.explorer.reload());
  }

  /** Choose files and go on to the page that maps them. */
  async importInto(node, folder = false) {
    if (!node) return this.explorer.acts.refuse(gettext("This goes into a project or a folder."));
    const why = whyNot(node, "import");
    if (why) return this.explorer.acts.refuse(why);
    const files = await chooseFiles({ accept: this.explorer.accept, folder });
    if (files.length) await sendAndOpen(files, node).catch(toastError);
    return undefined;
  }

  details(node) {
    const fact = (name, value) => (value || value === 0) && [h("dt", null, name), h("dd", null, value)];
    const { counts } = node;
    const rows = STATUSES.filter((status) => rowsOf(counts, status)).map((status) => [
      h("dt", null, h("span", { class: "row" }, statusIcon(status), statusName(status))),
      h("dd", { class: "num" }, amountText(rowsOf(counts, status), counts.by_status[status].words)),
    ]);
    openDialog({
      title: node.name,
      body: [
        h("dl", { class: "facts details" },
          fact(gettext("Kind"), node.kind === "file" ? `${kindName("file")}, ${formatName(node.format)}` : kindName(node.kind)),
          fact(gettext("Original name"), node.original_name !== node.name && node.original_name),
          fact(gettext("Source language"), languageName(node.source_language)),
          fact(gettext("Target language"), languageName(node.target_language)),
          fact(gettext("Other languages of it"), node.siblings || null),
          fact(gettext("Assignee"), node.assignee && personLine(node.assignee)),
          fact(gettext("Due date"), node.due_date),
          fact(pgettext("when", "Created"), exactTime(node.created_at)),
          fact(pgettext("when", "Changed"), exactTime(node.changed_at)),
          fact(gettext("By"), node.changed_by && personLine(node.changed_by)),
          fact(gettext("Access"), node.restricted && gettext("restricted")),
          fact(gettext("Id"), h("span", { class: "mono" }, String(node.id)))),
        counts.rows > 0 && [
          h("h3", { class: "label details-head" }, leftText(counts)),
          countsBar(counts),
          h("dl", { class: "facts details" }, rows),
        ],
      ],
      size: "s",
    });
  }
}
