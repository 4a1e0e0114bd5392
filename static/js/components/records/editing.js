/** Editing the records of a grid: opening the editor, saving at once, refusals with both texts, unsaved text that is kept. */

import { draftOf, dropDraft, keepDraft } from "../../core/drafts.js";
import { announce } from "../../core/focus.js";
import { fmt, gettext } from "../../core/i18n.js";
import { toast } from "../toast.js";
import { RecordEditor } from "./editor.js";
import { refusalOf } from "./refusal.js";

/**
 * @typedef {Object} Options
 * @property {string} place name of the list, for drafts
 * @property {number} user
 * @property {() => Field[]} fields
 * @property {boolean} confirms
 * @property {(record: any) => string|undefined} whyNot why a record cannot be edited
 * @property {(record: any, change: Object<string, string>, confirm: boolean) => Promise<any>} save answers with the record as it is now
 * @property {(before: any, after: any) => void} saved
 */

export class RecordEditing {
  /** @param {RecordGrid} grid @param {Options} options */
  constructor(grid, options) {
    this.grid = grid;
    this.options = options;
    /** @type {RecordEditor|null} */
    this.editor = null;
    this.saving = new Set();
    /** @type {Map<number, any>} */
    this.refused = new Map();
    grid.stateOf = (record) => ({ saving: this.saving.has(record.id), refusal: this.refused.get(record.id) || null });
    grid.addEventListener("edit", (event) => this.open(event.detail.index, event.detail.column));
    grid.addEventListener("leave", () => this.leave());
    grid.addEventListener("remake", () => this.leave());
    for (const name of ["pagehide", "visibilitychange"]) addEventListener(name, () => this.editor?.keep.flush(), true);
  }

  get isOpen() {
    return this.editor !== null;
  }

  draftKey(id) {
    return `${this.options.place}:${id}`;
  }

  /** Open the editor on a row, in the column that is given where it can be edited. */
  async open(index, column) {
    const { grid } = this;
    if (index < 0 || this.editor?.index === index) return;
    this.leave();
    const record = grid.record(index);
    if (!record) return;
    const why = this.options.whyNot(record);
    if (why) {
      toast(why, { kind: "warn", icon: "lock", id: "refused" });
      announce(why, true);
      return;
    }
    const draft = await draftOf(this.options.user, this.draftKey(record.id));
    if (grid.record(index)?.id !== record.id || this.editor) return;
    grid.goTo(index, { focus: false });
    const element = grid.viewport.live.get(index);
    if (!element) return;
    const refusal = this.refused.get(record.id) || null;
    grid.fill(element, index);
    grid.editing = index;
    this.editor = new RecordEditor({
      record, index, element, refusal, draft,
      fields: this.options.fields(),
      texts: refusal ? { ...record, ...refusal.mine } : record,
      confirms: this.options.confirms,
      onGrow: () => this.onGrow(index),
      onTyped: (texts) => keepDraft({ user: this.options.user, file: this.options.place, row: this.draftKey(record.id), text: JSON.stringify(texts), text_rev: record.rev }),
      onDiscard: () => dropDraft(this.options.user, this.draftKey(record.id)),
      onDone: (how) => this.done(how),
    });
    this.editor.focus(column);
    this.onGrow(index);
  }

  onGrow(index) {
    this.grid.viewport.render();
    this.grid.viewport.reveal(index);
  }

  done(how) {
    const { index } = this.editor;
    if (how === "cancel") {
      dropDraft(this.options.user, this.draftKey(this.editor.record.id));
      this.refused.delete(this.editor.record.id);
      this.close();
      return;
    }
    const onward = how === "next" ? 1 : how === "before" ? -1 : 0;
    this.commit(how === "confirm", { focus: !onward });
    if (!onward) return;
    const to = index + onward;
    if (to >= 0 && to < this.grid.pages.known) this.open(to, onward > 0 ? "source" : "key");
    else this.grid.focusRow(index);
  }

  /** Take the editor away and draw the row. */
  close({ focus = true } = {}) {
    const { editor, grid } = this;
    if (!editor) return;
    this.editor = null;
    grid.closeEditor(editor, focus);
  }

  /** The cursor goes elsewhere: changed text is saved. */
  leave() {
    if (!this.editor) return;
    if (this.editor.isChanged()) this.commit(false, { focus: false });
    else this.close({ focus: false });
  }

  commit(confirm, { focus = true } = {}) {
    const { editor } = this;
    if (!editor) return null;
    const { record } = editor;
    const values = editor.values();
    const change = Object.fromEntries(Object.entries(values).filter(([id, value]) => value !== (record[id] ?? "")));
    this.close({ focus });
    if (!Object.keys(change).length && !confirm) {
      dropDraft(this.options.user, this.draftKey(record.id));
      return null;
    }
    return this.save(record, change, confirm);
  }

  /** Save a change; what was typed stays in the row when it is refused. */
  async save(record, change, confirm = false) {
    const { grid } = this;
    this.refused.delete(record.id);
    this.saving.add(record.id);
    if (Object.keys(change).length) keepDraft({ user: this.options.user, file: this.options.place, row: this.draftKey(record.id), text: JSON.stringify(change), text_rev: record.rev });
    grid.pages.put({ ...record, ...change });
    grid.redraw(record.id);
    try {
      const now = await this.options.save(record, change, confirm);
      this.saving.delete(record.id);
      grid.pages.put(now);
      dropDraft(this.options.user, this.draftKey(record.id));
      grid.redraw(record.id);
      announce(gettext("Saved"));
      this.options.saved(record, now);
      return now;
    } catch (error) {
      this.saving.delete(record.id);
      this.refuse(record, change, confirm, error);
      return null;
    }
  }

  refuse(record, change, confirm, error) {
    const { grid } = this;
    const theirs = error.code === "stale" ? error.details?.entry || error.details?.term || null : null;
    const now = theirs || record;
    grid.pages.put(now);
    const again = { ...change };
    const acts = {
      keepMine: () => this.#settle(record.id, () => this.save(now, again, confirm)),
      takeTheirs: () => this.#settle(record.id, () => dropDraft(this.options.user, this.draftKey(record.id))),
      edit: () => this.open(grid.pages.indexOf(record.id)),
    };
    this.refused.set(record.id, { mine: again, theirs, element: refusalOf({ theirs, mine: again, error }, acts) });
    const who = theirs?.changed_by?.name;
    announce(who ? fmt(gettext("{name} saved this entry first. Your text is kept beside it."), { name: who }) : error.message, true);
    grid.redraw(record.id);
    if (grid.pages.indexOf(record.id) < 0) toast(error.message, { kind: "error" });
  }

  #settle(id, act) {
    if (this.editor?.record.id === id) this.close();
    this.refused.delete(id);
    act();
    this.grid.redraw(id);
    this.grid.focusRow(this.grid.pages.indexOf(id));
  }
}
