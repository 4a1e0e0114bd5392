/** Acts on many rows at once: which rows, a question where it matters, progress, the outcome and the way back. */

import { pollTask, post } from "../core/api.js";
import { h } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { keyOf } from "../core/keyboard.js";
import { formDialog, field } from "../components/forms.js";
import { toast, toastError } from "../components/toast.js";

/** Fewer rows than this change without a question. */
const MANY = 20;

/**
 * @typedef {Object} Chosen the rows an act concerns
 * @property {{ids?: number[], view?: string, query?: string}} scope as the API takes it
 * @property {number} count
 */

export class Acts {
  /** @param {{fileId: number, grid: any, editing: any, actions: any, live: any, filter: any}} editor */
  constructor(editor) {
    this.editor = editor;
    this.fileId = editor.fileId;
  }

  /** Every row of the filter, or of the file where there is none. @returns {Chosen} */
  ofFilter() {
    const { grid } = this.editor;
    return { scope: grid.view ? { view: grid.view } : { query: "" }, count: grid.windows.total };
  }

  /** @returns {Chosen} */
  ofFile() {
    return { scope: { query: "" }, count: this.editor.grid.options.total };
  }

  /** The chosen rows: the row with the cursor, those picked, or all of the filter. @returns {Promise<Chosen>} */
  async chosen() {
    if (this.editor.grid.selection.all) return this.ofFilter();
    const rows = await this.editor.actions.rows();
    return { scope: { ids: rows.map((row) => row.id) }, count: rows.length };
  }

  /**
   * Do something to rows as one change set.
   * @param {string} act @param {Object<string, any>} fields the act's own
   * @param {{label: string, title?: string, rows?: Chosen, danger?: boolean, ask?: any, reasonRequired?: boolean, done?: (n: number) => string, check?: () => Object<string, any>}} options
   *   label: the act as a question's button; ask: fields to show in the question; check: fields they give; done: the sentence afterwards
   * @returns {Promise<any>} the outcome, or null when nothing was done
   */
  async run(act, fields, options) {
    const rows = options.rows || (await this.chosen());
    if (!rows.count) return null;
    this.editor.editing.leave();
    const body = { act, scope: rows.scope, ...fields };
    const asks = options.danger || options.ask || options.reasonRequired || rows.count > MANY;
    try {
      const outcome = asks ? await this.ask(body, rows.count, options) : await this.send(body);
      if (!outcome) return null;
      this.report(outcome, options);
      return outcome;
    } catch (error) {
      toastError(error);
      return null;
    }
  }

  /** The number of rows, a reason, the act's own questions; a refusal stays in the dialog. */
  ask(body, count, { label, title, danger, ask, reasonRequired, check }) {
    const reason = /** @type {HTMLInputElement} */ (h("input", { class: "input", type: "text", maxlength: 500, autocomplete: "off" }));
    const rows = fmt(ngettext("{n} row", "{n} rows", count), { n: number(count) });
    return formDialog({
      title: title || fmt(gettext("{act}: {rows}?"), { act: label.replace(/…$/u, ""), rows }),
      action: label.replace(/…$/u, ""),
      fields: [
        h("p", { class: "dim" }, danger ? gettext("Ctrl Z takes it back, as long as nobody edits the rows.") : gettext("It is one change: Ctrl Z takes it back.")),
        ask,
        field(reasonRequired ? gettext("Reason") : gettext("Reason (may stay empty)"), reason, gettext("It stands in the list of changes and in the history of each row.")),
      ],
      save: async () => {
        if (reasonRequired && !reason.value.trim()) throw new Error(gettext("This cannot be empty."));
        return this.send({ ...body, ...check?.(), reason: reason.value.trim() });
      },
    }).closed.then((answer) => answer || null);
  }

  /** The request; a large one is a task that the status bar shows. @returns {Promise<any>} */
  async send(body) {
    const answer = await post(`files/${this.fileId}/acts`, body);
    if (!answer.task) return answer;
    return { ...(await pollTask(answer.task)).result, large: true };
  }

  /** Say what happened, remember the way back, show the rows as they are now. */
  report(outcome, { label, done }) {
    const { editing } = this.editor;
    this.refresh(outcome);
    const refused = outcome.refused || [];
    const left = outcome.refused_count ?? refused.length;
    const words = done ? done(outcome.changed) : fmt(ngettext("{act}: {n} row.", "{act}: {n} rows.", outcome.changed), { act: label.replace(/…$/u, ""), n: number(outcome.changed) });
    const rest = left ? fmt(ngettext("{n} row was left: {why}", "{n} rows were left: {why}", left), { n: number(left), why: refused[0]?.message || "" }) : "";
    const actions = [];
    if (outcome.change_set) {
      editing.rememberChangeSet(outcome.change_set, words);
      actions.push({ label: gettext("Undo"), key: keyOf("row.undo"), run: () => this.undo(outcome.change_set) });
      actions.push({ label: gettext("Changes"), run: () => location.assign(`/files/${this.fileId}/changes/?set=${outcome.change_set}`) });
    }
    if (left) actions.push({ label: gettext("Show those left"), run: () => this.showLeft(refused) });
    toast([h("div", null, words), rest && h("div", { class: "dim" }, rest)].filter(Boolean), { kind: left ? "warn" : "done", id: "act", actions });
  }

  /** Rows look different: a few come by the changes, many are fetched again. */
  refresh(outcome) {
    if (outcome.large || outcome.changed > 500) this.editor.grid.refetch();
    document.dispatchEvent(new CustomEvent("locanext:task-ended", { detail: {} }));
  }

  /** Take a change set back. @param {number} id */
  async undo(id) {
    const { editing, grid } = this.editor;
    const steps = editing.saving.steps.done;
    if (document.activeElement === document.body) grid.focusRow(grid.selection.current);
    try {
      // Ctrl Z would take back a later edit first; this button means this act.
      if (steps[steps.length - 1]?.changeSet === id) await editing.undo(-1);
      else await this.#revert(id);
      grid.refetch();
    } catch (error) {
      toastError(error);
    }
  }

  async #revert(id) {
    const { task } = await post(`change-sets/${id}/revert`, { reason: "" });
    const { result } = await pollTask(task);
    const n = result?.reverted || 0;
    this.refresh({ changed: n });
    toast(fmt(ngettext("{n} row went back.", "{n} rows went back.", n), { n: number(n) }), { kind: "done", id: "act" });
  }

  /** Show only the rows that an act left. @param {{n: number}[]} refused */
  async showLeft(refused) {
    const numbers = [...new Set(refused.map((one) => one.n))].sort((a, b) => a - b);
    await this.editor.filter.apply({ query: rangesOf(numbers).map(([from, to]) => (from === to ? `n:${from}` : `n:${from}..${to}`)).join(" OR ") });
    this.editor.filter.backToGrid();
  }
}

/** Numbers in rising order as ranges. @param {number[]} numbers @returns {[number, number][]} */
export function rangesOf(numbers) {
  const ranges = [];
  for (const n of numbers) {
    const last = ranges[ranges.length - 1];
    if (last && last[1] === n - 1) last[1] = n;
    else ranges.push([n, n]);
  }
  return ranges;
}
