/** What others saved comes into the grid; the cell in the editor is never drawn again, an own unanswered save never covered. */

import { fmt, gettext } from "../../core/i18n.js";
import { number } from "../../core/format.js";
import { toast } from "../toast.js";

export class Remote {
  /** @param {Editing} editing */
  constructor(editing) {
    this.editing = editing;
    /** @type {Map<number, any>} versions that came while an own save of their row was under way */
    this.waiting = new Map();
    const { grid } = editing;
    grid.windows.overlay = (row) => this.overlay(row);
    grid.addEventListener("rows", () => this.checkEditor());
    grid.addEventListener("gone", () => this.onGone());
    grid.addEventListener("shifted", (event) => {
      if (editing.editor) editing.editor.index = event.detail.to;
    });
  }

  /** A row that was just fetched shows what an own save, not answered yet, will make of it. */
  overlay(row) {
    const mine = this.editing.saving.latest.get(row.id);
    return mine ? { ...row, target: mine.target, status: mine.status, text_rev: mine.text_rev, rev: mine.rev } : row;
  }

  /** Rows that changed on the server, newest last. */
  apply(rows) {
    const { editing } = this;
    const { grid, saving } = editing;
    const others = [];
    for (const row of rows) {
      saving.heard(row);
      const index = grid.windows.indexOf(row.id);
      if (index < 0) {
        others.push(row);
        if (!row.removed) grid.windows.put(row);
        continue;
      }
      if (row.removed || grid.row(index).rev >= row.rev) continue;
      if (saving.isSaving(row.id)) {
        this.hold(row);
        continue;
      }
      grid.windows.put({ ...row, n: grid.row(index).n });
      others.push(row);
      if (editing.editor?.index === index) this.checkEditor();
      else grid.viewport.redraw(index);
      if (index === grid.selection.current) grid.emitCurrent();
    }
    if (others.length) grid.emit("remote", { rows: others });
  }

  /** Wait for the own save of this row: its answer or refusal decides what is shown, this only if it is newer. */
  hold(row) {
    const first = !this.waiting.has(row.id);
    this.waiting.set(row.id, row);
    if (!first) return;
    this.editing.saving.settled(row.id).then(() => {
      const newest = this.waiting.get(row.id);
      this.waiting.delete(row.id);
      if (newest) this.apply([newest]);
    });
  }

  /** Say in the editor's notes when its row was saved by somebody meanwhile. */
  checkEditor() {
    const { editor, grid, saving } = this.editing;
    if (!editor) return;
    const row = grid.row(editor.index);
    if (!row || row.id !== editor.row.id || saving.isSaving(row.id)) return;
    const mine = saving.chains.get(row.id);
    const known = row.text_rev === editor.row.text_rev || row.text_rev === this.noted || (mine?.rev === row.text_rev && mine.seen.has(editor.row.text_rev));
    if (known) return;
    this.noted = row.text_rev;
    // The note may make the cell higher; the row stays where it is.
    this.editing.still(() => editor.noteTheirs(row));
  }

  /** The row in the editor was taken out of the file or the view. */
  onGone() {
    const { editing } = this;
    const { editor } = editing;
    if (!editor) return;
    const text = editor.isChanged() ? editor.value() : null;
    if (text !== null) editing.keepText(editor.row, text);
    editor.closed = true;
    editing.close({ focus: false });
    toast(fmt(gettext("Row {n} is not here any more."), { n: number(editor.row.n) }), {
      kind: "warn", id: "gone", stay: text !== null,
      actions: text === null ? [] : [{ label: gettext("Copy your text"), run: () => navigator.clipboard.writeText(text) }],
    });
  }
}
