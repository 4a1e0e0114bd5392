/** The middle of the memory page: search, states, the grid of entries or terms, and what is done to many of them. */

import { pollTask } from "../core/api.js";
import { fill, h, icon } from "../core/dom.js";
import { announce } from "../core/focus.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { page as now } from "../core/prefs.js";
import { confirmDialog } from "../components/dialog.js";
import { openMenu } from "../components/menu.js";
import { RecordEditing } from "../components/records/editing.js";
import { RecordGrid } from "../components/records/grid.js";
import { toast, toastError } from "../components/toast.js";
import { parseTokens, tokenField } from "../components/tokenfield.js";
import { Turns } from "../components/turns.js";
import { UndoStack } from "../components/undo.js";
import { columnsMenu } from "./memory_menu.js";
import { recordMenu } from "./memory_record_menu.js";

const INVERSE = { confirm: "unconfirm", unconfirm: "confirm", delete: "restore", restore: "delete" };

export class RecordsPane {
  /**
   * @param {MemoryPage} page @param {HTMLElement} host @param {any} memory @param {any} definition what is listed
   * @param {{before?: Node|null, search?: string, state?: string}} [options]
   */
  constructor(page, host, memory, definition, { before = null, search = "", state = "" } = {}) {
    Object.assign(this, { page, host, memory, definition, state });
    this.found = parseTokens(search, definition.tokens);
    this.filter = {};
    this.steps = new UndoStack(null, "records");
    this.turns = new Turns();
    this.search = tokenField({ label: gettext("Search"), hint: definition.hint, fields: definition.tokens, value: search, key: "Ctrl F", apply: (found) => this.apply(found) });
    this.count = h("span", { class: "dim num", role: "status", id: "record-count" });
    this.stateLabel = h("span");
    this.stateButton = h("button", { class: "btn btn-quiet btn-s", type: "button", id: "state-menu", "aria-haspopup": "menu", onclick: () => this.stateMenu() }, this.stateLabel, icon("down", { small: true }));
    this.columnsButton = h("button", { class: "btn btn-icon btn-s", type: "button", "aria-haspopup": "menu", title: gettext("Columns"), "aria-label": gettext("Columns"), onclick: (event) => columnsMenu(this.grid, event.currentTarget) }, icon("columns"));
    this.body = h("div", { class: "grid-host" });
    fill(host, h("div", { class: "bar-row" }, before, this.search.element, definition.states.length > 1 && this.stateButton, this.count, this.columnsButton, page.sideButton), this.body);
    this.grid = new RecordGrid({
      root: this.body, label: definition.label, columns: definition.columns, setting: definition.setting, sort: definition.sort,
      fetch: (sort, cursor, limit, signal) => this.fetch(sort, cursor, limit, signal),
      cell: (id, record, view) => definition.cell(id, record, view),
      describe: (record) => definition.describe(record), look: (record) => definition.look(record),
    });
    this.editing = new RecordEditing(this.grid, {
      place: `${definition.kind}-${memory.id}`, user: now.user?.id ?? 0, confirms: definition.kind === "entries",
      fields: () => definition.fields(), whyNot: (record) => definition.whyNot(record),
      save: (record, change, confirm) => definition.save(record, change, confirm),
      saved: (before, after) => this.#saved(before, after),
    });
    this.#listen();
    this.drawState();
    this.reload();
  }

  #listen() {
    const { grid } = this;
    grid.columns.element.addEventListener("contextmenu", (event) => {
      event.preventDefault();
      columnsMenu(grid, event);
    });
    grid.addEventListener("sort", () => this.reload());
    grid.addEventListener("rows", () => this.drawCount());
    grid.addEventListener("selection", () => this.page.drawChosen());
    grid.addEventListener("current", (event) => this.page.pane === this && this.page.onRecord(event.detail.record || null));
    grid.addEventListener("menu", (event) => recordMenu(this, event.detail.place));
    grid.addEventListener("error", (event) => this.#failed(event.detail.error));
  }

  close() {
    this.editing.leave();
    this.grid.remove();
  }

  // ---- what is listed ----
  async apply(found) {
    this.found = found;
    this.page.keepSearch(this.search.input.value);
    await this.reload();
  }

  setState(state) {
    this.state = state;
    this.drawState();
    this.reload();
  }

  drawState() {
    const chosen = this.definition.states.find(([id]) => id === this.state) || this.definition.states[0];
    fill(this.stateLabel, chosen[1]);
    this.stateButton.classList.toggle("is-active", Boolean(this.state));
  }

  stateMenu(place = this.stateButton) {
    openMenu(this.definition.states.map(([id, label]) => ({ label, checked: id === this.state, run: () => this.setState(id) })), place, { label: gettext("Show") });
  }

  /** The filter as the API takes it. Raises an Error with a sentence for words that name nothing. */
  asked() {
    const { text, tokens } = this.found;
    const query = { search: text, state: tokens.state || this.state, fields: tokens.in || "" };
    const states = this.definition.states.map(([id]) => id).filter(Boolean);
    if (tokens.state && !states.includes(tokens.state)) throw new Error(fmt(gettext("There is no state “{name}”. There are {states}."), { name: tokens.state, states: states.join(", ") }));
    if (tokens.author) query.author_name = tokens.author;
    return query;
  }

  async reload() {
    try {
      this.filter = this.asked();
      if (!this.found.unknown?.length) this.search.say("");
    } catch (error) {
      this.search.say(error.message);
      return;
    }
    fill(this.count, "");
    this.emptyNote?.remove();
    this.emptyNote = null;
    const plain = !this.filter.search && !this.filter.author_name && !this.filter.state;
    this.grid.reload(plain ? this.memory.entries || undefined : undefined);
  }

  fetch(sort, cursor, limit, signal) {
    return this.definition.fetch({ ...this.filter, sort, cursor, limit }, signal);
  }

  drawCount() {
    const { pages } = this.grid;
    const filtered = Boolean(this.filter.search || this.filter.author_name || this.filter.state);
    const all = this.memory.entries;
    const some = pages.count === null ? `${number(pages.known)}+` : number(pages.count);
    fill(this.count, filtered ? [h("b", null, some), " ", fmt(gettext("of {all}"), { all: this.definition.count(all) })] : this.definition.count(pages.count ?? all));
    this.#drawEmpty(filtered);
    this.page.drawChosen();
  }

  #drawEmpty(filtered) {
    const empty = this.grid.pages.isWhole && !this.grid.pages.known;
    if (!empty) {
      this.emptyNote?.remove();
      this.emptyNote = null;
      return;
    }
    if (this.emptyNote) return;
    this.emptyNote = h("div", { class: "empty" }, icon(this.state === "deleted" ? "trash" : filtered ? "search" : this.memory.kind === "terms" ? "term" : "memory"),
      h("p", null, this.state === "deleted" && !this.found.text ? gettext("Nothing was deleted here.") : filtered ? fmt(gettext("Nothing matches. {n} without the search. Esc."), { n: this.definition.count(this.memory.entries) }) : this.definition.empty),
      !filtered && this.definition.decide && h("p", { class: "row" }, h("button", { class: "btn btn-s", type: "button", onclick: () => this.page.extract(this.memory) }, gettext("Find candidates in the files of its place"))),
      !filtered && !this.definition.decide && h("p", { class: "row" }, h("button", { class: "btn btn-s", type: "button", onclick: () => this.page.importing.start({ memory: this.memory, place: null, files: null }) }, gettext("Import a file…")), this.definition.create && h("button", { class: "btn btn-quiet btn-s", type: "button", onclick: () => this.page.newRecord() }, this.memory.kind === "terms" ? gettext("New term…") : gettext("New entry…"))));
    this.grid.body.append(this.emptyNote);
  }

  #failed(error) {
    this.emptyNote?.remove();
    this.emptyNote = h("div", { class: "empty" }, icon("warn"), h("p", null, error.message), h("button", { class: "btn btn-s", type: "button", onclick: () => {
      this.emptyNote?.remove();
      this.emptyNote = null;
      this.grid.pages.again();
    } }, gettext("Try again")));
    if (this.grid.pages.known) toastError(error);
    else this.grid.body.append(this.emptyNote);
  }

  // ---- what is done ----
  run(work) {
    return this.turns.run(work);
  }

  #saved(before, after) {
    const fields = Object.fromEntries(this.definition.fields().map(({ id }) => [id, before[id] ?? ""]));
    this.steps.push({ type: "edit", id: after.id, before: fields, after: Object.fromEntries(Object.keys(fields).map((id) => [id, after[id] ?? ""])) });
    this.page.recordsChanged();
  }

  /** How many an act is about. */
  get chosenCount() {
    return this.grid.everything ? this.grid.pages.count ?? this.grid.pages.known : this.grid.selection.indices().length;
  }

  /** Do something to what is chosen. @param {"confirm"|"unconfirm"|"delete"|"restore"} act */
  async act(act) {
    if (this.definition.decide && act === "delete") await this.decide("refuse");
    if (!this.definition.act) return;
    const [first] = this.grid.chosen();
    const why = first && (act === "restore" || first.deleted ? null : this.definition.whyNot(first));
    if (why) {
      toast(why, { kind: "warn", id: "refused" });
      return;
    }
    if (this.grid.everything) await this.run(() => this.#actOnAll(act));
    else await this.run(() => this.#actOnChosen(act));
  }

  async #actOnChosen(act) {
    const records = this.grid.chosen().filter((record) => (act === "restore" ? record.deleted : !record.deleted)).filter((record) => act !== "confirm" || !record.confirmed).filter((record) => act !== "unconfirm" || record.confirmed);
    if (!records.length) return;
    const ids = records.map((record) => record.id);
    await this.definition.act(act, { ids });
    const taken = this.#shown(act, records);
    this.steps.push({ type: "act", act, ids });
    this.#told(act, ids.length, taken);
  }

  /** Draw what an act did to records. @returns {any[]} what left the list */
  #shown(act, records) {
    if (act === "delete" || act === "restore") return this.grid.take(records.map((record) => record.id));
    for (const record of records) {
      this.grid.pages.put(this.definition.after(act, record));
      this.grid.redraw(record.id);
    }
    return [];
  }

  #told(act, n, taken) {
    const words = doneWords(act, n, this.memory.kind);
    announce(words);
    this.page.recordsChanged();
    if (act === "confirm" && n === 1) return;
    toast(words, { kind: "done", id: "act", icon: act === "delete" ? "trash" : undefined, actions: [{ label: gettext("Undo"), key: "Ctrl Z", run: () => this.undo(taken) }] });
    this.taken = taken;
  }

  async #actOnAll(act) {
    const n = this.chosenCount;
    const yes = await confirmDialog({ title: allQuestion(act, n, this.memory.kind), text: gettext("Also those that are not on the screen. It is one step; their histories keep it."), action: actName(act), danger: act === "delete" });
    if (!yes) return;
    const { search, fields, state, author_name: author } = this.filter;
    const answer = await this.definition.act(act, { search: search || "", ...(fields ? { fields: fields.split(",") } : {}), ...(state ? { state } : {}), ...(author ? { author_name: author } : {}) });
    const changed = answer.task ? (await pollTask(answer.task)).result?.changed : answer.changed;
    this.grid.pickEverything(false);
    await this.reload();
    this.page.recordsChanged();
    toast(doneWords(act, changed ?? n, this.memory.kind), { kind: "done", id: "act" });
  }

  /** Take the last edit or act back. */
  undo(taken = this.taken) {
    return this.run(async () => {
      if (!this.steps.canUndo) {
        toast(gettext("There is nothing to undo here."), { id: "undo" });
        return;
      }
      const step = await this.steps.undo((one) => this.#turn(one, -1));
      if (step.type === "act" && taken?.length) this.grid.giveBack(taken);
      this.taken = null;
      this.page.recordsChanged();
      toast(gettext("Undone"), { kind: "done", icon: "undo", id: "undo", actions: [{ label: gettext("Redo"), key: "Ctrl Y", run: () => this.redo() }] });
    });
  }

  redo() {
    return this.run(async () => {
      if (!this.steps.canRedo) {
        toast(gettext("There is nothing to do again."), { id: "undo" });
        return;
      }
      const step = await this.steps.redo((one) => this.#turn(one, 1));
      if (step.type === "act" && (step.act === "delete" || step.act === "restore")) this.taken = this.grid.take(step.ids);
      this.page.recordsChanged();
    });
  }

  async #turn(step, direction) {
    if (step.type === "edit") {
      const index = this.grid.pages.indexOf(step.id);
      const record = this.grid.record(index);
      if (!record) throw new Error("The entry is not on the page");
      const wanted = direction < 0 ? step.before : step.after;
      const change = Object.fromEntries(Object.entries(wanted).filter(([id, text]) => text !== (record[id] ?? "")));
      const saved = Object.keys(change).length ? await this.definition.save(record, change, false) : record;
      this.grid.pages.put(saved);
      this.grid.redraw(saved.id);
      this.grid.goTo(index);
      return step;
    }
    const act = direction < 0 ? INVERSE[step.act] : step.act;
    await this.definition.act(act, { ids: step.ids });
    if (act === "confirm" || act === "unconfirm") this.#shown(act, step.ids.map((id) => this.grid.record(this.grid.pages.indexOf(id))).filter(Boolean));
    return step;
  }

  /** Accept or refuse candidates; what is decided leaves the list. @param {"accept"|"refuse"|"reopen"} decision */
  decide(decision) {
    return this.run(async () => {
      const records = this.grid.chosen();
      if (!records.length) return;
      const answer = await this.definition.decide(decision, records.map((record) => record.id));
      this.grid.take(records.map((record) => record.id));
      this.page.recordsChanged();
      const of = { n: number(records.length) };
      const words = decision === "accept" ? fmt(ngettext("{n} candidate accepted.", "{n} candidates accepted.", records.length), of) : decision === "refuse" ? fmt(ngettext("{n} candidate refused.", "{n} candidates refused.", records.length), of) : fmt(ngettext("{n} candidate waits again.", "{n} candidates wait again.", records.length), of);
      const rest = decision === "accept" && answer?.terms < records.length ? ` ${gettext("Terms that were there already stayed as they are.")}` : "";
      toast(words + rest, { kind: "done", id: "act", actions: decision === "reopen" ? [] : [{ label: gettext("Undo"), run: () => this.#reopen(records) }] });
    });
  }

  #reopen(records) {
    return this.run(async () => {
      await this.definition.decide("reopen", records.map((record) => record.id));
      this.reload();
      this.page.recordsChanged();
    });
  }

  /** How the chosen terms may be used. */
  setUse(act, use) {
    return this.run(async () => {
      const records = this.grid.chosen().filter((record) => record.use !== use);
      if (!records.length) return;
      await this.definition.act(act, { ids: records.map((record) => record.id) });
      await this.reload();
      this.page.recordsChanged();
    });
  }

  /** Confirm and go on, with one row; confirm all of several. */
  async confirm() {
    if (this.definition.decide) {
      await this.decide("accept");
      return;
    }
    const index = this.grid.selection.current;
    const many = this.chosenCount > 1;
    await this.act("confirm");
    if (!many && index + 1 < this.grid.pages.known) this.grid.goTo(index + 1);
  }

  async copy() {
    const records = this.grid.chosen();
    const text = records.map((record) => this.definition.copied(record).map(cellText).join("\t")).join("\n");
    try {
      await navigator.clipboard.writeText(text);
      toast(fmt(ngettext("{n} copied.", "{n} copied.", records.length), { n: number(records.length) }), { id: "copy", icon: "copy" });
    } catch {
      toast(gettext("The browser does not let this page use the clipboard."), { kind: "error" });
    }
  }
}

/** A text as one cell of a copied table. */
const cellText = (text) => (/[\t\n"]/u.test(text) ? `"${text.replace(/"/gu, '""')}"` : text);

function actName(act) {
  switch (act) {
    case "confirm": return gettext("Confirm");
    case "unconfirm": return gettext("Withdraw confirmation");
    case "delete": return gettext("Delete");
    default: return gettext("Restore");
  }
}

function allQuestion(act, n, kind) {
  const of = { n: number(n) };
  const terms = kind === "terms";
  switch (act) {
    case "confirm": return fmt(ngettext("Confirm {n} entry?", "Confirm all {n} entries?", n), of);
    case "unconfirm": return fmt(ngettext("Withdraw the confirmation of {n} entry?", "Withdraw the confirmation of all {n} entries?", n), of);
    case "delete": return terms ? fmt(ngettext("Delete {n} term?", "Delete all {n} terms?", n), of) : fmt(ngettext("Delete {n} entry?", "Delete all {n} entries?", n), of);
    default: return terms ? fmt(ngettext("Restore {n} term?", "Restore all {n} terms?", n), of) : fmt(ngettext("Restore {n} entry?", "Restore all {n} entries?", n), of);
  }
}

function doneWords(act, n, kind) {
  const of = { n: number(n) };
  const terms = kind === "terms";
  switch (act) {
    case "confirm": return fmt(ngettext("{n} entry confirmed.", "{n} entries confirmed.", n), of);
    case "unconfirm": return fmt(ngettext("{n} entry is not confirmed any more.", "{n} entries are not confirmed any more.", n), of);
    case "delete": return terms ? fmt(ngettext("{n} term deleted.", "{n} terms deleted.", n), of) : fmt(ngettext("{n} entry deleted.", "{n} entries deleted.", n), of);
    default: return terms ? fmt(ngettext("{n} term is back.", "{n} terms are back.", n), of) : fmt(ngettext("{n} entry is back.", "{n} entries are back.", n), of);
  }
}
