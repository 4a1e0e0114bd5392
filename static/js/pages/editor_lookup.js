/** Asking the memories of a file: one row at a time, the newest question wins, answers are kept for a while. */

import { post } from "../core/api.js";

const KEPT = 60;
const FRESH_MS = 90_000;

/** @typedef {{key: string, work: Promise<any>, controller: AbortController}} Question */

export class Lookups {
  /** @param {number} fileId @param {(path: string, body: any, options: any) => Promise<any>} [send] */
  constructor(fileId, send = post) {
    this.fileId = fileId;
    this.send = send;
    /** @type {Map<string, {answer: any, at: number}>} */
    this.answers = new Map();
    /** @type {Question|null} the row with the cursor */
    this.asked = null;
    /** @type {Question|null} the row that will be wanted next */
    this.ahead = null;
  }

  /** What is known of a row already, or null. */
  known(row) {
    const kept = this.answers.get(keyOf(row));
    return kept && Date.now() - kept.at < FRESH_MS ? kept.answer : null;
  }

  /** The answer for a row. Calls off the question before. @throws {ApiError}, and "AbortError" when called off */
  ask(row) {
    const known = this.known(row);
    const key = keyOf(row);
    if (!known && this.asked?.key === key) return this.asked.work;
    this.asked?.controller.abort();
    this.asked = null;
    if (known) return Promise.resolve(known);
    // What was asked for ahead is wanted now: it is not asked for twice.
    if (this.ahead?.key === key) {
      this.asked = this.ahead;
      this.ahead = null;
    } else this.asked = this.#question(row);
    return this.asked.work;
  }

  /** Ask for a row that will be wanted next; fails silently. */
  prefetch(row) {
    if (row && this.ahead?.key === keyOf(row)) return;
    this.ahead?.controller.abort();
    this.ahead = null;
    if (!row || this.known(row)) return;
    this.ahead = this.#question(row);
    this.ahead.work.catch(() => null);
  }

  /** Nobody looks any more: every question is called off. */
  stop() {
    for (const question of [this.asked, this.ahead]) question?.controller.abort();
    this.asked = this.ahead = null;
  }

  /** The memories changed: nothing that is kept or under way holds any more. */
  forget() {
    this.stop();
    this.answers.clear();
  }

  /** @returns {Question} */
  #question(row) {
    const controller = new AbortController();
    const question = { key: keyOf(row), controller, work: this.#fetch(row, controller.signal) };
    const clear = () => {
      if (this.asked === question) this.asked = null;
      if (this.ahead === question) this.ahead = null;
    };
    question.work.then(clear, clear);
    return question;
  }

  async #fetch(row, signal) {
    const answer = await this.send(`files/${this.fileId}/lookup`, { row: row.id, semantic: true }, { signal });
    // What is still being loaded or built is asked for again.
    if (!signal.aborted && isWhole(answer)) this.#keep(keyOf(row), answer);
    return answer;
  }

  #keep(key, answer) {
    this.answers.delete(key);
    this.answers.set(key, { answer, at: Date.now() });
    if (this.answers.size > KEPT) this.answers.delete(this.answers.keys().next().value);
  }
}

/** Whether nothing that answers is still being built or loaded. */
export const isWhole = (answer) => !answer.building.length && !answer.semantic_loading.length;

/** A row's source decides; its neighbours do not change without it. */
const keyOf = (row) => `${row.id}:${row.source}`;
