/** Rows with the same source: filling them is offered after a save and done when asked, never by itself. */

import { get, post } from "../core/api.js";
import { h } from "../core/dom.js";
import { announce } from "../core/focus.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { bind, keyOf } from "../core/keyboard.js";
import { formDialog } from "../components/forms.js";
import { spoken } from "../components/textmark.js";
import { closeToast, toast, toastError } from "../components/toast.js";
import { isHeld } from "./editor_held.js";
import { sameLine } from "./repeats_lines.js";

const OFFER = "repeats";
const LONGEST = 60;
const SHOWN = 12;

export class Repeats {
  /** @param {{fileId: number, grid: any, editing: any, actions: any, acts: any}} editor */
  constructor(editor) {
    this.editor = editor;
    /** The row whose text others could have. @type {any} */
    this.offered = null;
    const { editing } = editor;
    const before = editing.onSaved;
    editing.onSaved = (row) => {
      before(row);
      this.offer(row);
    };
  }

  bindKeys() {
    bind(document, [
      { id: "row.repeat", label: gettext("Fill rows with the same source"), group: gettext("While editing"), keys: ["Alt+KeyR"], typing: true, icon: "same", when: () => this.editor.actions.may.edit_rows !== false, run: () => { this.fill(); } },
    ]);
  }

  item() {
    const row = this.editor.actions.current;
    return { label: gettext("Fill rows with the same source…"), icon: "same", key: keyOf("row.repeat"), disabled: row?.target ? undefined : gettext("The row has no text."), run: () => this.fill(row) };
  }

  /** A row was saved: say how many others have its source and another text. */
  async offer(row) {
    if (!row.target || row.status === "new" || isHeld()) return;
    try {
      const { differ, confirmed } = await get(`rows/${row.id}/repeats`);
      const open = differ - confirmed;
      if (open < 1) {
        if (this.offered?.source === row.source) this.#withdraw();
        return;
      }
      this.offered = row;
      const source = spoken(row.source);
      const words = fmt(ngettext("{n} more row says {source}", "{n} more rows say {source}", open), { n: number(open), source: source.length > LONGEST ? `${source.slice(0, LONGEST)}…` : source });
      toast(words, {
        icon: "same", id: OFFER,
        actions: [{ label: fmt(ngettext("Fill {n} row", "Fill {n} rows", open), { n: number(open) }), key: keyOf("row.repeat"), run: () => this.fill(row) }, { label: gettext("Not now"), run: () => this.#withdraw() }],
      });
    } catch {
      // An offer that does not come is none.
    }
  }

  #withdraw() {
    this.offered = null;
    closeToast(OFFER);
  }

  /** Show which rows would get the text of a row, and fill those that are wanted. */
  async fill(row = null) {
    const { editing, actions } = this.editor;
    if (!row && !this.offered) editing.leave();
    const from = row || this.offered || actions.current;
    if (!from?.target) {
      announce(gettext("The row has no text."));
      return;
    }
    this.#withdraw();
    try {
      // The save of this row may still be on its way.
      await editing.saving.running.get(from.id);
      const now = await get(`rows/${from.id}`);
      await this.#ask(now.row ?? now);
    } catch (error) {
      toastError(error);
    }
  }

  async #ask(row) {
    const path = `files/${this.editor.fileId}/acts`;
    const body = { act: "propagate", row: row.id, to: "file", text_rev: row.text_rev };
    const found = await post(`${path}/preview`, { ...body, confirmed: true });
    const differ = found.rows.filter((one) => one.target !== row.target);
    if (!differ.length) {
      toast(gettext("No other row with this source has another text."), { id: OFFER, icon: "same" });
      return;
    }
    const isDone = (one) => ["confirmed", "reviewed", "approved"].includes(one.status);
    const done = differ.filter(isDone).length;
    const more = found.total > found.rows.length;
    const n = differ.length - done;
    const also = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", checked: n === 0 }));
    const list = h("div", { class: "same-list scroll" }, differ.slice(0, SHOWN).map((one) => sameLine(one, row.target)), (differ.length > SHOWN || more) && h("p", { class: "faint" }, fmt(gettext("and {n} more"), { n: number(found.total - Math.min(SHOWN, differ.length)) })));
    const outcome = await formDialog({
      title: fmt(ngettext("Fill {n} row with the same source?", "Fill {n} rows with the same source?", n || done), { n: number(n || done) }),
      action: gettext("Fill"),
      fields: [
        list,
        done > 0 && h("label", { class: "check" }, also, fmt(ngettext("Also {n} row that people confirmed", "Also {n} rows that people confirmed", done), { n: number(done) })),
      ],
      save: () => this.editor.acts.send({ ...body, confirmed: also.checked }),
    }).closed;
    if (!outcome) return;
    this.editor.acts.report(outcome, { label: gettext("Same source filled"), done: (count) => fmt(ngettext("{n} row with the same source is filled.", "{n} rows with the same source are filled.", count), { n: number(count) }) });
  }
}
