/** Asking the memories of a file: one row at a time, the newest question wins, answers are kept for a while. */

import { post } from "../core/api.js";

const KEPT = 60;
const FRESH_MS = 120_000;

export class Lookups {
  /** @param {number} fileId */
  constructor(fileId) {
    this.fileId = fileId;
    /** @type {Map<string, {answer: any, at: number}>} */
    this.answers = new Map();
    this.asked = null;
    this.ahead = null;
  }

  /** What is known of a row already, or null. */
  known(row) {
    const kept = this.answers.get(keyOf(row));
    return kept && Date.now() - kept.at < FRESH_MS ? kept.answer : null;
  }

  /** The answer for a row. Calls off the question before. @throws {ApiError}, and "AbortError" when called off */
  async ask(row) {
    this.asked?.abort();
    const known = this.known(row);
    if (known) return known;
    this.asked = new AbortController();
    return this.#fetch(row, this.asked.signal);
  }

  /** Ask for a row that will be wanted next; fails silently. */
  async prefetch(row) {
    this.ahead?.abort();
    if (!row || this.known(row)) return;
    this.ahead = new AbortController();
    await this.#fetch(row, this.ahead.signal).catch(() => null);
  }

  async #fetch(row, signal) {
    const answer = await post(`files/${this.fileId}/lookup`, { row: row.id, semantic: true }, { signal });
    // What is still being loaded or built is asked for again.
    if (!answer.building.length && !answer.semantic_loading.length) this.#keep(keyOf(row), answer);
    return answer;
  }

  #keep(key, answer) {
    this.answers.delete(key);
    this.answers.set(key, { answer, at: Date.now() });
    if (this.answers.size > KEPT) this.answers.delete(this.answers.keys().next().value);
  }

  /** The memories changed: nothing that is kept holds any more. */
  forget() {
    this.answers.clear();
  }
}

/** A row's source decides, and its place among its neighbours. */
const keyOf = (row) => `${row.id}:${row.source}`;
