/**
 * Saving rows: shown at once, taken back visibly when refused. Saves of one row go one after the other;
 * the typed text stays in the browser until the server has it.
 */

import { ApiError, get, patch, post } from "../../core/api.js";
import { dropDraft, keepDraft } from "../../core/drafts.js";

const MOST_UNDO = 50;

/**
 * @typedef {Object} Host
 * @property {number} fileId
 * @property {number} userId
 * @property {RowWindows} windows
 * @property {(id: number) => void} onRow the row looks different
 * @property {(file: {revision: number, counts: any}) => void} onFile
 * @property {(id: number, refusal: any) => void} onRefused
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
    /** @type {Map<number, number>} text_rev that an earlier save of a row brought, for those queued behind it */
    this.revisions = new Map();
    this.undo = [];
    this.redo = [];
  }

  isSaving(id) {
    return this.running.has(id);
  }

  /**
   * Save a change of a row. Resolves to the row, or to null when it was refused.
   * @param {any} row as it was when the change began
   * @param {{target?: string, status?: string, note?: string, locked?: boolean, blank_intended?: boolean}} change
   * @param {{remember?: boolean}} [options]
   */
  save(row, change, { remember = true } = {}) {
    const before = this.running.get(row.id) || Promise.resolve();
    const typed = change.target !== undefined && change.target !== row.target;
    if (typed) keepDraft({ user: this.host.userId, file: this.host.fileId, row: row.id, text: change.target, text_rev: row.text_rev });
    const shown = { ...row, ...pick(change), n: row.n };
    this.refused.delete(row.id);
    this.latest.set(row.id, shown);
    this.host.windows.put(shown);
    const work = before.then(() => this.send(row, shown, change, remember));
    this.running.set(row.id, work);
    this.host.onRow(row.id);
    return work.finally(() => {
      if (this.running.get(row.id) === work) {
        for (const map of [this.running, this.latest, this.revisions]) map.delete(row.id);
      }
      this.host.onRow(row.id);
    });
  }

  async send(row, shown, change, remember) {
    try {
      const answer = await patch(`rows/${row.id}`, { ...change, text_rev: this.revisions.get(row.id) ?? row.text_rev });
      this.revisions.set(row.id, answer.row.text_rev);
      const latest = this.latest.get(row.id);
      // A newer text of mine that waits behind this one stays in sight.
      this.host.windows.put(latest === shown ? answer.row : { ...answer.row, target: latest.target, status: latest.status });
      this.host.onFile(answer.file);
      dropDraft(this.host.userId, row.id);
      if (remember && (change.target !== undefined || change.status !== undefined)) this.remember(row, answer.row);
      return answer.row;
    } catch (error) {
      this.refuse(row, shown, change, error);
      return null;
    }
  }

  remember(before, after) {
    if (before.target === after.target && before.status === after.status) return;
    this.undo.push({ id: after.id, before: pastOf(before), after: pastOf(after) });
    if (this.undo.length > MOST_UNDO) this.undo.shift();
    this.redo = [];
  }

  refuse(row, shown, change, error) {
    const theirs = error.code === "stale" ? error.details.row : null;
    this.host.windows.put(theirs ? { ...theirs, n: row.n } : row);
    const mine = change.target ?? row.target;
    const refusal = { mine, status: change.status || "translated", change, theirs, error, row: theirs || row };
    // A refused change of status alone has no text to keep: the row is what it was.
    if (change.target !== undefined || theirs) this.refused.set(row.id, refusal);
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

  /** Take back (or do again) my last edit. Resolves to the row's id, or null when there is none. */
  async step(direction) {
    const from = direction < 0 ? this.undo : this.redo;
    const to = direction < 0 ? this.redo : this.undo;
    const last = from.pop();
    if (!last) return null;
    const index = this.host.windows.indexOf(last.id);
    const row = index >= 0 ? this.host.windows.at(index) : await get(`rows/${last.id}`);
    const wanted = direction < 0 ? last.before : last.after;
    const change = { target: wanted.target };
    // "original" is not a status one can ask for; its text alone goes back.
    if (wanted.status !== "original") change.status = wanted.status;
    if (wanted.origin === "tm" && wanted.target) Object.assign(change, { origin: "tm", score: wanted.score ?? null });
    const saved = await this.save(row, change, { remember: false });
    if (saved) to.push(last);
    return last.id;
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
