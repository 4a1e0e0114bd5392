/** What one can do to the rows that are chosen. Keys, the menu and Ctrl K all end here. */

import { fmt, gettext } from "../core/i18n.js";
import { number } from "../core/format.js";
import { page } from "../core/prefs.js";
import { promptDialog } from "../components/dialog.js";
import { toast, toastError } from "../components/toast.js";
import { openAnalysis } from "./analysis_start.js";
import { openPretranslate } from "./pretranslate.js";

export class Actions {
  constructor(grid, editing, side, filter, info) {
    Object.assign(this, { grid, editing, side, filter, info });
    /** @type {{section: string, items: () => any[]}[]} */
    this.contributions = [];
    /** Acts on many rows and the clipboard; editor_bulk.js puts them here. @type {any} */
    this.bulk = null;
    /** @type {any} */
    this.copyPaste = null;
    this.may = info.file.may || {};
    this.isLead = this.may.approve ?? page.user?.is_lead ?? false;
    this.isReviewer = this.may.review ?? page.user?.is_reviewer ?? false;
  }

  /** Add items to the menu of the rows. @param {"text"|"copy"|"work"} section @param {() => any[]} items */
  contribute(section, items) {
    this.contributions.push({ section, items });
  }

  contributed(section) {
    return this.contributions.filter((one) => one.section === section).flatMap((one) => one.items());
  }

  get current() {
    return this.grid.row();
  }

  get many() {
    return this.grid.selection.isMany;
  }

  /** The chosen rows, fetched where they are not here; none where all rows of a large view are chosen. */
  async rows() {
    const indices = this.grid.selection.indices();
    if (!indices.length) return [];
    await this.grid.windows.range(indices[0], indices[indices.length - 1] + 1);
    return indices.map((index) => this.grid.row(index)).filter(Boolean);
  }

  /** Give the chosen rows a status; with one row the cursor may go on. */
  async setStatus(status, { next = false } = {}) {
    if (this.many) {
      await this.setStatusOfMany(status);
      return;
    }
    const row = this.current;
    if (!row) return;
    const index = this.grid.selection.current;
    this.editing.save(row, { status });
    if (next) {
      const to = this.grid.neighbour(index, 1);
      if (to >= 0) this.grid.goTo(to);
    }
  }

  /** One status for all chosen rows, as one change set. @param {string} status */
  async setStatusOfMany(status) {
    await this.bulk.setStatus(status);
  }

  async reject() {
    const row = this.current;
    if (!row) return;
    if (!isDone(row)) {
      toast(gettext("Only confirmed, reviewed and approved rows are rejected."), { kind: "warn", id: "reject" });
      return;
    }
    const reason = await promptDialog({
      title: fmt(gettext("Why is row {n} rejected?"), { n: number(row.n) }), label: gettext("Reason"), action: gettext("Reject"), lines: 3, required: true,
      hint: gettext("The row goes back to translated. The reason is in its history."),
    });
    if (reason) this.editing.save(row, { status: "translated", note: reason });
  }

  /** Copy the source into the target: in the editor as typed text, else saved as translated. */
  copySource() {
    if (this.editing.isOpen) {
      this.editing.editor.replaceAll(this.editing.editor.forward(this.editing.editor.row.source));
      return;
    }
    const row = this.current;
    if (row && !row.locked) this.editing.save(row, { target: row.source, status: "translated" });
  }

  /** Put text of the chosen rows on the clipboard. @param {"source"|"target"|"key"|"both"|"shown"} what */
  async copy(what) {
    await this.copyPaste.copy(what);
  }

  /** @param {boolean} locked */
  async setLock(locked) {
    await this.bulk.lock(locked);
  }

  async goToRow() {
    const answer = await promptDialog({
      title: gettext("Go to row"), label: gettext("Number, key, or cell"), action: gettext("Go"), required: true,
      hint: gettext("A number such as 1208, a key or the start of one, or a cell such as Sheet1!C12."),
      check: async (text) => {
        try {
          this.found = await this.locate(queriesOf(text, this.info.file.format));
          return null;
        } catch (error) {
          return error.code === "not_in_view" ? gettext("This row is not among the rows that the filter shows.") : error.message;
        }
      },
    });
    if (answer !== null) this.grid.goTo(this.found);
  }

  /** The first of several readings of what was typed that names a row. */
  async locate(queries) {
    for (const [at, query] of queries.entries()) {
      try {
        return await this.grid.locate(query);
      } catch (error) {
        if (error.code !== "no_such_row" || at === queries.length - 1) throw error;
      }
    }
    return -1;
  }

  history() {
    this.side.show("tab-history");
  }

  changes() {
    location.assign(`/files/${this.info.file.id}/changes/`);
  }

  pretranslate() {
    openPretranslate([{ kind: "file", id: this.info.file.id, name: this.info.file.name, source_language: this.info.file.source_language, target_language: this.info.file.target_language }]);
  }

  analyse() {
    openAnalysis([{ kind: "file", id: this.info.file.id, name: this.info.file.name }]);
  }

  toggleRaw() {
    this.editing.leave();
    this.grid.setRaw(!this.grid.raw);
    toast(this.grid.raw ? gettext("Texts are shown as they are stored.") : gettext("Codes and line ends are shown as marks."), { id: "raw" });
  }
}

/**
 * How what a person typed to go to can be read, likeliest first: a number, a cell of a sheet, a key.
 * @param {string} text @param {string} format of the file
 */
export function queriesOf(text, format) {
  const plain = text.trim();
  const key = { key: plain };
  if (/^[\d,. ]*\d[\d,. ]*$/u.test(plain)) return [{ n: plain.replace(/\D/gu, "") }, key];
  const cell = { cell: plain.replace(/\$/gu, "") };
  if (/^.+!\$?[A-Za-z]{1,3}\$?\d{1,7}$/u.test(plain)) return [cell, key];
  if (format === "xlsx" && /^\$?[A-Za-z]{1,3}\$?\d{1,7}$/u.test(plain)) return [cell, key];
  return [key];
}

/** Whether somebody has called the row done. */
export const isDone = (row) => ["confirmed", "reviewed", "approved"].includes(row.status);
