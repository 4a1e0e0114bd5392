/**
 * The rows of a view, fetched in blocks and forgotten again: at most `most` rows are kept, so that a
 * file of a million rows costs what a small one costs.
 */

/**
 * @typedef {Object} Options
 * @property {(start: number, count: number, signal: AbortSignal) => Promise<{total: number, revision: number, start: number, rows: any[]}>} fetch
 * @property {(first: number, last: number) => void} onRows rows first…last (exclusive) have come
 * @property {(error: any) => void} onError
 * @property {number} [block]
 * @property {number} [most]
 * @property {number} [parallel]
 */

export class RowWindows {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.block = options.block || 200;
    this.mostBlocks = Math.max(4, Math.floor((options.most || 4000) / this.block));
    this.parallel = options.parallel || 3;
    this.total = 0;
    this.revision = 0;
    /** @type {Map<number, any[]>} block number -> rows; the order of the map is the order of use */
    this.blocks = new Map();
    /** @type {Map<number, number>} row id -> index */
    this.places = new Map();
    /** @type {Map<number, AbortController>} */
    this.asked = new Map();
    this.wanted = [];
    this.generation = 0;
    /** @type {Map<number, any>} rows that came while a request was under way, whose answer may be older */
    this.newer = new Map();
    /** Answers with rows that somebody else waits for, to be handed to `reset`. */
    this.expected = 0;
    /** What is shown of a row that has just come: an own save that has no answer yet. @type {(row: any) => any} */
    this.overlay = (row) => row;
  }

  /** Ask for rows elsewhere: what comes meanwhile is newer than they are. @template T @param {Promise<T>} answer @returns {Promise<T>} */
  async expect(answer) {
    this.expected += 1;
    try {
      return await answer;
    } finally {
      this.expected -= 1;
    }
  }

  /**
   * Forget everything; another view begins. `total` keeps the scroll range until the first answer.
   * @param {{start: number, rows: any[], revision: number}|null} [first] a whole block of it that has come already
   */
  reset(total = 0, first = null) {
    const newer = this.newer;
    this.generation += 1;
    for (const controller of this.asked.values()) controller.abort();
    this.asked.clear();
    this.blocks.clear();
    this.places.clear();
    this.newer = new Map();
    this.wanted = [];
    this.total = total;
    if (!first?.rows?.length) return;
    this.newer = newer;
    this.revision = Math.max(this.revision, first.revision);
    this.keep(first.start / this.block, first.rows);
  }

  /** The row at an index, or undefined while it is not here. */
  at(index) {
    const number = Math.floor(index / this.block);
    return this.blocks.get(number)?.[index - number * this.block];
  }

  /** The index of a row that is here, or -1. */
  indexOf(id) {
    return this.places.get(id) ?? -1;
  }

  /** Put a newer version of a row in its place. Returns its index, or -1 when the row is not here. */
  put(row) {
    if (this.asked.size || this.expected) this.newer.set(row.id, row);
    const index = this.indexOf(row.id);
    if (index < 0) return -1;
    const number = Math.floor(index / this.block);
    this.blocks.get(number)[index - number * this.block] = row;
    return index;
  }

  /** Every row that is here. */
  *[Symbol.iterator]() {
    for (const rows of this.blocks.values()) for (const row of rows) if (row) yield row;
  }

  /**
   * Say which rows are on the screen; they and the blocks ahead are fetched, far ones are called off.
   * @param {number} first @param {number} last exclusive
   * @param {number} direction of scrolling: 1, -1, or 0 for a jump
   */
  want(first, last, direction) {
    const from = Math.max(0, Math.floor(first / this.block));
    const to = Math.max(from, Math.floor(Math.max(first, last - 1) / this.block));
    const final = this.total ? Math.floor((this.total - 1) / this.block) : to;
    const wanted = [];
    for (let number = from; number <= Math.min(to, final); number += 1) wanted.push(number);
    const ahead = direction < 0 ? [from - 1, from - 2, to + 1] : [to + 1, to + 2, from - 1];
    for (const number of direction === 0 ? [to + 1, from - 1] : ahead) if (number >= 0 && number <= final) wanted.push(number);
    this.wanted = wanted;
    for (const [number, controller] of this.asked) {
      if (!wanted.includes(number) && !controller.kept) {
        controller.abort();
        this.asked.delete(number);
      }
    }
    this.pump();
  }

  pump() {
    for (const number of this.wanted) {
      if (this.asked.size >= this.parallel) return;
      if (this.blocks.has(number)) {
        this.touch(number);
        continue;
      }
      if (!this.asked.has(number)) this.load(number);
    }
  }

  touch(number) {
    const rows = this.blocks.get(number);
    if (!rows) return;
    this.blocks.delete(number);
    this.blocks.set(number, rows);
  }

  /** Fetch one block. `kept` requests are not called off by scrolling. */
  async load(number, kept = false) {
    const generation = this.generation;
    const controller = /** @type {any} */ (new AbortController());
    controller.kept = kept;
    this.asked.set(number, controller);
    try {
      const answer = await this.options.fetch(number * this.block, this.block, controller.signal);
      if (generation !== this.generation) return;
      this.asked.delete(number);
      this.total = answer.total;
      this.revision = Math.max(this.revision, answer.revision);
      this.keep(number, answer.rows);
      this.options.onRows(number * this.block, number * this.block + answer.rows.length);
    } catch (error) {
      if (generation !== this.generation) return;
      if (this.asked.get(number) === controller) this.asked.delete(number);
      if (error?.name === "AbortError") return;
      this.options.onError(error);
      return;
    }
    this.pump();
  }

  keep(number, fetched) {
    this.drop(number);
    const rows = fetched.map((row) => {
      const known = this.newer.get(row.id);
      return this.overlay(known && known.rev > row.rev ? { ...known, n: row.n } : row);
    });
    this.blocks.set(number, rows);
    if (!this.asked.size && !this.expected) this.newer.clear();
    rows.forEach((row, offset) => this.places.set(row.id, number * this.block + offset));
    for (const old of [...this.blocks.keys()]) {
      if (this.blocks.size <= this.mostBlocks) break;
      if (!this.wanted.includes(old) && old !== number) this.drop(old);
    }
  }

  drop(number) {
    const rows = this.blocks.get(number);
    if (!rows) return;
    for (const row of rows) this.places.delete(row.id);
    this.blocks.delete(number);
  }

  /** The rows of a range, fetching what is missing. For acts on a selection. @returns {Promise<any[]>} */
  async range(first, last) {
    for (let number = Math.floor(first / this.block); number * this.block < last; number += 1) {
      if (!this.blocks.has(number)) await this.load(number, true);
    }
    const rows = [];
    for (let index = first; index < last; index += 1) {
      const row = this.at(index);
      if (row) rows.push(row);
    }
    return rows;
  }
}
