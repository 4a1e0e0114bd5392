/**
 * Records that come page by page behind a cursor. The list grows as one scrolls; pages that are far away
 * are let go and their cursors kept, so that a million records cost what a thousand cost and coming
 * back to a place takes one request.
 */

/**
 * @typedef {{id: number}} Record
 * @typedef {{cursor: string, start: number, length: number, records: Record[]|null}} Page
 * @typedef {Object} Options
 * @property {(cursor: string, limit: number, signal: AbortSignal) => Promise<{results: Record[], next: string|null, total?: number|null}>} fetch
 * @property {() => void} onRows something has come
 * @property {(error: any) => void} onError
 * @property {number} [page] records a request
 * @property {number} [most] records that are kept
 */

export class KeysetPages {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.size = options.page || 200;
    this.mostPages = Math.max(3, Math.floor((options.most || 4000) / this.size));
    this.generation = 0;
    this.reset();
  }

  /** Forget everything; another list begins. `guess`: how many there may be, for the skeletons. */
  reset(guess = this.size) {
    this.generation += 1;
    this.asked?.abort();
    this.asked = null;
    /** @type {Page[]} */
    this.pages = [];
    /** @type {Map<number, number>} record id -> number of its page */
    this.places = new Map();
    /** @type {string|null} cursor of what comes behind the last page; null at the end */
    this.next = "";
    /** @type {number|null} as the server counts */
    this.count = null;
    this.guess = Math.min(guess, this.size);
    this.wanted = [0, 0];
    this.failed = false;
  }

  /** Ask no more. */
  stop() {
    this.reset(0);
    this.next = null;
  }

  /** Records that were seen. */
  get known() {
    const last = this.pages[this.pages.length - 1];
    return last ? last.start + last.length : 0;
  }

  /** Whether all there are have been seen. */
  get isWhole() {
    return this.next === null;
  }

  /** Rows to scroll through: what was seen, and where more follows a page of skeletons. */
  get total() {
    if (this.isWhole) return this.known;
    if (!this.pages.length) return this.failed ? 0 : this.guess;
    const left = this.count === null ? this.size : Math.max(1, this.count - this.known);
    return this.known + Math.min(this.size, left);
  }

  /** Number of the page that holds an index, or -1. */
  pageOf(index) {
    let low = 0;
    let high = this.pages.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const page = this.pages[middle];
      if (index < page.start) high = middle - 1;
      else if (index >= page.start + page.length) low = middle + 1;
      else return middle;
    }
    return -1;
  }

  /** The record at an index, or undefined while it is not here. */
  at(index) {
    const page = this.pages[this.pageOf(index)];
    return page?.records?.[index - page.start];
  }

  /** The index of a record that is here, or -1. */
  indexOf(id) {
    const page = this.pages[this.places.get(id) ?? -1];
    const offset = page?.records ? page.records.findIndex((one) => one.id === id) : -1;
    return offset < 0 ? -1 : page.start + offset;
  }

  /** Put a newer version of a record in its place; its index, or -1. */
  put(record) {
    const index = this.indexOf(record.id);
    if (index < 0) return -1;
    const page = this.pages[this.pageOf(index)];
    page.records[index - page.start] = record;
    return index;
  }

  /** Take records out of the list: they were deleted, or left the filter. @returns {any[]} what `giveBack` takes */
  take(ids) {
    const gone = new Set(ids);
    const taken = [];
    this.pages.forEach((page, number) => {
      if (!page.records?.some((one) => gone.has(one.id))) return;
      page.records.forEach((record, offset) => gone.has(record.id) && taken.push({ number, offset, record }));
      page.records = page.records.filter((one) => !gone.has(one.id));
      page.length = page.records.length;
    });
    for (const id of gone) this.places.delete(id);
    this.restart();
    if (this.count !== null) this.count = Math.max(0, this.count - taken.length);
    return taken;
  }

  /** Put back what `take` took, each where it was. */
  giveBack(taken) {
    for (const { number, offset, record } of taken) {
      const page = this.pages[number];
      if (!page || this.places.has(record.id)) continue;
      page.records?.splice(offset, 0, record);
      page.length += 1;
      this.places.set(record.id, number);
      if (this.count !== null) this.count += 1;
    }
    this.restart();
  }

  /** Where each page begins. */
  restart() {
    let start = 0;
    for (const page of this.pages) {
      page.start = start;
      start += page.length;
    }
  }

  /** Every record that is here. */
  *[Symbol.iterator]() {
    for (const page of this.pages) if (page.records) yield* page.records;
  }

  /** Say which rows are on the screen (`last` exclusive): what is missing of them and just behind is fetched. */
  want(first, last) {
    this.wanted = [first, last];
    this.pump();
  }

  pump() {
    if (this.asked) return;
    const [first, last] = this.wanted;
    const from = this.pageOf(Math.min(first, this.known - 1));
    for (let number = Math.max(0, from); number < this.pages.length && this.pages[number].start < last; number += 1) {
      if (this.pages[number].records === null) {
        this.load(number);
        return;
      }
    }
    if (!this.isWhole && !this.failed && last + this.size / 2 >= this.known) this.load(this.pages.length);
  }

  /** Try again what failed. */
  again() {
    this.failed = false;
    this.pump();
  }

  async load(number) {
    const generation = this.generation;
    const asked = (this.asked = new AbortController());
    const page = this.pages[number];
    const cursor = page ? page.cursor : this.next;
    try {
      const answer = await this.options.fetch(cursor, page ? page.length : this.size, asked.signal);
      if (generation !== this.generation) return;
      this.asked = null;
      this.failed = false;
      if (page) this.refill(number, answer.results);
      else this.append(cursor, answer);
      this.letGo(number);
      this.options.onRows();
    } catch (error) {
      if (generation !== this.generation) return;
      this.asked = null;
      if (error?.name === "AbortError") return;
      this.failed = true;
      this.options.onError(error);
      return;
    }
    this.pump();
  }

  append(cursor, answer) {
    const number = this.pages.length;
    // A record that was changed while one scrolls may come a second time.
    const records = answer.results.filter((one) => !this.places.has(one.id));
    this.pages.push({ cursor, start: this.known, length: records.length, records });
    for (const record of records) this.places.set(record.id, number);
    this.next = answer.next;
    if (answer.total !== undefined && answer.total !== null) this.count = answer.total;
    else if (this.count === null && answer.next === null) this.count = this.known;
  }

  refill(number, results) {
    const page = this.pages[number];
    page.records = results.filter((one) => (this.places.get(one.id) ?? number) === number);
    for (const record of page.records) this.places.set(record.id, number);
    if (page.length !== page.records.length) {
      page.length = page.records.length;
      this.restart();
    }
  }

  /** Keep the pages around the one that came. */
  letGo(number) {
    const here = this.pages.map((page, at) => (page.records ? at : -1)).filter((at) => at >= 0);
    if (here.length <= this.mostPages) return;
    here.sort((a, b) => Math.abs(b - number) - Math.abs(a - number));
    for (const at of here.slice(0, here.length - this.mostPages)) this.pages[at].records = null;
  }
}
