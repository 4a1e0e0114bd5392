/** Editing rows of a grid: opening the editor, saving and moving on, refusals, drafts, what others saved. */

import { get } from "../../core/api.js";
import { draftsOf, dropDraft } from "../../core/drafts.js";
import { announce } from "../../core/focus.js";
import { number } from "../../core/format.js";
import { fmt, gettext, ngettext } from "../../core/i18n.js";
import { statusName } from "../status.js";
import { toast, toastError } from "../toast.js";
import { CellEditor } from "./editor.js";
import { asDraft, Refusals } from "./refusals.js";
import { Remote } from "./remote.js";
import { Saving } from "./saving.js";

/** A row one still has to work on. */
export const isToDo = (row) => !row.locked && (row.status === "new" || row.status === "original" || row.status === "translated");
const MOST_CHECKED = 30;
const MOST_ASKED = 20;

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
    this.refusals = new Refusals(this);
    /** Who else holds a row, so that it is not opened. @type {(row: any) => {id: number, name: string}|null} */
    this.holderOf = () => null;
    /** The text of the open row changed. @type {() => void} */
    this.onTyped = () => {};
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
      onRefused: (id, refusal) => this.refusals.onRefused(id, refusal),
      onLate: (late) => grid.emit("late", { late }),
    });
    this.remote = new Remote(this);
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

  get panels() {
    return this.refusals.panels;
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
    const coming = this.coming?.index === index ? this.coming : null;
    if (coming && typed !== undefined) typed = (coming.typed ?? "") + typed;
    if (row && coming) {
      // It is here before the answer that it was asked for with: what was typed until now comes first.
      typed ??= coming.typed;
      coming.isOpen = true;
      this.coming = grid.coming = null;
    } else if (coming) {
      // What is typed until the row is here is part of it.
      coming.typed = typed ?? coming.typed;
      return;
    } else if (!row) {
      const asked = (this.coming = grid.coming = { index, typed, from: grid.selection.current });
      try {
        [row] = await grid.windows.range(index, index + 1);
      } catch (error) {
        if (this.coming === asked) this.coming = grid.coming = null;
        throw error;
      }
      if (!row || !this.isWanted(asked, row)) return;
      typed = asked.typed;
    }
    grid.goTo(index, { focus: false });
    if (!this.options.mayEdit || row.locked) {
      grid.focusRow(index);
      toast(row.locked ? gettext("A lead locked this row.") : gettext("You may read this file, not edit it."), { kind: "warn", icon: "lock", id: "locked" });
      return;
    }
    const holder = this.holderOf(row);
    if (holder) {
      grid.focusRow(index);
      toast(fmt(gettext("{name} is editing this row."), { name: holder.name }), { kind: "warn", icon: "lock", id: "locked" });
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
      onGrow: () => this.onGrow(),
      // Typing brings a row back that was scrolled out of sight.
      onInput: () => this.onInput(),
      onDiscardDraft: () => this.dropDraft(row.id),
    });
    if (typed !== undefined && row.target) this.editor.area.value = this.editor.opened + typed;
    if (typed !== undefined) this.editor.onInput();
    this.editor.focus();
    this.onGrow();
    this.grid.emit("editing", { index });
  }

  /** Whether a row that has come is to be opened: not when the person went on meanwhile. Then what was typed is kept. */
  isWanted(asked, row) {
    const { grid } = this;
    const isLatest = this.coming === asked;
    if (isLatest) this.coming = grid.coming = null;
    if (asked.isOpen) return false;
    if (isLatest && !this.editor && [asked.from, asked.index].includes(grid.selection.current)) return true;
    if (asked.typed) {
      this.keepText(row, row.target + asked.typed);
      grid.redraw(row.id);
    }
    return false;
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

  /** Keep a text that could not be saved beside its row. */
  keepText(row, text) {
    this.drafts.set(row.id, asDraft(this.options, row, text));
  }

  onGrow() {
    if (!this.editor) return;
    this.grid.viewport.render();
    if (!this.isStill) this.grid.viewport.reveal(this.editor.index);
  }

  /** Let something happen to the open cell that the person did not do: nothing is scrolled for it. */
  still(work) {
    this.isStill = true;
    try {
      work();
    } finally {
      this.isStill = false;
    }
  }

  onInput() {
    const { editor, grid } = this;
    if (!editor) return;
    if (!grid.viewport.boxOf(editor.index)) grid.viewport.reveal(editor.index);
    this.onTyped();
  }

  /** Somebody else holds the row after all: the editor goes, what was typed stays beside the row. */
  giveUp(holder) {
    const { editor } = this;
    if (!editor) return;
    if (editor.composing) {
      editor.area.addEventListener("compositionend", () => setTimeout(() => this.editor === editor && this.giveUp(holder)), { once: true });
      return;
    }
    const typed = editor.isChanged();
    if (typed) this.keepText(editor.row, editor.value());
    editor.closed = true;
    this.close();
    const words = typed ? fmt(gettext("{name} is editing this row. Your text is kept."), { name: holder.name }) : fmt(gettext("{name} is editing this row."), { name: holder.name });
    announce(words, true);
    toast(words, { kind: "warn", icon: "lock", id: "locked" });
  }

  /** Take the editor away and draw the row. */
  close({ focus = true } = {}) {
    const { editor, grid } = this;
    if (!editor) return;
    this.editor = null;
    grid.closeEditor(editor, focus);
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
      toast(fmt(gettext("Row {row}: {message}"), { row: number(editor.row.n), message: warning }), { kind: "warn", id: `length-${editor.row.id}` });
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
    this.refusals.forget(row.id);
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

  /** The next row to do after an index that nobody else holds, from the top again after the last; -1 with a word why. */
  async findToDo(index) {
    const { grid } = this;
    let at = index + 1;
    for (; at < grid.windows.total && grid.row(at); at += 1) if (this.isFree(grid.row(at))) return at;
    // Beyond what is here the server knows, in one question.
    const next = await this.askToDo(at - 1, index);
    if (next < 0) toast(gettext("No other row to do."), { id: "todo" });
    else if (next < index) toast(gettext("From the first row again: none is left below."), { id: "todo" });
    return next;
  }

  isFree(row) {
    return isToDo(row) && !this.grid.left.has(row.id) && !this.holderOf(row);
  }

  async askToDo(after, from) {
    const { grid } = this;
    try {
      for (let attempt = 0, at = after; attempt < MOST_ASKED; attempt += 1) {
        const { index } = await get(`files/${this.options.fileId}/next-todo`, { query: { after: at, view: grid.view } });
        if (index === null || index === from) return -1;
        // What I saved a moment ago may not have arrived there yet.
        const row = grid.row(index);
        if (!row || this.isFree(row)) return index;
        at = index;
      }
    } catch (error) {
      toastError(error);
    }
    return -1;
  }

  onRow(id) {
    this.grid.redraw(id);
  }

  /** Rows that changed on the server. The edited cell is not touched. */
  applyRemote(rows) {
    this.remote.apply(rows);
  }

  /** An act on many rows that Ctrl Z takes back. @param {number} id of the change set @param {string} label what it did */
  rememberChangeSet(id, label) {
    this.saving.rememberChangeSet(id, label);
  }

  /** Undo (-1) or redo (1) of my own edits, once the saves that run have their answers. */
  async undo(direction) {
    let step;
    try {
      step = await this.saving.step(direction);
    } catch (error) {
      toastError(error);
      return;
    }
    if (!step) toast(direction < 0 ? gettext("There is no edit of yours to undo here.") : gettext("There is nothing to redo."), { id: "undo" });
    else if (step.changeSet) {
      toast(fmt(direction < 0 ? gettext("Undone: {what}") : gettext("Done again: {what}"), { what: step.label }), { kind: "done", id: "undo" });
      document.dispatchEvent(new CustomEvent("locanext:task-ended", { detail: {} }));
    } else if (this.saving.refused.has(step.id)) return;
    else {
      const index = this.grid.windows.indexOf(step.id);
      if (index >= 0) this.grid.goTo(index);
      else this.goToRow(step.id);
    }
  }
}
