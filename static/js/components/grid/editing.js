/** Editing rows of a grid: opening the editor, saving and moving on, refusals, drafts, what others saved. */

import { get } from "../../core/api.js";
import { draftsOf, dropDraft } from "../../core/drafts.js";
import { announce } from "../../core/focus.js";
import { number } from "../../core/format.js";
import { fmt, gettext, ngettext } from "../../core/i18n.js";
import { confirmDialog } from "../dialog.js";
import { statusName } from "../status.js";
import { closeToast, toast, toastError } from "../toast.js";
import { CellEditor } from "./editor.js";
import { refusalPanel } from "./refusal.js";
import { Saving } from "./saving.js";

/** A row one still has to work on. */
export const isToDo = (row) => !row.locked && (row.status === "new" || row.status === "original" || row.status === "translated");
const LOOK_AHEAD = 4000;
const MOST_CHECKED = 30;

export class Editing {
  /**
   * @param {Grid} grid
   * @param {{fileId: number, userId: number, mayEdit: boolean, onFile: (file: any) => void}} options
   */
  constructor(grid, options) {
    this.grid = grid;
    this.options = options;
    /** @type {CellEditor|null} */
    this.editor = null;
    this.drafts = new Map();
    this.panels = new Map();
    /** More to say in a save: where its text came from. @type {(row: any, change: any) => Object<string, any>} */
    this.about = () => ({});
    /** @type {(row: any) => void} */
    this.onSaved = () => {};
    this.saving = new Saving({
      fileId: options.fileId,
      userId: options.userId,
      windows: grid.windows,
      onRow: (id) => this.onRow(id),
      onFile: options.onFile,
      onRefused: (id, refusal) => this.onRefused(id, refusal),
    });
    grid.stateOf = (row) => ({ saving: this.saving.isSaving(row.id), draft: this.drafts.has(row.id), refusal: this.panels.get(row.id) || null });
    grid.addEventListener("edit", (event) => this.open(event.detail.index, { typed: event.detail.typed }));
    grid.addEventListener("leave", () => this.leave());
    grid.addEventListener("remake", () => this.leave());
    for (const name of ["pagehide", "visibilitychange"]) addEventListener(name, () => this.editor?.keep.flush(), true);
    this.loadDrafts();
  }

  get isOpen() {
    return this.editor !== null;
  }

  async loadDrafts() {
    const drafts = [];
    for (const draft of await draftsOf(this.options.userId, this.options.fileId)) {
      // The last save of a page that was closed may have arrived after all.
      const row = drafts.length < MOST_CHECKED ? await get(`rows/${draft.row}`).catch((error) => (error.status === 404 ? { target: draft.text } : null)) : null;
      if (row?.target === draft.text) dropDraft(this.options.userId, draft.row);
      else drafts.push(draft);
    }
    for (const draft of drafts) this.drafts.set(draft.row, draft);
    if (!drafts.length) return;
    this.grid.refresh();
    toast(fmt(ngettext("{n} row has text that was typed and not saved.", "{n} rows have text that was typed and not saved.", drafts.length), { n: number(drafts.length) }), {
      kind: "warn", icon: "pencil", id: "drafts", actions: [{ label: gettext("Go to the row"), run: () => this.goToRow(drafts[0].row) }],
    });
  }

  async goToRow(id) {
    try {
      this.grid.goTo(await this.grid.locate({ row: id }));
    } catch (error) {
      toastError(error);
    }
  }

  /**
   * Open the editor on a row. Resolves when it is open, or refused with a reason.
   * @param {number} index @param {{typed?: string}} [how]
   */
  async open(index, { typed } = {}) {
    const { grid } = this;
    if (index < 0 || this.editor?.index === index) return;
    this.leave();
    let row = grid.row(index);
    if (!row) {
      [row] = await grid.windows.range(index, index + 1);
      if (!row || this.editor) return;
    }
    grid.goTo(index, { focus: false });
    if (!this.options.mayEdit || row.locked) {
      grid.focusRow(index);
      toast(row.locked ? gettext("A lead locked this row.") : gettext("You may read this file, not edit it."), { kind: "warn", icon: "lock", id: "locked" });
      return;
    }
    const element = /** @type {any} */ (grid.viewport.live.get(index));
    if (!element) return;
    grid.fill(element, index);
    grid.editing = index;
    this.editor = new CellEditor({
      row, index, cells: element.cells, raw: grid.raw,
      context: { ...grid.context, fileId: this.options.fileId, userId: this.options.userId },
      draft: this.draftFor(row),
      refusal: this.panels.get(row.id) || null,
      typed: typed === undefined ? undefined : typed,
      onGrow: () => this.onGrow(index),
      // Typing brings a row back that was scrolled out of sight.
      onInput: () => !grid.viewport.boxOf(index) && grid.viewport.reveal(index),
      onDiscardDraft: () => this.dropDraft(row.id),
    });
    if (typed !== undefined && row.target) this.editor.area.value = this.editor.opened + typed;
    if (typed !== undefined) this.editor.onInput();
    this.editor.focus();
    this.onGrow(index);
    this.grid.emit("editing", { index });
  }

  draftFor(row) {
    const draft = this.drafts.get(row.id);
    return draft && draft.text !== row.target ? draft : null;
  }

  dropDraft(id) {
    this.drafts.delete(id);
    dropDraft(this.options.userId, id);
    this.grid.redraw(id);
  }

  onGrow(index) {
    this.grid.viewport.render();
    this.grid.viewport.reveal(index);
  }

  /** Take the editor away and draw the row. */
  close({ focus = true } = {}) {
    const { editor, grid } = this;
    if (!editor) return;
    this.editor = null;
    grid.editing = -1;
    editor.close();
    const element = /** @type {any} */ (grid.viewport.live.get(editor.index));
    if (element) {
      element.drawn = null;
      grid.fill(element, editor.index);
    }
    grid.viewport.render();
    if (focus) grid.focusRow(editor.index);
    grid.emit("editing", { index: -1 });
  }

  /** Esc: the text is what it was. Nothing typed is asked about; a refused text is let go too. */
  cancel() {
    const { editor } = this;
    if (!editor) return;
    editor.keep.flush();
    this.drafts.delete(editor.row.id);
    dropDraft(this.options.userId, editor.row.id);
    this.close();
  }

  /** The cursor goes elsewhere: changed text is saved, as Tab would. */
  leave() {
    if (!this.editor) return;
    if (this.editor.isChanged()) this.commit("translated", null, { focus: false });
    else this.close({ focus: false });
  }

  /**
   * Save the editor's text with a status, then go on.
   * @param {string} status @param {"next"|"before"|"todo"|null} onward
   */
  commit(status, onward, { focus = true } = {}) {
    const { editor, grid } = this;
    if (!editor) return;
    editor.closed = true;
    const warning = editor.mustWarn();
    if (warning) {
      toast(fmt(gettext("Row {row}: {n} characters, {limit} fit."), { row: number(editor.row.n), n: number(warning.characters), limit: number(warning.limit) }), { kind: "warn", id: `length-${editor.row.id}` });
    }
    const target = editor.value();
    const changed = editor.isChanged();
    const { index } = editor;
    const row = editor.row;
    this.close({ focus: focus && !onward });
    const work = this.saveText(row, target, changed, status);
    if (onward === "next" || onward === "before") this.step(index, onward === "next" ? 1 : -1);
    else if (onward === "todo") this.openToDo(index);
    return work;
  }

  saveText(row, target, changed, status) {
    if (status === "translated" && !changed) return this.forgetDraft(row.id);
    this.drafts.delete(row.id);
    const change = changed ? { target } : {};
    // Without a text there is nothing to call translated: the server makes it new, or says what is missing.
    if (target || status !== "translated") change.status = status;
    return this.save(row, change);
  }

  forgetDraft(id) {
    if (this.drafts.has(id)) this.dropDraft(id);
    else dropDraft(this.options.userId, id);
    return null;
  }

  /** Save any change of a row; asks when an empty row is to be confirmed. */
  async save(row, change) {
    this.panels.delete(row.id);
    closeToast(`row-${row.id}`);
    const saved = await this.saving.save(row, { ...change, ...this.about(row, change) });
    if (saved) {
      this.onSaved(saved);
      this.grid.checkFilter(saved);
      this.grid.redraw(saved.id);
      announce(fmt(gettext("Row {n}: {status}"), { n: number(saved.n), status: statusName(saved.status) }));
    }
    return saved;
  }

  step(index, direction) {
    const next = this.grid.neighbour(index, direction);
    if (next < 0) {
      this.grid.focusRow(index);
      announce(direction > 0 ? gettext("This was the last row.") : gettext("This was the first row."));
      return;
    }
    this.open(next);
  }

  async openToDo(index) {
    const next = await this.findToDo(index);
    if (next >= 0) this.open(next);
    else this.grid.focusRow(index);
  }

  /** The next row to do after an index, or -1 with a word why. */
  async findToDo(index) {
    const { grid } = this;
    const end = Math.min(grid.windows.total, index + 1 + LOOK_AHEAD);
    for (let at = index + 1; at < end; at += 1) {
      const row = grid.row(at) || (await grid.windows.range(at, at + 1))[0];
      if (row && isToDo(row) && !grid.left.has(row.id)) return at;
    }
    toast(end >= grid.windows.total ? gettext("No row to do below this one.") : fmt(gettext("No row to do in the next {n} rows. The status filter finds the others."), { n: number(LOOK_AHEAD) }), { id: "todo" });
    return -1;
  }

  // ---- refusals ----
  onRow(id) {
    this.grid.redraw(id);
  }

  onRefused(id, refusal) {
    const { grid } = this;
    if (refusal.error.code === "empty") {
      this.offerBlank(refusal);
      return;
    }
    if (this.saving.refused.has(id)) {
      const acts = {
        keepMine: () => this.resolve(id, true),
        takeTheirs: () => this.resolve(id, false),
        edit: () => this.open(grid.windows.indexOf(id)),
      };
      this.panels.set(id, { mine: refusal.mine, theirs: refusal.theirs, element: refusalPanel(refusal, acts, grid.context.languages?.target) });
    }
    const who = refusal.theirs?.edited_by?.name;
    const sentence = who ? fmt(gettext("{name}: saved this row first. Your text is kept beside it."), { name: who }) : refusal.error.message;
    announce(sentence, true);
    grid.redraw(id);
    const index = grid.windows.indexOf(id);
    if (!this.panels.has(id)) toast(fmt(gettext("Row {row}: {message}"), { row: number(refusal.row.n), message: sentence }), { kind: "error", id: `row-${id}` });
    else if (!this.editor && index === grid.selection.current) this.open(index);
    else {
      toast(fmt(gettext("Row {row}: {message}"), { row: number(refusal.row.n), message: sentence }), {
        kind: "error", id: `row-${id}`, actions: [{ label: gettext("Go to the row"), run: () => this.goToRow(id) }],
      });
    }
  }

  async offerBlank(refusal) {
    this.saving.refused.delete(refusal.row.id);
    this.grid.redraw(refusal.row.id);
    const yes = await confirmDialog({
      title: fmt(gettext("Is row {n} empty on purpose?"), { n: number(refusal.row.n) }), text: gettext("It has no text. Marked as empty on purpose, it counts as done."), action: gettext("Empty on purpose"),
    });
    const row = this.grid.row(this.grid.windows.indexOf(refusal.row.id)) || refusal.row;
    if (yes) this.save(row, { ...refusal.change, blank_intended: true });
  }

  resolve(id, mine) {
    const typed = this.editor?.row.id === id ? this.editor.value() : null;
    if (this.editor?.row.id === id) {
      this.editor.closed = true;
      this.close();
    }
    const refusal = this.saving.refused.get(id);
    this.panels.delete(id);
    closeToast(`row-${id}`);
    if (!refusal) {
      this.grid.redraw(id);
      return;
    }
    if (mine) {
      if (typed !== null) refusal.mine = typed;
      this.saving.keepMine(id)?.then((row) => row && this.grid.checkFilter(row));
    } else {
      this.drafts.delete(id);
      this.saving.takeTheirs(id);
    }
    this.grid.focusRow(this.grid.windows.indexOf(id));
  }

  // ---- what others saved ----
  /** Rows that changed on the server. The edited cell is not touched. */
  applyRemote(rows) {
    const { grid } = this;
    const others = [];
    for (const row of rows) {
      const index = grid.windows.indexOf(row.id);
      if (index < 0) others.push(row);
      if (index < 0 || row.removed) continue;
      const here = grid.row(index);
      if (here.rev >= row.rev || this.saving.isSaving(row.id)) continue;
      grid.windows.put(row);
      others.push(row);
      if (this.editor?.index === index) {
        if (row.text_rev !== this.editor.row.text_rev) this.editor.noteTheirs(row);
      } else grid.viewport.redraw(index);
      if (index === grid.selection.current) grid.emitCurrent();
    }
    if (others.length) grid.emit("remote", { rows: others });
  }

  /** Undo (-1) or redo (1) of my own edits. */
  async undo(direction) {
    const id = await this.saving.step(direction);
    if (id === null) {
      toast(direction < 0 ? gettext("There is no edit of yours to undo here.") : gettext("There is nothing to redo."), { id: "undo" });
      return;
    }
    const index = this.grid.windows.indexOf(id);
    if (index >= 0) this.grid.goTo(index);
    else this.goToRow(id);
  }
}
