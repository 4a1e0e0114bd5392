/**
 * A linked desktop: a save of this window met another text on the server that it had not seen. Who made it is asked
 * as after any stale save, with both texts; the answer decides the conflict of the inbox too.
 */

import { post } from "../core/api.js";
import { fmt, gettext } from "../core/i18n.js";
import { toastError } from "../components/toast.js";

/**
 * What to ask of the conflict. Pure. The conflict keeps the text the row has now and lost the other one.
 * @param {{won: boolean, sent: string}} frame whether my text is in the row, and which it was
 * @param {boolean} mine I want mine @param {string} text mine as it stands now
 * @returns {{resolution: "kept"|"swapped"|"third", target?: string}}
 */
export function resolutionOf({ won, sent }, mine, text) {
  if (mine && text !== sent) return { resolution: "third", target: text };
  return { resolution: mine === won ? "kept" : "swapped" };
}

export class Overtaken {
  /** @param {{grid: Grid, editing: Editing, live: Live}} parts */
  constructor({ grid, editing, live }) {
    Object.assign(this, { grid, editing });
    live.addEventListener("frame:overtaken", (event) => this.onFrame(event.detail.frame));
  }

  onFrame({ row: id, op, won, mine, theirs }) {
    const { saving } = this.editing;
    const row = this.grid.row(this.grid.windows.indexOf(id));
    // Only the window that made the save asks, and not while a newer one of it runs: that one is decided by itself.
    if (!row || !saving.chains.has(id) || saving.isSaving(id)) return;
    const name = theirs.edited_by?.name || gettext("Somebody");
    const refusal = {
      mine, status: row.status, change: { target: mine }, row, theirs: { ...row, ...theirs },
      error: { code: "overtaken", message: fmt(gettext("{name} saved this row first. Your text is kept beside it."), { name }) },
      decide: (keepMine, text) => this.decide(op, resolutionOf({ won, sent: mine }, keepMine, text)),
    };
    saving.refused.set(id, refusal);
    this.editing.refusals.onRefused(id, refusal);
  }

  async decide(op, answer) {
    try {
      await post(`conflicts/${op}/resolve`, answer);
    } catch (error) {
      // Undecided, it stays in the inbox with both texts.
      toastError(error);
    }
    document.dispatchEvent(new CustomEvent("locanext:conflicts"));
  }
}

export function attach(editor) {
  editor.overtaken = new Overtaken(editor);
}
