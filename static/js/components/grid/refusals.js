/** What happens to a save that was refused: both texts in the cell, a draft where somebody holds the row, a question for an empty one. */

import { keepDraft } from "../../core/drafts.js";
import { announce } from "../../core/focus.js";
import { number } from "../../core/format.js";
import { fmt, gettext } from "../../core/i18n.js";
import { confirmDialog } from "../dialog.js";
import { closeToast, toast } from "../toast.js";
import { refusalPanel } from "./refusal.js";

export class Refusals {
  /** @param {Editing} editing */
  constructor(editing) {
    this.editing = editing;
    /** @type {Map<number, {mine: string, theirs: any, element: HTMLElement}>} row id -> what its cell shows */
    this.panels = new Map();
  }

  get grid() {
    return this.editing.grid;
  }

  get saving() {
    return this.editing.saving;
  }

  /** A new attempt begins. */
  forget(id) {
    this.panels.delete(id);
    closeToast(`row-${id}`);
  }

  /** @param {number} id @param {any} refusal of Saving */
  onRefused(id, refusal) {
    const { grid } = this;
    if (refusal.error.code === "empty") {
      this.offerBlank(refusal);
      return;
    }
    if (refusal.error.code === "leased") {
      this.onLeased(id, refusal);
      return;
    }
    if (this.saving.refused.has(id)) {
      const acts = {
        keepMine: () => this.resolve(id, true),
        takeTheirs: () => this.resolve(id, false),
        edit: () => this.editing.open(grid.windows.indexOf(id)),
      };
      this.panels.set(id, { mine: refusal.mine, theirs: refusal.theirs, element: refusalPanel(refusal, acts, grid.context.languages?.target) });
    }
    const who = refusal.theirs?.edited_by?.name;
    const sentence = who ? fmt(gettext("{name} saved this row first. Your text is kept beside it."), { name: who }) : refusal.error.message;
    announce(sentence, true);
    grid.redraw(id);
    const index = grid.windows.indexOf(id);
    const words = fmt(gettext("Row {row}: {message}"), { row: number(refusal.row.n), message: sentence });
    if (!this.panels.has(id)) toast(words, { kind: "error", id: `row-${id}` });
    else if (!this.editing.editor && index === grid.selection.current) this.editing.open(index);
    else toast(words, { kind: "error", id: `row-${id}`, actions: [{ label: gettext("Go to the row"), run: () => this.editing.goToRow(id) }] });
  }

  /** Somebody holds the row: what was typed waits beside it until they are done. */
  onLeased(id, refusal) {
    const name = refusal.error.details.holder?.name || gettext("Somebody");
    const typed = refusal.change.target;
    if (typed !== undefined) this.editing.keepText(refusal.row, typed);
    const sentence = typed === undefined ? fmt(gettext("{name} is editing this row."), { name }) : fmt(gettext("{name} is editing this row. Your text is kept."), { name });
    announce(sentence, true);
    toast(fmt(gettext("Row {row}: {message}"), { row: number(refusal.row.n), message: sentence }), { kind: "warn", icon: "lock", id: `row-${id}`, stay: typed !== undefined });
    this.grid.redraw(id);
  }

  async offerBlank(refusal) {
    this.saving.refused.delete(refusal.row.id);
    this.grid.redraw(refusal.row.id);
    const yes = await confirmDialog({
      title: fmt(gettext("Is row {n} empty on purpose?"), { n: number(refusal.row.n) }), text: gettext("It has no text. Marked as empty on purpose, it counts as done."), action: gettext("Empty on purpose"),
    });
    const row = this.grid.row(this.grid.windows.indexOf(refusal.row.id)) || refusal.row;
    if (yes) this.editing.save(row, { ...refusal.change, blank_intended: true });
  }

  /** The person decided: mine goes over theirs, or theirs stays. */
  resolve(id, mine) {
    const { editing, grid } = this;
    const typed = editing.editor?.row.id === id ? editing.editor.value() : null;
    if (editing.editor?.row.id === id) {
      editing.editor.closed = true;
      editing.close();
    }
    const refusal = this.saving.refused.get(id);
    this.forget(id);
    if (!refusal) {
      grid.redraw(id);
      return;
    }
    if (refusal.decide) {
      this.saving.takeTheirs(id);
      refusal.decide(mine, typed ?? refusal.mine);
      grid.focusRow(grid.windows.indexOf(id));
      return;
    }
    if (mine) {
      if (typed !== null) refusal.mine = typed;
      this.saving.keepMine(id)?.then((row) => row && grid.checkFilter(row));
    } else {
      editing.drafts.delete(id);
      this.saving.takeTheirs(id);
    }
    grid.focusRow(grid.windows.indexOf(id));
  }
}

/** Keep a text beside its row, in this page and in the browser. @returns what editing keeps of it */
export function asDraft({ userId, fileId }, row, text) {
  const draft = { user: userId, file: fileId, row: row.id, text, text_rev: row.text_rev, at: Date.now() };
  keepDraft(draft);
  return draft;
}
