/** The marks of rows that have no text yet and could be filled from a memory: a dashed score. */

import { post } from "../core/api.js";
import { debounce } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { pref, setPref } from "../core/prefs.js";
import { toast } from "../components/toast.js";
import { isHeld } from "./editor_held.js";

const MOST = 120;
const SETTLE_MS = 350;
const KEPT = 5000;

export class MatchMarks {
  constructor(grid, fileId) {
    Object.assign(this, { grid, fileId });
    /** @type {Map<string, {best: {score: number, kind: string}|null, round: number}>} by row and what decides its match */
    this.best = new Map();
    /** Raised when the memories changed: older marks stay in sight until they are asked for again. */
    this.round = 0;
    this.isOn = pref("grid.match_marks", true);
    this.anchor = "";
    this.load = debounce(() => this.#load(), SETTLE_MS);
    const { stateOf } = grid;
    grid.stateOf = (row) => ({ ...stateOf(row), best: (this.isOn && this.best.get(keyOf(row))?.best) || null });
    grid.addEventListener("moved", () => this.#onMoved());
    grid.addEventListener("rows", () => this.load());
    // A row that was emptied, or taken back to empty, has a mark again.
    grid.addEventListener("current", () => this.load());
  }

  toggle() {
    this.isOn = !this.isOn;
    setPref("grid.match_marks", this.isOn);
    this.grid.refresh();
    this.load();
    toast(this.isOn ? gettext("Rows without a text show the best match of the memories.") : gettext("Rows without a text show no match."), { id: "marks" });
  }

  /** The memories changed. */
  forget() {
    this.asked?.abort();
    this.round += 1;
    this.load();
  }

  /** What was asked for rows that are scrolled away is called off. */
  #onMoved() {
    const { index, offset } = this.grid.viewport.anchor;
    const anchor = `${index}:${Math.round(offset)}:${this.grid.view ?? ""}`;
    if (anchor === this.anchor) return;
    this.anchor = anchor;
    this.asked?.abort();
    this.load();
  }

  #wanted() {
    const rows = this.grid.shownRows().filter((row) => !row.target && !row.blank_intended && !row.locked);
    return rows.filter((row) => this.best.get(keyOf(row))?.round !== this.round).slice(0, MOST);
  }

  async #load() {
    if (!this.isOn || document.hidden) return;
    if (isHeld()) {
      this.load();
      return;
    }
    const wanted = this.#wanted();
    if (!wanted.length) return;
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    const { round } = this;
    try {
      const { results } = await post(`files/${this.fileId}/lookup/many`, { rows: wanted.map((row) => row.id) }, { signal: asked.signal });
      if (this.best.size > KEPT) this.best.clear();
      const found = new Map(results.map((one) => [one.row, one.best]));
      for (const row of wanted) this.best.set(keyOf(row), { best: found.get(row.id) || null, round });
      this.grid.viewport.draw();
    } catch {
      // A mark is a hint: without it the row is what it is.
    }
  }
}

const keyOf = (row) => `${row.id}:${row.source}`;
