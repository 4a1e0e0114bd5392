/**
 * Where a file's changes have been read to. Frames of the socket move it only when they join on; whatever is
 * missing is fetched, so that a screen comes to the same rows however many frames were lost.
 */

/** More pages than these cost more than fetching the rows on the screen again. */
const MOST_PAGES = 4;

export class ChangesCursor {
  /**
   * @param {{
   *   since: number,
   *   fetch: (since: number) => Promise<{revision: number, rows: any[], more: boolean}>
   *   apply: (answer: any) => void rows, counts and total of a frame or an answer
   *   everything: () => Promise<number> fetches all that is shown again; answers the revision it is at least of
   * }} options
   */
  constructor(options) {
    this.options = options;
    this.since = options.since;
    /** The highest revision that was heard of. */
    this.wanted = 0;
    /** @type {Promise<void>|null} */
    this.work = null;
    this.again = false;
  }

  /** A frame with the rows of the revisions from…to. */
  take(frame) {
    if (frame.to <= this.since) return;
    if (frame.from > this.since + 1) {
      this.hint(frame.to);
      return;
    }
    this.since = frame.to;
    this.options.apply(frame);
  }

  /** There is a revision that has not been read. Asks for what is missing. */
  hint(revision) {
    if (revision <= this.since) return;
    this.wanted = Math.max(this.wanted, revision);
    this.look().catch(() => null);
  }

  /** Ask for the changes now; one question at a time. @throws {ApiError} */
  look() {
    if (this.work) {
      this.again = true;
      return this.work;
    }
    this.work = this.#read().finally(() => {
      this.work = null;
    });
    return this.work;
  }

  async #read() {
    let pages = 0;
    for (;;) {
      this.again = false;
      const before = this.since;
      const answer = await this.options.fetch(before);
      this.options.apply(answer);
      this.since = Math.max(this.since, answer.revision);
      pages += 1;
      if (answer.more && pages >= MOST_PAGES) {
        this.since = Math.max(this.since, await this.options.everything());
        pages = 0;
        continue;
      }
      // A revision that nobody has is not waited for.
      if (!answer.more && this.since === before && !this.again) this.wanted = 0;
      if (!answer.more && !this.again && this.since >= this.wanted) return;
    }
  }
}
