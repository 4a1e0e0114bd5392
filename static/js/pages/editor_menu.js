/** The context menus of rows and of the column heads. */

import { fmt, gettext } from "../core/i18n.js";
import { keyOf } from "../core/keyboard.js";
import { columnName, OPTIONAL } from "../components/grid/columns.js";
import { FACES } from "../components/grid/textstyle.js";
import { openMenu, separator } from "../components/menu.js";
import { isDone } from "./editor_actions.js";
import { statusName } from "../components/status.js";

/** @param {Actions} actions */
export function rowMenu(actions, place) {
  const { many, current: row } = actions;
  if (!row && !many) return;
  const locked = !many && row.locked ? gettext("The row is locked.") : undefined;
  const empty = !many && !row.target ? gettext("The row has no text.") : undefined;
  const status = (label, name, key, icon, why) => ({ label, icon, key: keyOf(key), disabled: why, run: () => actions.setStatus(name) });
  openMenu(
    [
      !many && { label: gettext("Edit"), icon: "pencil", key: keyOf("row.edit"), disabled: locked, run: () => actions.editing.open(actions.grid.selection.current) },
      separator,
      status(gettext("Confirm"), "confirmed", "row.confirm", "check", locked),
      actions.isReviewer && status(gettext("Set as reviewed"), "reviewed", "row.reviewed", "check2", locked || empty),
      actions.isLead && status(gettext("Approve"), "approved", "row.approve", "check2", locked || empty),
      status(gettext("Set as translated"), "translated", "row.translated", "dot", locked || empty),
      status(gettext("Back to new"), "new", "row.new", "ring", locked),
      !many && actions.isReviewer && { label: gettext("Reject with a reason…"), icon: "undo", key: keyOf("row.reject"), disabled: locked || (isDone(row) ? undefined : gettext("Only confirmed, reviewed and approved rows are rejected.")), run: () => actions.reject() },
      separator,
      !many && { label: gettext("Copy source into target"), icon: "right", key: keyOf("row.copy-source"), disabled: locked, run: () => actions.copySource() },
      { label: gettext("Copy"), icon: "copy", items: [
        { label: gettext("Source and target"), key: keyOf("row.copy"), run: () => actions.copy("both") },
        { label: gettext("Source"), run: () => actions.copy("source") },
        { label: gettext("Target"), run: () => actions.copy("target") },
        { label: gettext("Key"), run: () => actions.copy("key") },
        ...actions.contributed("copy"),
      ] },
      ...actions.contributed("text"),
      separator,
      ...actions.contributed("work"),
      !many && { label: gettext("History"), icon: "history", key: keyOf("row.history"), run: () => actions.history() },
      !many && { label: gettext("Pretranslate the file…"), icon: "memory", disabled: actions.may.edit_rows === false ? gettext("You may not edit this file.") : undefined, run: () => actions.pretranslate() },
      actions.isLead && (many || !row.locked) && { label: gettext("Lock"), icon: "lock", run: () => actions.setLock(true) },
      actions.isLead && (many || row.locked) && { label: gettext("Unlock"), icon: "lock", run: () => actions.setLock(false) },
    ],
    place,
    { label: many ? gettext("Chosen rows") : fmt(gettext("Row {n}, {status}"), { n: row.n, status: statusName(row.status) }) },
  );
}

/** Which columns, in what order. @param {MatchMarks} marks @param {string} [id] the column under the pointer */
export function columnsMenu(grid, marks, place, id) {
  const { columns } = grid;
  const movable = id && !columns.all.find((one) => one.id === id)?.fixed;
  openMenu(
    [
      movable && { label: fmt(gettext("Move {column} to the start"), { column: columnName(id) }), run: () => columns.shift(id, -1) },
      movable && { label: fmt(gettext("Move {column} to the end"), { column: columnName(id) }), run: () => columns.shift(id, 1) },
      separator,
      ...columns.all.filter((one) => OPTIONAL.includes(one.id) && one.id !== "reference").map((one) => ({ label: columnName(one.id), checked: one.shown, run: () => columns.toggle(one.id) })),
      { label: gettext("Reference column…"), checked: Boolean(grid.reference?.isShown), run: () => grid.reference.ask() },
      { label: gettext("Marks of rows with a match"), checked: marks.isOn, run: () => marks.toggle() },
      separator,
      { label: gettext("Text"), icon: "term", items: [
        { label: gettext("Larger"), icon: "plus", key: keyOf("text.larger"), run: () => grid.text.grow(1) },
        { label: gettext("Smaller"), icon: "down", key: keyOf("text.smaller"), run: () => grid.text.grow(-1) },
        { label: gettext("Heavier letters"), checked: grid.text.value.bold, run: () => grid.text.set({ bold: !grid.text.value.bold }) },
        separator,
        ...FACES.map(([face, label]) => ({ label, checked: grid.text.value.face === face, run: () => grid.text.set({ face }) })),
        separator,
        { label: gettext("As at first"), icon: "undo", run: () => grid.text.set({ size: 0, bold: false, face: "" }) },
      ] },
      { label: gettext("As at first"), icon: "undo", run: () => columns.restore() },
    ],
    place,
    { label: gettext("Columns") },
  );
}
