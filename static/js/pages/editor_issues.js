/** What the checks found in the rows on the screen: fetched in batches, kept while the row stays the same. */

import { get, post } from "../core/api.js";
import { debounce } from "../core/dom.js";
import { isHeld } from "./editor_held.js";

const MOST = 200;
const SETTLE_MS = 200;
const KEPT = 8000;

export class IssueStore extends EventTarget {
  /** @param {any} grid @param {number} fileId */
  constructor(grid, fileId) {
    super();
    Object.assign(this, { grid, fileId });
    /** @type {Map<number, {rev: number, round: number, list: any[]|undefined}>} */
    this.rows = new Map();
    /** Raised when every finding may be another one: the file was checked. */
    this.round = 0;
    this.failures = 0;
    this.restUntil = 0;
    grid.contribute("issues", (row) => this.of(row));
    this.load = debounce(() => this.#load(), SETTLE_MS);
    for (const name of ["moved", "rows", "current", "remote", "view"]) grid.addEventListener(name, () => this.load());
  }

  /** The findings of a row as far as they are known; undefined where there is none. */
  of(row) {
    return row && this.rows.get(row.id)?.list;
  }

  knows(row) {
    const known = this.rows.get(row.id);
    return Boolean(known && known.rev === row.rev && known.round === this.round);
  }

  /** Everything may be different: the file was checked, or its rules changed. */
  forget() {
    this.round += 1;
    this.load();
  }

  async #load() {
    if (document.hidden || this.busy || Date.now() < this.restUntil) return;
    if (isHeld()) {
      this.load();
      return;
    }
    const wanted = this.grid.shownRows().filter((row) => !this.knows(row)).slice(0, MOST);
    if (!wanted.length) return;
    this.busy = true;
    try {
      await this.fetch(wanted);
      this.failures = 0;
    } catch {
      // Findings are a hint beside the row: a move some time later asks again.
      this.failures += 1;
      this.restUntil = Date.now() + Math.min(60_000, 2_000 * 2 ** this.failures);
      return;
    } finally {
      this.busy = false;
    }
    if (this.grid.shownRows().some((row) => !this.knows(row))) this.load();
  }

  /** Ask for the findings of rows and show them. @param {any[]} rows */
  async fetch(rows) {
    const { round } = this;
    const answer = await get(`files/${this.fileId}/issues/rows`, { query: { ids: rows.map((row) => row.id).join(",") } });
    const found = answer.issues || answer;
    if (this.rows.size > KEPT) this.rows.clear();
    for (const row of rows) this.put(row, found[row.id], round);
    return found;
  }

  put(row, list, round = this.round) {
    const before = this.rows.get(row.id);
    const next = list?.length ? list : undefined;
    const same = JSON.stringify(before?.list) === JSON.stringify(next);
    this.rows.set(row.id, { rev: row.rev, round, list: same ? before?.list : next });
    if (same) return;
    this.grid.redraw(row.id);
    this.grid.redrawSource(row.id);
    this.dispatchEvent(new CustomEvent("change", { detail: { id: row.id } }));
  }

  /** Dismiss findings of a row, or take that back. Shown at once, put back when it is refused. */
  async dismiss(row, ids, dismissed) {
    const before = this.of(row) || [];
    this.put(row, before.map((issue) => (ids.includes(issue.id) ? { ...issue, dismissed } : issue)));
    try {
      await post(`files/${this.fileId}/issues/dismiss`, { ids, dismissed });
    } catch (error) {
      this.put(row, before);
      throw error;
    }
  }
}
