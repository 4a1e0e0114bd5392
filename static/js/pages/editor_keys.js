/** The keys of the editor page. */

import { gettext } from "../core/i18n.js";
import { bind, describe } from "../core/keyboard.js";
import { rowMenu } from "./editor_menu.js";

export function bindKeys({ grid, editing, side, filter, actions }) {
  const selected = () => !editing.isOpen && grid.selection.current >= 0;
  const open = () => editing.isOpen;
  const here = () => grid.selection.current;
  const row = gettext("Row selected");
  const edit = gettext("While editing");
  const review = gettext("Review");
  const find = gettext("Find");
  const screen = gettext("Screen");
  const move = (step, extend) => () => {
    const to = Math.abs(step) === 1 ? grid.neighbour(here(), step) : here() + step;
    if (to >= 0 || Math.abs(step) > 1) grid.goTo(to, { extend });
  };
  const pageful = () => Math.max(1, grid.viewport.shown - 1);
  const moving = [
    ["row.up", ["ArrowUp"], () => move(-1)()], ["row.down", ["ArrowDown"], () => move(1)()],
    ["row.up-more", ["Shift+ArrowUp"], () => move(-1, true)()], ["row.down-more", ["Shift+ArrowDown"], () => move(1, true)()],
    ["row.page-up", ["PageUp"], () => move(-pageful())()], ["row.page-down", ["PageDown"], () => move(pageful())()],
    ["row.page-up-more", ["Shift+PageUp"], () => move(-pageful(), true)()], ["row.page-down-more", ["Shift+PageDown"], () => move(pageful(), true)()],
    ["row.first", ["Home", "Ctrl+Home"], () => grid.goTo(0)], ["row.last", ["End", "Ctrl+End"], () => grid.goTo(grid.windows.total - 1)],
    ["row.first-more", ["Shift+Home"], () => grid.goTo(0, { extend: true })], ["row.last-more", ["Shift+End"], () => grid.goTo(grid.windows.total - 1, { extend: true })],
  ];
  const allowed = (one) => (!one.lead || actions.isLead) && (!one.reviewer || actions.isReviewer);
  const onRows = [
    ...moving.map(([id, keys, run]) => ({ id, keys, run, label: id, group: row, help: false, palette: false, when: () => !editing.isOpen })),
    { id: "row.all", label: gettext("Choose all rows of the filter"), group: row, keys: ["Ctrl+KeyA"], icon: "check2", when: () => !editing.isOpen, run: () => grid.chooseAll() },
    { id: "row.edit", label: gettext("Edit"), group: row, keys: ["Enter", "F2"], icon: "pencil", when: selected, run: () => { editing.open(here()); } },
    { id: "row.confirm", label: gettext("Confirm, next row"), group: row, keys: ["Ctrl+KeyS"], icon: "check", when: selected, run: () => { actions.setStatus("confirmed", { next: true }); } },
    { id: "row.approve", label: gettext("Approve"), group: row, keys: ["Ctrl+Shift+KeyS"], icon: "check2", lead: true, when: selected, run: () => { actions.setStatus("approved"); } },
    { id: "row.reviewed", label: gettext("Set as reviewed"), group: row, keys: [], icon: "check2", reviewer: true, when: selected, run: () => { actions.setStatus("reviewed"); } },
    { id: "row.translated", label: gettext("Set as translated"), group: row, keys: [], icon: "dot", when: selected, run: () => { actions.setStatus("translated"); } },
    { id: "row.new", label: gettext("Back to new"), group: row, keys: ["Ctrl+KeyU"], icon: "ring", when: selected, run: () => { actions.setStatus("new"); } },
    { id: "row.todo", label: gettext("Next row to do"), group: row, keys: ["Ctrl+ArrowDown"], icon: "down", when: selected, run: () => { editing.findToDo(here()).then((index) => index >= 0 && grid.goTo(index)); } },
    { id: "row.copy", label: gettext("Copy source and target"), group: row, keys: ["Ctrl+KeyC"], icon: "copy", when: () => selected() && !String(getSelection()), run: () => { actions.copy("both"); } },
    { id: "row.undo", label: gettext("Undo my last edit"), group: row, keys: ["Ctrl+KeyZ"], icon: "undo", when: () => !editing.isOpen, run: () => { editing.undo(-1); } },
    { id: "row.redo", label: gettext("Redo"), group: row, keys: ["Ctrl+KeyY", "Ctrl+Shift+KeyZ"], icon: "redo", when: () => !editing.isOpen, run: () => { editing.undo(1); } },
    { id: "row.clear", label: gettext("Clear selection"), group: row, keys: ["Escape"], palette: false, when: () => !editing.isOpen, run: () => { if (grid.selection.clear() && here() < 0) grid.body.focus(); } },
    { id: "row.menu", label: gettext("Menu of the row"), group: row, keys: ["Shift+F10", "ContextMenu"], palette: false, when: selected, run: () => { const element = grid.viewport.live.get(here()); if (element) rowMenu(actions, element.cells.target.getBoundingClientRect()); } },
    { id: "review.approve", label: gettext("Approve, next"), group: review, keys: ["Ctrl+Shift+Enter"], lead: true, when: selected, run: () => { actions.setStatus("approved", { next: true }); } },
    { id: "review.reviewed", label: gettext("Reviewed, next"), group: review, keys: [], reviewer: true, when: selected, run: () => { actions.setStatus("reviewed", { next: true }); } },
    { id: "row.reject", label: gettext("Reject with a reason"), group: review, keys: ["Ctrl+Shift+KeyX"], icon: "undo", reviewer: true, when: selected, run: () => { actions.reject(); } },
    // In the editor.
    { id: "edit.next", label: gettext("Save, edit next row"), group: edit, keys: ["Tab"], typing: true, palette: false, when: open, run: () => { editing.commit("translated", "next"); } },
    { id: "edit.before", label: gettext("Save, edit row above"), group: edit, keys: ["Shift+Tab"], typing: true, palette: false, when: open, run: () => { editing.commit("translated", "before"); } },
    { id: "edit.confirm", label: gettext("Confirm, stay here"), group: edit, keys: ["Ctrl+KeyS"], typing: true, palette: false, when: open, run: () => { editing.commit("confirmed", null); } },
    { id: "edit.todo", label: gettext("Confirm, next to do"), group: edit, keys: ["Ctrl+Enter"], typing: true, palette: false, when: open, run: () => { editing.commit("confirmed", "todo"); } },
    { id: "edit.approve", label: gettext("Approve, next to do"), group: edit, keys: ["Ctrl+Shift+Enter"], typing: true, palette: false, help: false, lead: true, when: open, run: () => { editing.commit("approved", "todo"); } },
    { id: "edit.close", label: gettext("Save and close"), group: edit, keys: ["Alt+KeyT", "Ctrl+KeyT"], typing: true, palette: false, when: open, run: () => { editing.commit("translated", null); } },
    { id: "edit.cancel", label: gettext("Cancel, restore text"), group: edit, keys: ["Escape"], typing: true, palette: false, when: open, run: () => { editing.cancel(); } },
    { id: "edit.missing", label: gettext("Next missing code"), group: edit, keys: ["Ctrl+Period"], typing: true, palette: false, when: open, run: () => { editing.editor.insertMissing(); } },
    { id: "row.copy-source", label: gettext("Copy source into target"), group: edit, keys: ["Alt+KeyS"], typing: true, icon: "right", when: () => open() || selected(), run: () => { actions.copySource(); } },
    { id: "row.history", label: gettext("History of the row"), group: review, keys: ["Alt+KeyH"], typing: true, icon: "history", run: () => { actions.history(); } },
  ];
  // What a person may never do is not listed.
  bind(grid.body, onRows.filter(allowed));
  describe([
    { id: "edit.line", label: gettext("New line"), group: edit, keys: ["Enter"] },
    { id: "edit.undo", label: gettext("Undo"), group: edit, keys: ["Ctrl+KeyZ"] },
    { id: "row.extend", label: gettext("Extend selection"), group: row, keys: ["Shift+ArrowUp", "Shift+ArrowDown"] },
    { id: "screen.divider", label: gettext("Move a divider"), group: screen, keys: ["Alt+ArrowLeft", "Alt+ArrowRight"] },
  ]);
  bind(document, [
    { id: "find.filter", label: gettext("Filter"), group: find, keys: ["Ctrl+KeyF"], typing: true, icon: "filter", run: () => filter.focus() },
    { id: "find.clear", label: gettext("Show all rows"), group: find, keys: [], icon: "close", when: () => Boolean(grid.filter), run: () => filter.clear() },
    { id: "find.row", label: gettext("Go to row"), group: find, keys: ["Ctrl+KeyG"], typing: true, icon: "right", run: () => { actions.goToRow(); } },
    { id: "file.pretranslate", label: gettext("Pretranslate the file…"), group: review, keys: [], icon: "memory", when: () => actions.may.edit_rows !== false, run: () => actions.pretranslate() },
    { id: "file.analyse", label: gettext("Analyse the file…"), group: review, keys: [], icon: "chart", run: () => actions.analyse() },
    { id: "file.changes", label: gettext("Changes of the file"), group: review, keys: ["Alt+Shift+KeyH"], typing: true, icon: "history", run: () => actions.changes() },
    { id: "side.toggle", label: gettext("Side panel"), group: screen, keys: ["Ctrl+KeyB"], typing: true, icon: "panel", run: () => side.toggle() },
    { id: "side.memory", label: gettext("Panel: memory"), group: screen, keys: ["Alt+Digit1"], typing: true, icon: "memory", run: () => side.show("tab-memory") },
    { id: "side.checks", label: gettext("Panel: checks"), group: screen, keys: ["Alt+Digit2"], typing: true, icon: "error", run: () => side.show("tab-checks") },
    { id: "side.history", label: gettext("Panel: history"), group: screen, keys: ["Alt+Digit3"], typing: true, icon: "history", run: () => side.show("tab-history") },
    { id: "side.context", label: gettext("Panel: context"), group: screen, keys: ["Alt+Digit4"], typing: true, icon: "info", run: () => side.show("tab-context") },
    { id: "text.larger", label: gettext("Text larger"), group: screen, keys: ["Alt+Equal", "Alt+NumpadAdd"], typing: true, icon: "plus", run: () => grid.text.grow(1) },
    { id: "text.smaller", label: gettext("Text smaller"), group: screen, keys: ["Alt+Minus", "Alt+NumpadSubtract"], typing: true, icon: "down", run: () => grid.text.grow(-1) },
    // Outside the rows the browser would offer to save the page.
    { id: "screen.save", label: "", group: screen, keys: ["Ctrl+KeyS"], typing: true, help: false, palette: false, run: () => {} },
    { id: "screen.raw", label: gettext("Raw text"), group: screen, keys: ["Alt+KeyZ"], typing: true, icon: "key", run: () => actions.toggleRaw() },
  ]);
}
