/** What can be done to the chosen rows: text, status, lock, who works on them; in the menu, by key and in Ctrl K. */

import { h } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { bind } from "../core/keyboard.js";
import { page } from "../core/prefs.js";
import { personField } from "../components/peoplefield.js";
import { statusName } from "../components/status.js";

export class BulkActs {
  /** @param {{grid: any, editing: any, actions: any, acts: any}} editor */
  constructor(editor) {
    this.editor = editor;
    this.actions = editor.actions;
    this.acts = editor.acts;
  }

  /** Items for the menu of the rows. */
  items() {
    const { actions } = this;
    const no = actions.may.edit_rows === false ? gettext("You may not edit this file.") : undefined;
    const { many } = actions;
    return [
      many && { label: gettext("Copy source into target"), icon: "right", disabled: no, run: () => this.copySource() },
      { label: gettext("Clear the text…"), icon: "trash", disabled: no, run: () => this.clear() },
      { label: gettext("Empty on purpose"), icon: "ring", disabled: no, run: () => this.blank() },
      many && actions.isReviewer && { label: gettext("Reject with a reason…"), icon: "undo", disabled: no, run: () => this.reject() },
      actions.isLead && { label: gettext("Assign to…"), icon: "user", disabled: no, run: () => this.assign() },
    ];
  }

  bindKeys() {
    const { actions, editor } = this;
    const group = gettext("Chosen rows");
    const when = () => !editor.editing.isOpen && editor.grid.selection.current >= 0 && actions.may.edit_rows !== false;
    const many = () => when() && actions.many;
    const one = (id, label, icon, run, condition = when) => ({ id, label, group, keys: [], icon, when: condition, run: () => { run(); } });
    bind(editor.grid.body, [
      one("rows.copy-source", gettext("Copy source into target, chosen rows"), "right", () => this.copySource(), many),
      one("rows.clear", gettext("Clear the text…"), "trash", () => this.clear()),
      one("rows.blank", gettext("Empty on purpose"), "ring", () => this.blank()),
      ...(actions.isLead ? [one("rows.assign", gettext("Assign to…"), "user", () => this.assign()), one("rows.lock", gettext("Lock"), "lock", () => this.lock(true)), one("rows.unlock", gettext("Unlock"), "lock", () => this.lock(false))] : []),
      ...(actions.isReviewer ? [one("rows.reject", gettext("Reject with a reason, chosen rows"), "undo", () => this.reject(), many)] : []),
    ]);
  }

  /** One status for the chosen rows. @param {string} status */
  setStatus(status) {
    const name = statusName(status);
    return this.acts.run("status", { status }, {
      label: verbOf(status), danger: status === "new",
      done: (n) => fmt(ngettext("{n} row: {status}.", "{n} rows: {status}.", n), { n: number(n), status: name.toLocaleLowerCase() }),
    });
  }

  copySource() {
    return this.acts.run("copy_source", {}, { label: gettext("Copy source into target"), done: (n) => fmt(ngettext("Source copied into {n} row.", "Source copied into {n} rows.", n), { n: number(n) }) });
  }

  clear() {
    return this.acts.run("clear", {}, { label: gettext("Clear the text"), danger: true, done: (n) => fmt(ngettext("{n} row has no text now.", "{n} rows have no text now.", n), { n: number(n) }) });
  }

  blank() {
    return this.acts.run("blank", {}, { label: gettext("Empty on purpose"), done: (n) => fmt(ngettext("{n} row is empty on purpose.", "{n} rows are empty on purpose.", n), { n: number(n) }) });
  }

  reject() {
    return this.acts.run("status", { status: "translated", reject: true }, { label: gettext("Reject"), reasonRequired: true, done: (n) => fmt(ngettext("{n} row was rejected.", "{n} rows were rejected.", n), { n: number(n) }) });
  }

  lock(locked) {
    return this.acts.run(locked ? "lock" : "unlock", {}, {
      label: locked ? gettext("Lock") : gettext("Unlock"),
      done: (n) => fmt(locked ? ngettext("{n} row is locked.", "{n} rows are locked.", n) : ngettext("{n} row is open again.", "{n} rows are open again.", n), { n: number(n) }),
    });
  }

  assign() {
    const person = personField({ label: gettext("Who works on these rows"), none: gettext("Nobody"), far: page.desktop && this.acts.fileId > 0 });
    return this.acts.run("assign", {}, {
      label: gettext("Assign"), ask: person.element,
      check: () => ({ person: person.value()?.id ?? null }),
      done: (n) => {
        const who = person.value()?.name;
        return who ? fmt(ngettext("{n} row: {name}.", "{n} rows: {name}.", n), { n: number(n), name: who }) : fmt(ngettext("{n} row: nobody.", "{n} rows: nobody.", n), { n: number(n) });
      },
    });
  }
}

/** What setting a status is called, as in the menu of the rows. */
function verbOf(status) {
  switch (status) {
    case "confirmed": return gettext("Confirm");
    case "reviewed": return gettext("Set as reviewed");
    case "approved": return gettext("Approve");
    case "translated": return gettext("Set as translated");
    default: return gettext("Back to new");
  }
}
