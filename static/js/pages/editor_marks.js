/** The marks of rows that have no text yet and could be filled from a memory: a dashed score. */

import { post } from "../core/api.js";
import { debounce } from "../core/dom.js";
import { pref, setPref } from "../core/prefs.js";

const MOST = 200;
const SETTLE_MS = 400;
const KEPT = 5000;

export class MatchMarks {
  constructor(grid, fileId) {
    Object.assign(this, { grid, fileId });
    /** @type {Map<number, {score: number, kind: string}|null>} the best match by row; null: none */
    this.best = new Map();
    this.isOn = pref("grid.match_marks", true);
    this.span = { first: 0, last: -1 };
    this.load = debounce(() => this.#load(), SETTLE_MS);
    const { stateOf } = grid;
    grid.stateOf = (row) => ({ ...stateOf(row), best: this.isOn ? this.best.get(row.id) || null : null });
    grid.addEventListener("rows", (event) => {
      this.span = event.detail;
      this.load();
    });
  }

  toggle() {
    this.isOn = !this.isOn;
    setPref("grid.match_marks", this.isOn);
    this.grid.refresh();
    this.load();
  }

  /** The memories changed. */
  forget() {
    this.best.clear();
    this.load();
  }

  async #load() {
    this.asked?.abort();
    if (!this.isOn) return;
    const wanted = [];
    for (let index = this.span.first; index <= this.span.last && wanted.length < MOST; index += 1) {
      const row = this.grid.row(index);
      if (row && !row.target && !row.blank_intended && !this.best.has(row.id)) wanted.push(row.id);
    }
    if (!wanted.length) return;
    const asked = (this.asked = new AbortController());
    try {
      const { results } = await post(`files/${this.fileId}/lookup/many`, { rows: wanted }, { signal: asked.signal });
      if (this.best.size > KEPT) this.best.clear();
      for (const one of results) {
        this.best.set(one.row, one.best);
        if (one.best) this.grid.redraw(one.row);
      }
    } catch {
      // A mark is a hint: without it the row is what it is.
    }
  }
}
