/**
 * Saving rows: shown at once, taken back visibly when refused. Saves of one row go one after the other;
 * the typed text stays in the browser until the server has it.
 */

import { ApiError, get, patch, pollTask, post } from "../../core/api.js";
import { dropDraft, keepDraft } from "../../core/drafts.js";
import { gettext } from "../../core/i18n.js";
import { Delivery } from "./delivery.js";
import { Steps } from "./steps.js";

/**
 * @typedef {Object} Host
 * @property {number} fileId
 * @property {number} userId
 * @property {RowWindows} windows
 * @property {(id: number) => void} onRow the row looks different
 * @property {(file: {revision: number, counts: any}) => void} onFile
 * @property {(id: number, refusal: any) => void} onRefused
 * @property {(late: number) => void} onLate saves that have not arrived, the server being away or slow
 */

export class Saving {
  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    /** @type {Map<number, Promise<any>>} the last save of a row, while it runs */
    this.running = new Map();
    /** @type {Map<number, {mine: string, status: string, theirs: any|null, error: ApiError}>} */
    this.refused = new Map();
    /** @type {Map<number, any>} what the newest unfinished save of a row shows */
    this.latest = new Map();
    /** @type {Map<number, {seen: Set<number>, rev: number}>} my newest save of a row: what it was built on, what it brought */
    this.chains = new Map();
    this.delivery = new Delivery((late) => host.onLate(late));
    this.steps = new Steps(globalThis.sessionStorage, `locanext:undo:${host.userId}:${host.fileId}`);
    this.stepping = Promise.resolve();
  }

  isSaving(id) {
    return this.running.has(id);
  }

  /** Resolves when no save of a row (without an id: of any) is under way. */
  async settled(id) {
    const running = () => (id === undefined ? [...this.running.values()] : [this.running.get(id)].filter(Boolean));
    while (running().length) await Promise.allSettled(running());
  }

  /**
   * Save a change of a row. Resolves to the row, or to null when it was refused.
   * @param {any} row as it was when the change began
   * @param {{target?: string, status?: string, note?: string, locked?: boolean, blank_intended?: boolean}} change
   */
  async save(row, change) {
    return (await this.#queue(row, change, { remember: true })).row ?? null;
  }

  /** @returns {Promise<{row?: any, error?: any}>} */
  #queue(row, change, how) {
    const before = this.running.get(row.id) || Promise.resolve();
    const typed = change.target !== undefined && change.target !== row.target;
    if (typed) keepDraft({ user: this.host.userId, file: this.host.fileId, row: row.id, text: change.target, text_rev: row.text_rev });
    const shown = { ...row, ...pick(change), n: row.n };
    this.refused.delete(row.id);
    this.latest.set(row.id, shown);
    this.host.windows.put(shown);
    const work = before.then(() => this.#send(row, shown, change, how));
    this.running.set(row.id, work);
    this.host.onRow(row.id);
    return work.finally(() => {
      if (this.running.get(row.id) === work) for (const map of [this.running, this.latest]) map.delete(row.id);
      this.host.onRow(row.id);
    });
  }

  async #send(row, shown, change, how) {
    const seen = how.seen ?? this.#revisionOf(row);
    try {
      const answer = await this.#deliver(row, change, seen);
      this.#brought(row, seen, answer.row);
      const latest = this.latest.get(row.id);
      // A newer text of mine that waits behind this one stays in sight.
      this.host.windows.put(latest === shown ? answer.row : { ...answer.row, target: latest.target, status: latest.status });
      if (answer.file) this.host.onFile(answer.file);
      dropDraft(this.host.userId, row.id);
      if (how.remember && (change.target !== undefined || change.status !== undefined)) this.#remember(row, answer.row);
      return { row: answer.row };
    } catch (error) {
      this.#refuse(row, shown, change, error);
      return { error };
    }
  }

  async #deliver(row, change, seen) {
    try {
      return await this.delivery.send(() => patch(`rows/${row.id}`, { ...change, text_rev: seen }));
    } catch (error) {
      // An earlier attempt arrived and its answer was lost, or somebody wrote the very same: there is nothing to decide.
      const theirs = error.code === "stale" ? error.details.row : null;
      if (theirs && theirs.target === (change.target ?? row.target) && theirs.status === (change.status ?? row.status)) return { row: theirs, file: null };
      throw error;
    }
  }

  /** The revision a save says it saw: a row that shows my own unanswered save is as new as what that save brought. */
  #revisionOf(row) {
    const chain = this.chains.get(row.id);
    return chain?.seen.has(row.text_rev) ? chain.rev : row.text_rev;
  }

  #brought(row, seen, saved) {
    const chain = this.chains.get(row.id);
    const before = chain && chain.rev === seen ? chain.seen : [];
    this.chains.set(row.id, { seen: new Set([...before, seen, row.text_rev]), rev: saved.text_rev });
    this.steps.brought(row.id, saved.text_rev);
  }

  #remember(before, after) {
    if (before.target === after.target && before.status === after.status) return;
    this.steps.push({ id: after.id, before: pastOf(before), after: pastOf(after) });
  }

  #refuse(row, shown, change, error) {
    const theirs = error.code === "stale" ? error.details.row : null;
    this.host.windows.put(theirs ? { ...theirs, n: row.n } : row);
    const mine = change.target ?? row.target;
    const refusal = { mine, status: change.status || "translated", change, theirs, error, row: theirs || row };
    // A refused change of status alone has no text to keep: the row is what it was. A held row keeps it as a draft.
    if (error.code !== "leased" && (change.target !== undefined || theirs)) this.refused.set(row.id, refusal);
    this.host.onRefused(row.id, refusal);
  }

  /** Save the refused text over theirs. */
  keepMine(id) {
    const refusal = this.refused.get(id);
    if (!refusal) return null;
    const change = { ...refusal.change, target: refusal.mine };
    // A text that was typed over is not the memory's any more.
    if (refusal.mine !== refusal.change.target) {
      delete change.origin;
      delete change.score;
    }
    return this.save(refusal.row, change);
  }

  /** Let the refused text go. */
  takeTheirs(id) {
    this.refused.delete(id);
    dropDraft(this.host.userId, id);
    this.host.onRow(id);
  }

  /** Somebody's newer version of a row came; mine from another window, or from an act on many rows, stays mine. */
  heard(row) {
    if (row.edited_by?.id === this.host.userId && this.steps.mine.has(row.id)) this.steps.brought(row.id, row.text_rev);
  }

  /**
   * Take back (-1) or do again (1) my last edit, once every save that runs has its answer.
   * @returns {Promise<{id?: number, changeSet?: number, label?: string}|null>} null when there is none
   */
  step(direction) {
    const work = this.stepping.then(() => this.#step(direction));
    this.stepping = work.catch(() => null);
    return work;
  }

  async #step(direction) {
    await this.settled();
    const step = this.steps.take(direction);
    if (!step) return null;
    if (step.changeSet) return this.#stepSet(direction, step);
    try {
      return await this.#stepRow(direction, step);
    } catch (error) {
      this.steps.putBack(direction, step);
      throw error;
    }
  }

  async #stepRow(direction, step) {
    const index = this.host.windows.indexOf(step.id);
    const row = index >= 0 ? this.host.windows.at(index) : await get(`rows/${step.id}`);
    const [now, wanted] = direction < 0 ? [step.after, step.before] : [step.before, step.after];
    const change = { target: wanted.target };
    // "original" is not a status one can ask for; its text alone goes back.
    if (wanted.status !== "original") change.status = wanted.status;
    if (wanted.origin === "tm" && wanted.target) Object.assign(change, { origin: "tm", score: wanted.score ?? null });
    if (row.target !== now.target) {
      // Another person's later text is never taken back unasked.
      this.#refuse(row, row, change, new ApiError("stale", gettext("The row was changed since."), { row }, 409));
      return { id: step.id };
    }
    const { row: saved, error } = await this.#queue(row, change, { remember: false, seen: this.steps.mine.get(step.id) });
    if (saved) this.steps.settle(direction, step);
    else if (error.code !== "stale") this.steps.putBack(direction, step);
    return { id: step.id };
  }

  /** A change of many rows goes back as a whole, by a change set of its own. */
  async #stepSet(direction, step) {
    try {
      const { task } = await post(`change-sets/${step.changeSet}/revert`, { reason: step.label });
      const { result } = await pollTask(task);
      if (result?.change_set) this.steps.settle(direction, { ...step, changeSet: result.change_set });
      return step;
    } catch (error) {
      if (error?.isTemporary) this.steps.putBack(direction, step);
      throw error;
    }
  }

  /** Remember an act on many rows as a step to take back. @param {number} id of the change set @param {string} label what it did */
  rememberChangeSet(id, label) {
    this.steps.push({ changeSet: id, label });
  }

  /** One status for many rows, as one change set. */
  async setStatus(ids, status) {
    return post("rows/status", { ids, status });
  }
}

/** What taking an edit back needs to know of a row. */
const pastOf = ({ target, status, origin, score }) => ({ target, status, origin, score });

const pick = (change) => {
  const shown = {};
  for (const name of ["target", "status", "locked", "blank_intended"]) if (change[name] !== undefined) shown[name] = change[name];
  return shown;
};
