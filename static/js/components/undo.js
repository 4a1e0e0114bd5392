/** Steps that can be undone and done again. Steps are plain JSON, so that they outlive a page. */

const MOST = 100;

export class UndoStack {
  /** @param {Storage|null} storage @param {string} name */
  constructor(storage, name) {
    this.storage = storage;
    this.name = name;
    const kept = this.#load();
    /** @type {any[]} */
    this.done = kept.done;
    /** @type {any[]} */
    this.undone = kept.undone;
  }

  #load() {
    try {
      const kept = JSON.parse(this.storage?.getItem(this.name) || "null");
      if (Array.isArray(kept?.done) && Array.isArray(kept?.undone)) return kept;
    } catch {
      // A damaged store is an empty one.
    }
    return { done: [], undone: [] };
  }

  #keep() {
    try {
      this.storage?.setItem(this.name, JSON.stringify({ done: this.done, undone: this.undone }));
    } catch {
      // Full or refused: the steps live as long as the page.
    }
  }

  /** A new step; what was undone before it cannot be done again. */
  push(step) {
    this.done.push(step);
    if (this.done.length > MOST) this.done.shift();
    this.undone = [];
    this.#keep();
  }

  get canUndo() {
    return this.done.length > 0;
  }

  get canRedo() {
    return this.undone.length > 0;
  }

  /** Take the last step back: `run(step)` does it and may answer with the step as it is now. */
  undo(run) {
    return this.#shift(this.done, this.undone, run);
  }

  redo(run) {
    return this.#shift(this.undone, this.done, run);
  }

  async #shift(from, to, run) {
    const step = from.pop();
    if (step === undefined) return null;
    try {
      const now = (await run(step)) ?? step;
      to.push(now);
      return now;
    } finally {
      // A step that failed is dropped: trying it again would fail in the same way.
      this.#keep();
    }
  }
}
