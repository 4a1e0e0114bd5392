/** F8: from row to row with a finding, in the order of the file, among the rows that are shown. */

import { get, post } from "../core/api.js";
import { gettext } from "../core/i18n.js";
import { announce } from "../core/focus.js";
import { byGravity, open } from "../components/grid/issues.js";
import { toast, toastError } from "../components/toast.js";

const WINDOW = 200;
const MOST_TRIED = 25;

export class IssueWalk {
  constructor({ grid, editing, fileId }, store) {
    Object.assign(this, { grid, editing, fileId, store });
    /** @type {Promise<{view: string|null, total: number, blocks: Map<number, Promise<any[]>>}>|null} */
    this.list = null;
  }

  forget() {
    this.list = null;
  }

  #open() {
    this.list ||= post(`files/${this.fileId}/views`, { query: "check:any" }).then(({ view, total }) => ({ view, total, blocks: new Map() }));
    return this.list;
  }

  /** The row at a place among those with findings: {id, n}. */
  async #at(list, index) {
    const block = Math.floor(index / WINDOW);
    if (!list.blocks.has(block)) list.blocks.set(block, get(`files/${this.fileId}/rows`, { query: { start: block * WINDOW, count: WINDOW, view: list.view } }).then((answer) => answer.rows));
    return (await list.blocks.get(block))[index % WINDOW];
  }

  /** The first place whose row is behind `n`. */
  async #behind(list, n) {
    let low = 0;
    let high = list.total;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (((await this.#at(list, middle))?.n ?? Infinity) > n) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** @param {1|-1} direction */
  async step(direction) {
    if (this.busy) return;
    this.busy = true;
    try {
      await this.#step(direction);
    } catch (error) {
      this.forget();
      toastError(error);
    } finally {
      this.busy = false;
    }
  }

  async #step(direction) {
    const { grid, editing } = this;
    const wasOpen = editing.isOpen;
    const list = await this.#open();
    if (!list.total) {
      toast(gettext("No row has a finding."), { id: "walk", icon: "check" });
      return;
    }
    const here = grid.row()?.n ?? 0;
    let at = direction > 0 ? await this.#behind(list, here) : (await this.#behind(list, here - 1)) - 1;
    for (let tried = 0; tried < Math.min(MOST_TRIED, list.total); tried += 1, at += direction) {
      const wrapped = (at + list.total) % list.total;
      const row = await this.#at(list, wrapped);
      const index = row ? await this.#place(row.id) : -1;
      if (index < 0) continue;
      if (wrapped !== at) toast(direction > 0 ? gettext("From the first row again.") : gettext("From the last row again."), { id: "walk" });
      await this.#arrive(index, wasOpen);
      return;
    }
    toast(gettext("No other row that is shown has a finding."), { id: "walk" });
  }

  async #place(id) {
    try {
      return await this.grid.locate({ row: id });
    } catch (error) {
      if (error.code === "not_in_view" || error.status === 404) return -1;
      throw error;
    }
  }

  async #arrive(index, wasOpen) {
    const { grid, editing, store } = this;
    editing.leave();
    grid.goTo(index);
    const [row] = grid.row(index) ? [grid.row(index)] : await grid.windows.range(index, index + 1);
    if (!row) return;
    if (!store.knows(row)) await store.fetch([row]);
    const [first] = byGravity(open(store.of(row)));
    if (wasOpen) await editing.open(index);
    if (first) {
      announce(first.message);
      if (wasOpen && first.target.length && editing.editor?.row.id === row.id) editing.editor.choose(...first.target[0]);
    }
  }
}
