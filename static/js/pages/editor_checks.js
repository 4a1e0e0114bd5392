/** What the checks say of rows: marks, underlines, their tab, the walk from finding to finding, the file's counts. */

import { fmt, gettext } from "../core/i18n.js";
import { announce } from "../core/focus.js";
import { number } from "../core/format.js";
import { bind } from "../core/keyboard.js";
import { open } from "../components/grid/issues.js";
import { toast, toastError } from "../components/toast.js";
import { ChecksPanel } from "./editor_checks_panel.js";
import { FileChecks } from "./editor_checks_file.js";
import { LiveChecks } from "./editor_checks_live.js";
import { IssueWalk } from "./editor_checks_walk.js";
import { attachCodes } from "./editor_codes.js";
import { IssueStore } from "./editor_issues.js";

/** @param {{fileId: number, info: any, grid: any, editing: any, status: any, marks: any, memory: any, side: any, filter: any, actions: any, live: any}} editor the parts of the page */
export function attach(editor) {
  const { grid, editing, side, fileId } = editor;
  const store = new IssueStore(grid, fileId);
  const file = new FileChecks(editor, store);
  const typed = new LiveChecks(editor, store);
  const walk = new IssueWalk(editor, store);
  const checks = { store, file, typed, walk };
  side.checks = new ChecksPanel(editor, checks);
  editor.checks = checks;
  attachCodes(editor);
  afterSaves(editor, checks);
  store.addEventListener("change", () => {
    walk.forget();
    file.load();
    side.checks.about(grid.row());
  });
  bindKeys(editor, checks);
  const asked = side.tab === "tab-checks";
  if (asked) side.fill();
  else side.checks.about(grid.row());
  editing.grid.addEventListener("editing", () => side.checks.about(grid.row()));
}

/** After a save its findings are fetched; a confirmed row with an error says so, once. */
function afterSaves({ grid, editing, side }, { store, file }) {
  const { onSaved } = editing;
  const warned = new Set();
  editing.onSaved = async (row) => {
    onSaved(row);
    try {
      await store.fetch([row]);
    } catch {
      return;
    }
    file.load();
    const errors = open(store.of(row)).filter((issue) => issue.severity === "error");
    if (!errors.length) {
      warned.delete(row.id);
      return;
    }
    if (!["confirmed", "reviewed", "approved"].includes(row.status) || warned.has(row.id)) return;
    warned.add(row.id);
    const words = fmt(gettext("Row {row}: {message}"), { row: number(row.n), message: errors[0].message });
    toast(words, { kind: "warn", icon: "error", id: `check-${row.id}`, actions: [{ label: gettext("Go to the row"), run: () => { editing.goToRow(row.id); side.show("tab-checks"); } }] });
    announce(words);
    grid.redraw(row.id);
  };
}

function bindKeys({ grid, editing, side, actions }, { store, file, walk }) {
  const group = gettext("Review");
  const row = () => (editing.isOpen ? editing.editor.row : grid.row());
  const left = () => open(store.of(row())).filter((issue) => issue.id);
  const dismiss = async () => {
    const findings = left();
    const target = row();
    if (!findings.length) {
      toast(gettext("This row has no finding to dismiss."), { id: "dismiss" });
      return;
    }
    const ids = findings.map((issue) => issue.id);
    try {
      await store.dismiss(target, ids, true);
      toast(fmt(gettext("Row {row}: dismissed."), { row: number(target.n) }), { kind: "done", id: "dismiss", actions: [{ label: gettext("Undo"), run: () => store.dismiss(target, ids, false).catch(toastError) }] });
    } catch (error) {
      toastError(error);
    }
  };
  bind(document, [
    { id: "check.next", label: gettext("Next row with a finding"), group, keys: ["F8"], typing: true, icon: "error", run: () => { walk.step(1); } },
    { id: "check.before", label: gettext("Row with a finding before"), group, keys: ["Shift+F8"], typing: true, icon: "error", run: () => { walk.step(-1); } },
    { id: "check.dismiss", label: gettext("Dismiss the findings of the row"), group, keys: ["Ctrl+KeyD"], typing: true, icon: "close", when: () => Boolean(row()), run: () => { dismiss(); } },
    { id: "check.file", label: gettext("Check the file"), group, keys: [], icon: "error", run: () => { file.checkAll(); } },
  ]);
  actions.contribute("work", () => [
    !actions.many && left().length > 0 && { label: gettext("Dismiss the findings"), icon: "error", key: "Ctrl D", run: dismiss },
  ]);
}

