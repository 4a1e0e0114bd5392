/** The row with the cursor and the rows picked beside it, as indices of the view. */

export const MOST = 500;

export class Selection {
  /** @param {(changed: Set<number>|null) => void} onChange with every index whose look may have changed, null: any @param {number} [most] rows picked one by one */
  constructor(onChange, most = MOST) {
    this.onChange = onChange;
    this.most = most;
    this.current = -1;
    this.start = -1;
    /** @type {Set<number>} more than one row, or empty */
    this.picked = new Set();
    /** Every row of the view is chosen, more than are kept one by one; `picked` is empty then. */
    this.all = false;
  }

  /** Whether an act concerns more than the row with the cursor. */
  get isMany() {
    return this.all || this.picked.size > 1;
  }

  /** How many rows an act concerns. @param {number} total rows of the view */
  count(total) {
    if (this.all) return total;
    return this.picked.size || (this.current >= 0 ? 1 : 0);
  }

  /** Choose every row of a view; the cursor stays. @param {number} total rows of the view */
  chooseAll(total) {
    if (total < 1) return;
    this.all = total > this.most;
    this.picked = new Set();
    if (!this.all && total > 1) for (let at = 0; at < total; at += 1) this.picked.add(at);
    if (this.current < 0) this.current = 0;
    this.start = this.current;
    this.onChange(null);
  }

  /** The indices an act concerns, in order; empty where every row of the view is chosen. */
  indices() {
    if (this.all) return [];
    if (this.picked.size) return [...this.picked].sort((a, b) => a - b);
    return this.current >= 0 ? [this.current] : [];
  }

  /** Move the cursor there; other rows are let go. */
  set(index) {
    const changed = new Set([...this.picked, this.current, index]);
    this.picked = new Set();
    this.current = index;
    this.start = index;
    this.tell(changed);
  }

  /** Pick everything from where the cursor was set to this row. Returns false above the limit. */
  extend(index) {
    const start = this.start < 0 ? index : this.start;
    const low = Math.min(start, index);
    const high = Math.max(start, index);
    if (high - low >= this.most) return false;
    const changed = new Set([...this.picked, this.current, index]);
    this.picked = new Set();
    if (low !== high) for (let at = low; at <= high; at += 1) this.picked.add(at);
    for (const at of this.picked) changed.add(at);
    this.current = index;
    this.start = start;
    this.tell(changed);
    return true;
  }

  /** Pick or let go a single row. Returns false above the limit. */
  toggle(index) {
    const next = new Set(this.picked.size ? this.picked : this.current >= 0 ? [this.current] : []);
    if (next.has(index)) next.delete(index);
    else next.add(index);
    if (next.size > this.most) return false;
    const changed = new Set([...this.picked, ...next, this.current, index]);
    this.picked = next.size > 1 ? next : new Set();
    this.current = next.size === 1 ? [...next][0] : index;
    this.start = this.current;
    this.tell(changed);
    return true;
  }

  has(index) {
    return this.all || this.picked.has(index);
  }

  /** First Esc lets the picked rows go, the next one the cursor. Returns whether there was anything. */
  clear() {
    if (this.all || this.picked.size) {
      this.set(this.current);
      return true;
    }
    if (this.current < 0) return false;
    this.set(-1);
    return true;
  }

  tell(changed) {
    changed.delete(-1);
    const everyRow = this.all;
    this.all = false;
    this.onChange(everyRow ? null : changed);
  }
}
