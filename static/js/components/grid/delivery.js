/**
 * Sends what must arrive, in order, also when the server is away for a while: what could not be sent waits and is
 * tried again after 1 to 30 seconds, the oldest first, or at once when somebody knows that the server is back.
 */

const FIRST_MS = 1000;
const MOST_MS = 30_000;
/** An answer that takes longer counts as not saved yet. */
const SLOW_MS = 4000;

export class Delivery {
  /** @param {(waiting: number) => void} onChange how many are not there yet, with the server away or slow @param {() => number} [random] */
  constructor(onChange, random = Math.random) {
    this.onChange = onChange;
    this.random = random;
    this.away = false;
    this.failures = 0;
    this.timer = 0;
    this.order = 0;
    /** @type {{order: number, go: () => void}[]} */
    this.waiting = [];
    /** @type {Map<number, number>} order -> when it was given to us */
    this.pending = new Map();
    this.told = 0;
  }

  /** How many are not there yet: all while the server is away, else those that take long. */
  get late() {
    if (this.away || this.waiting.length) return this.pending.size;
    const now = Date.now();
    return [...this.pending.values()].filter((since) => now - since >= SLOW_MS).length;
  }

  /**
   * Run one request until the server answers it. @template T @param {() => Promise<T>} work @returns {Promise<T>}
   * @throws what the request throws that trying again does not help
   */
  async send(work) {
    const order = (this.order += 1);
    this.pending.set(order, Date.now());
    const slow = setTimeout(() => this.#tell(), SLOW_MS + 10);
    try {
      for (;;) {
        if (this.away || this.waiting.length) await this.#turn(order);
        try {
          const answer = await work();
          this.#back();
          return answer;
        } catch (error) {
          if (!error?.isTemporary) {
            this.#back();
            throw error;
          }
          this.#gone();
        }
      }
    } finally {
      clearTimeout(slow);
      this.pending.delete(order);
      this.#tell();
    }
  }

  /** The server is there again, somebody says: do not wait any longer. */
  retry() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = 0;
    this.waiting.shift()?.go();
  }

  #turn(order) {
    return new Promise((resolve) => {
      this.waiting.push({ order, go: () => resolve(null) });
      this.waiting.sort((a, b) => a.order - b.order);
      this.#tell();
    });
  }

  #back() {
    this.away = false;
    this.failures = 0;
    clearTimeout(this.timer);
    this.timer = 0;
    // One after the other, as they were made.
    this.waiting.shift()?.go();
  }

  #gone() {
    this.away = true;
    if (this.timer) return;
    const most = Math.min(MOST_MS, FIRST_MS * 2 ** this.failures);
    this.failures += 1;
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.waiting.shift()?.go();
    }, most / 2 + (this.random() * most) / 2);
  }

  #tell() {
    const { late } = this;
    if (late === this.told) return;
    this.told = late;
    this.onChange(late);
  }
}
