/** The Memory tab of the editor: matches, the row's earlier translation, neighbours by meaning, terms. */

import { get, post } from "../core/api.js";
import { debounce, fill, h, icon, need } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { openMenu, separator } from "../components/menu.js";
import { toast, toastError } from "../components/toast.js";
import { Concordance } from "./editor_concordance.js";
import { Lookups } from "./editor_lookup.js";
import { gatherTerms, matchElement, termElement } from "./editor_matches.js";

const SETTLE_MS = 140;
const SKELETON_MS = 200;
const AGAIN_MS = 2500;

export class MemoryPanel {
  constructor(grid, editing, info) {
    Object.assign(this, { grid, editing, info });
    this.host = need("#panel-memory");
    this.count = need("#memory-count");
    this.lookups = new Lookups(info.file.id);
    this.concordance = new Concordance(this);
    this.found = h("div", { class: "mem-found", "aria-live": "off" });
    fill(this.host, this.found, this.concordance.element);
    /** @type {any} the row whose answer is shown */
    this.row = null;
    this.answer = null;
    this.chosen = 0;
    /** @type {Map<number, {target: string, score: number|null}>} texts put into rows from a match, by row */
    this.applied = new Map();
    this.serving = null;
    this.load = debounce(() => this.#load(), SETTLE_MS);
    editing.about = (row, change) => this.#about(row, change);
    editing.onSaved = (row) => this.#onSaved(row);
    this.#loadServing();
  }

  // ---- asking ----
  /** Show a row; the panel is open. */
  show(row) {
    clearTimeout(this.again);
    if (!row) {
      this.row = this.answer = null;
      this.#say("memory", gettext("Choose a row to see it here."));
      return;
    }
    const known = this.lookups.known(row);
    this.waiting = row;
    if (known) this.#draw(row, known);
    else {
      clearTimeout(this.skeleton);
      if (this.row?.id !== row.id) this.skeleton = setTimeout(() => this.waiting === row && this.#drawSkeleton(), SKELETON_MS);
      this.load();
    }
  }

  async #load() {
    const row = this.waiting;
    if (!row) return;
    try {
      const answer = await this.lookups.ask(row);
      if (this.waiting !== row) return;
      this.#draw(row, answer);
      this.lookups.prefetch(this.grid.row(this.grid.neighbour(this.grid.selection.current, 1)));
      if (answer.building.length || answer.semantic_loading.length) this.again = setTimeout(() => this.waiting === row && this.load(), AGAIN_MS);
    } catch (error) {
      if (error.name === "AbortError") return;
      clearTimeout(this.skeleton);
      if (this.waiting === row) this.#say("warn", error.message);
    }
  }

  async #loadServing() {
    try {
      this.serving = await get(`files/${this.info.file.id}/memories`);
    } catch {
      return;
    }
    const { memories, writes_to: writes } = this.serving;
    const used = memories.filter((one) => !one.mismatch);
    const lines = used.map((one, n) => `${n + 1}. ${one.memory.name} (${one.place.name})${one.memory.id === writes ? ` · ${gettext("confirmed rows go here")}` : ""}`);
    const place = need("#file-memories");
    place.textContent = used.length ? fmt(ngettext("{n} memory", "{n} memories", used.length), { n: number(used.length) }) : gettext("No memory");
    place.title = lines.join("\n");
  }

  // ---- drawing ----
  #say(name, ...sentence) {
    this.count.textContent = "";
    fill(this.found, h("div", { class: "empty" }, icon(name), h("p", null, ...sentence)));
  }

  #drawSkeleton() {
    fill(this.found, [1, 2, 3].map(() => h("div", { class: "match mem-skeleton", "aria-hidden": "true" }, h("div"), h("div"), h("div"))));
  }

  #draw(row, answer) {
    clearTimeout(this.skeleton);
    if (this.row?.id !== row.id || this.answer !== answer) this.chosen = 0;
    this.row = row;
    this.answer = answer;
    this.matches = [...answer.proposals, ...answer.lines, ...(answer.earlier ? [answer.earlier] : [])];
    this.terms = gatherTerms(answer.terms);
    this.count.textContent = answer.proposals.length ? number(answer.proposals.length) : "";
    const near = answer.semantic || [];
    fill(this.found,
      this.matches.length ? this.matches.map((match, n) => this.#matchPart(match, n)) : !near.length && this.#nothing(answer),
      answer.building.length > 0 && h("p", { class: "pane-body faint" }, gettext("An index is being built. Until then only equal sources are found.")),
      (near.length > 0 || answer.semantic_loading.length > 0) && [
        h("div", { class: "sec" }, h("span", { class: "st-lease" }, icon("same", { small: true })), gettext("Same meaning"), h("span", { class: "push faint" }, gettext("never filled in by itself"))),
        near.map((match) => this.#element(match, 0, false)),
        answer.semantic_loading.length > 0 && h("p", { class: "pane-body faint" }, gettext("The model is being loaded.")),
      ],
      this.terms.length > 0 && [
        h("div", { class: "sec" }, gettext("Terms"), h("span", { class: "push" }, h("kbd", { class: "kbd" }, "Ctrl Shift 1"), ` … ${gettext("inserts")}`)),
        this.terms.map((term, n) => termElement(term, { languages: this.info.languages, n: n + 1, onUse: () => this.insertTerm(n) })),
      ]);
  }

  #matchPart(match, n) {
    const element = this.#element(match, n + 1, n === this.chosen);
    if (match.kind !== "earlier") return element;
    return [h("div", { class: "sec" }, icon("history", { small: true }), gettext("Earlier translation of this row")), element];
  }

  #element(match, n, open) {
    return matchElement(match, {
      row: this.row, languages: this.info.languages, n, open,
      onUse: () => this.use(match),
      onOpen: () => n && this.#choose(n - 1),
      onMenu: (event) => { event.preventDefault(); this.#menu(match, n, event); },
    });
  }

  #choose(n) {
    if (n === this.chosen || String(getSelection())) return;
    this.chosen = n;
    this.#draw(this.row, this.answer);
  }

  #nothing(answer) {
    const sentence = answer.memories
      ? fmt(ngettext("Nothing like it in {n} memory.", "Nothing like it in {n} memories.", answer.memories), { n: number(answer.memories) })
      : gettext("No memory serves this file. Confirmed rows are not remembered.");
    return h("div", { class: "empty" }, icon("memory"), h("p", null, sentence), !answer.memories && h("a", { class: "btn btn-s", href: "/memory/" }, gettext("Memories")));
  }

  #menu(match, n, place) {
    const serving = this.serving?.memories.find((one) => one.memory.id === match.memory.id);
    const mayEdit = serving?.memory.may?.edit_entries;
    openMenu([
      { label: gettext("Use this text"), icon: "check", key: n && n < 10 ? `Ctrl ${n}` : "", run: () => this.use(match) },
      match.target !== match.target_raw && { label: gettext("Use the text as the memory has it"), icon: "memory", run: () => this.use({ ...match, target: match.target_raw }) },
      { label: gettext("Copy the text"), icon: "copy", run: () => navigator.clipboard.writeText(match.target).catch(toastError) },
      separator,
      { label: gettext("Open in the memory"), icon: "memory", run: () => location.assign(`/memory/${match.memory.id}/?search=${encodeURIComponent(match.key || match.source)}`) },
      match.confirmed && { label: gettext("Not right: take the confirmation away"), icon: "ring", disabled: mayEdit ? undefined : gettext("You may not change this memory."), run: () => this.#unconfirm(match) },
    ], place, { label: gettext("Match") });
  }

  async #unconfirm(match) {
    try {
      await post(`memories/${match.memory.id}/entries/act`, { act: "unconfirm", ids: [match.entry_id] });
      this.lookups.forget();
      this.show(this.grid.row());
      toast(gettext("The entry is not confirmed any more."), { id: "entry" });
    } catch (error) {
      toastError(error);
    }
  }

  // ---- using ----
  /** Use the n-th match, from 0. Returns false when there is none for the row with the cursor. */
  useNumber(n) {
    const row = this.grid.row();
    if (!row || this.row?.id !== row.id || !this.matches?.[n]) return false;
    return this.use(this.matches[n]);
  }

  /** Put a match into the row: into the open editor as typed text, else saved as translated. */
  use(match) {
    const row = this.grid.row();
    const { editing } = this;
    if (!row || row.id !== this.row?.id) return false;
    if (row.locked || !editing.options.mayEdit) {
      toast(row.locked ? gettext("A lead locked this row.") : gettext("You may read this file, not edit it."), { kind: "warn", icon: "lock", id: "locked" });
      return true;
    }
    if (match.line && match.kind === "line") {
      this.type(match.target);
      return true;
    }
    const score = match.score === null ? null : Math.min(match.score, 102);
    this.applied.set(row.id, { target: match.target, score });
    if (editing.isOpen) editing.editor.replaceAll(editing.editor.forward(match.target));
    else editing.save(row, { target: match.target, status: "translated" });
    return true;
  }

  /** Put the n-th term, from 0, where the caret is. */
  insertTerm(n) {
    const word = this.terms?.[n]?.use[0];
    if (!word || this.grid.row()?.id !== this.row?.id) return false;
    this.type(word);
    return true;
  }

  /** Type a text where the caret is; opens the row where it is not. */
  async type(text) {
    const { editing, grid } = this;
    if (!editing.isOpen) await editing.open(grid.selection.current);
    editing.editor?.insert(editing.editor.forward(text));
    editing.editor?.area.focus();
  }

  /** What a save says of where its text came from, and which match was beside the row. */
  #about(row, change) {
    const about = {};
    const applied = this.applied.get(row.id);
    if (applied && change.target === applied.target && change.target !== row.target) {
      about.origin = "tm";
      if (applied.score !== null) about.score = applied.score;
    }
    const best = this.row?.id === row.id ? this.answer?.proposals[0] || this.answer?.earlier : null;
    if (best && ["confirmed", "reviewed", "approved"].includes(change.status)) {
      about.match = { memory_id: best.memory.id, kind: best.kind, score: best.score === null ? null : Math.min(best.score, 102), target: best.target };
    }
    return about;
  }

  #onSaved(row) {
    if (row.target !== this.applied.get(row.id)?.target) this.applied.delete(row.id);
    // A confirmed row is in the memory: every answer may be another by now.
    if (["confirmed", "reviewed", "approved"].includes(row.status)) this.lookups.forget();
  }
}
