/**
 * One's own edits of a file, to take back and to do again. They live in the browser's session, so that a reload
 * keeps them; beside them stands which text of a row is mine, so that nobody else's is ever taken back unasked.
 */

const MOST = 100;

/**
 * @typedef {{id: number, before: Past, after: Past}} RowStep
 * @typedef {{changeSet: number, label: string}} SetStep a change of many rows
 * @typedef {{target: string, status: string, origin: string, score: number|null}} Past
 */

export class Steps {
  /** @param {Storage|null|undefined} storage @param {string} name */
  constructor(storage, name) {
    this.storage = storage;
    this.name = name;
    /** @type {(RowStep|SetStep)[]} */
    this.done = [];
    /** @type {(RowStep|SetStep)[]} */
    this.undone = [];
    /** @type {Map<number, number>} row id -> text_rev that my newest edit brought */
    this.mine = new Map();
    this.#load();
  }

  #load() {
    try {
      const kept = JSON.parse(this.storage?.getItem(this.name) || "null");
      if (!Array.isArray(kept?.done) || !Array.isArray(kept?.undone) || !Array.isArray(kept?.mine)) return;
      this.done = kept.done;
      this.undone = kept.undone;
      this.mine = new Map(kept.mine);
    } catch {
      // A damaged store is an empty one.
    }
  }

  keep() {
    const ids = new Set([...this.done, ...this.undone].map((step) => step.id));
    try {
      const mine = [...this.mine].filter(([id]) => ids.has(id));
      this.storage?.setItem(this.name, JSON.stringify({ done: this.done, undone: this.undone, mine }));
    } catch {
      // Full or refused: the steps live as long as the page.
    }
  }

  /** A new edit. What was undone before it cannot be done again. */
  push(step) {
    this.done.push(step);
    if (this.done.length > MOST) this.done.shift();
    this.undone = [];
    this.keep();
  }

  /** A save of mine brought this text. */
  brought(id, textRev) {
    this.mine.set(id, textRev);
  }

  /** The newest step in a direction, taken off its list; null when there is none. @param {-1|1} direction */
  take(direction) {
    return (direction < 0 ? this.done : this.undone).pop() ?? null;
  }

  /** What was taken is done: it can be gone back on. @param {-1|1} direction it was taken in */
  settle(direction, step) {
    (direction < 0 ? this.undone : this.done).push(step);
    this.keep();
  }

  /** What was taken could not be done now: it waits for another attempt. */
  putBack(direction, step) {
    (direction < 0 ? this.done : this.undone).push(step);
    this.keep();
  }
}
