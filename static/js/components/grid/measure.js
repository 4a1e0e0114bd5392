/** Heights of rows: measured on the page where they have been seen, estimated from those until then. */

const MOST = 6000;

export class Heights {
  /** @param {number} guess height of a one-line row, until something was measured */
  constructor(guess) {
    this.clear(guess);
  }

  /** Forget all: the width, the density or the face has changed. */
  clear(guess = this.guess) {
    this.guess = guess;
    /** @type {Map<number, number>} index -> pixels */
    this.known = new Map();
    this.average = guess;
    this.samples = 0;
  }

  /** Indices mean other rows now; what is typical stays. */
  forgetPlaces() {
    this.known.clear();
  }

  of(index) {
    return this.known.get(index) ?? this.average;
  }

  /** Pixels of a row as it stands on the page. Returns whether that was news. */
  set(index, pixels) {
    if (this.known.get(index) === pixels) return false;
    if (this.known.size >= MOST) this.forgetPlaces();
    if (!this.known.has(index)) {
      // A running mean that follows the part of the file one is in.
      this.samples = Math.min(this.samples + 1, 400);
      this.average += (pixels - this.average) / this.samples;
    }
    this.known.set(index, pixels);
    return true;
  }

  forget(index) {
    this.known.delete(index);
  }
}
