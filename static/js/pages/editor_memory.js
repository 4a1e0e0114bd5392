/** The Memory tab of the editor: matches, the row's earlier translation, neighbours by meaning, terms. */

import { post } from "../core/api.js";
import { debounce, fill, h, icon, need } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { fromLines, spellingOf, toLines } from "../components/grid/breaks.js";
import { openMenu, separator } from "../components/menu.js";
import { toast, toastError } from "../components/toast.js";
import { Concordance } from "./editor_concordance.js";
import { isHeld } from "./editor_held.js";
import { isWhole, Lookups } from "./editor_lookup.js";
import { gatherTerms, matchElement, openParts, searchFor, termElement, termMarks, withEarlier } from "./editor_matches.js";
import { makeRoving } from "./editor_roving.js";
import { Serving } from "./editor_serving.js";

const SETTLE_MS = 140;
const SKELETON_MS = 200;
const AGAIN_MS = 2500;
const SLOWEST_MS = 20_000;
const DONE = ["confirmed", "reviewed", "approved"];

export class MemoryPanel {
  constructor(grid, editing, info, marks) {
    Object.assign(this, { grid, editing, info, marks });
    this.host = need("#panel-memory");
    this.count = need("#memory-count");
    this.serving = new Serving(info.file.id);
    this.lookups = new Lookups(info.file.id);
    this.concordance = new Concordance(this);
    this.found = h("div", { class: "mem-found" });
    fill(this.host, this.found, this.concordance.element);
    this.roving = makeRoving(this.host, {
      use: (item) => this.#act(item, "use"), menu: (item) => this.#act(item, "menu"), focused: (item) => this.#choose(item), leave: () => this.giveFocusBack(),
    });
    this.found.addEventListener("mousedown", (event) => {
      // A click chooses; it takes the keyboard out of the cell editor only when one goes into the panel by key.
      const item = event.target.closest("[data-item]");
      if (item && event.button === 0 && editing.isOpen) event.preventDefault();
      if (item) this.#choose(item);
    });
    /** @type {any} the row whose answer is shown */
    this.row = null;
    this.answer = null;
    this.waiting = null;
    this.chosen = "";
    this.pause = AGAIN_MS;
    /** @type {Map<number, {target: string, score: number|null}>} texts put into rows from a match, by row */
    this.applied = new Map();
    this.load = debounce(() => this.#load(), SETTLE_MS);
    this.ahead = debounce(() => this.#prefetch(), SETTLE_MS);
    editing.about = (row, change) => this.#about(row, change);
    editing.onSaved = (row) => DONE.includes(row.status) && this.#forget();
    grid.addEventListener("remote", (event) => event.detail.rows.some((row) => DONE.includes(row.status)) && this.#forget());
    const { stateOf } = grid;
    grid.stateOf = (row) => ({ ...stateOf(row), terms: this.underlined?.id === row.id ? this.underlined.marks : null });
  }

  // ---- asking ----
  /** Show a row; the panel is open. */
  show(row) {
    clearTimeout(this.again);
    clearTimeout(this.skeleton);
    this.waiting = row || null;
    if (this.underlined && this.underlined.id !== row?.id) this.#underline(null);
    if (!row) {
      this.lookups.stop();
      this.row = this.answer = null;
      this.#say("memory", gettext("Choose a row to see it here."));
      return;
    }
    const known = this.lookups.known(row);
    if (known) {
      this.#draw(row, known);
      this.ahead();
      return;
    }
    if (this.row?.id !== row.id) this.skeleton = setTimeout(() => this.waiting === row && this.#drawSkeleton(), SKELETON_MS);
    this.pause = AGAIN_MS;
    this.load();
  }

  /** The panel is closed, or another tab is shown: nothing is asked for. */
  hide() {
    if (!this.waiting && !this.row) return;
    clearTimeout(this.again);
    clearTimeout(this.skeleton);
    this.lookups.stop();
    this.waiting = this.row = this.answer = null;
    this.#underline(null);
    // What it showed belongs to another row by the time it is opened again.
    fill(this.found);
  }

  async #load() {
    const row = this.waiting;
    if (!row) return;
    if (isHeld()) {
      this.load();
      return;
    }
    try {
      const answer = await this.lookups.ask(row);
      if (this.waiting !== row) return;
      this.#draw(row, answer);
      this.ahead();
      if (isWhole(answer)) return;
      this.again = setTimeout(() => this.#askAgain(row), this.pause);
      this.pause = Math.min(SLOWEST_MS, this.pause * 1.6);
    } catch (error) {
      if (error.name === "AbortError" || this.waiting !== row) return;
      clearTimeout(this.skeleton);
      this.row = this.answer = null;
      this.#say("warn", error.message);
    }
  }

  async #askAgain(row) {
    if (this.waiting !== row) return;
    await this.serving.load();
    if (this.waiting === row) this.load();
  }

  #prefetch() {
    if (!this.waiting) return;
    if (isHeld()) this.ahead();
    else this.lookups.prefetch(this.grid.row(this.grid.neighbour(this.grid.selection.current, 1)));
  }

  /** The memories changed: what is shown stays until the new answer is here. */
  #forget() {
    this.lookups.forget();
    this.marks.forget();
    if (this.waiting) this.show(this.grid.row());
  }

  // ---- drawing ----
  #say(name, ...sentence) {
    this.count.textContent = "";
    this.matches = [];
    this.terms = [];
    this.roving.keep(() => fill(this.found, h("div", { class: "empty" }, icon(name), h("p", null, ...sentence))));
  }

  #drawSkeleton() {
    this.row = this.answer = null;
    this.roving.keep(() => fill(this.found, [1, 2, 3].map(() => h("div", { class: "match mem-skeleton", "aria-hidden": "true" }, h("div"), h("div"), h("div")))));
  }

  #draw(row, answer) {
    clearTimeout(this.skeleton);
    const isSame = this.row?.id === row.id && this.answer === answer;
    if (this.row?.id !== row.id) this.chosen = "";
    this.row = row;
    this.answer = answer;
    if (isSame) return;
    this.matches = withEarlier(answer);
    this.near = answer.semantic || [];
    this.terms = gatherTerms(answer.terms);
    this.count.textContent = this.matches.length ? number(this.matches.length) : "";
    this.roving.keep(() => {
      fill(this.found,
        this.matches.length ? this.matches.map((match, n) => this.#matchPart(match, n)) : !this.near.length && this.#nothing(answer),
        answer.building.length > 0 && h("p", { class: "pane-body faint" }, gettext("An index is being built. Until then only equal sources are found.")),
        answer.memories > 0 && this.#nearPart(answer),
        this.terms.length > 0 && [
          h("div", { class: "sec" }, gettext("Terms"), h("span", { class: "push" }, h("kbd", { class: "kbd" }, "Ctrl Shift 1"), ` … ${gettext("inserts")}`)),
          this.terms.map((term, n) => termElement(term, { languages: this.info.languages, n: n + 1, onUse: () => this.insertTerm(n), onMenu: (event) => { event.preventDefault(); this.#termMenu(n, event); } })),
        ]);
      openParts(this.found, this.chosen);
    });
    this.roving.refresh();
    this.concordance.keepInView();
    this.#underline(row);
  }

  /** Underline the terms in the source of a row; null takes the lines away. */
  #underline(row) {
    const before = this.underlined;
    this.underlined = row && this.terms.length ? { id: row.id, marks: termMarks(row.source, this.terms) } : null;
    if (before && before.id !== this.underlined?.id) this.grid.redrawSource(before.id);
    if (this.underlined) this.grid.redrawSource(this.underlined.id);
  }

  #matchPart(match, n) {
    const element = this.#element(match, n + 1);
    if (match.kind !== "earlier") return element;
    return [h("div", { class: "sec" }, icon("history", { small: true }), gettext("Earlier translation of this row")), element];
  }

  #nearPart(answer) {
    const sentence = answer.semantic_loading.length ? gettext("The model is being loaded.") : this.near.length ? "" : this.serving.whyNoNear(answer.semantic);
    if (!this.near.length && !sentence) return null;
    return [
      h("div", { class: "sec" }, h("span", { class: "st-lease row" }, icon("same", { small: true })), gettext("Same meaning"), h("span", { class: "push faint" }, gettext("never filled in by itself"))),
      this.near.map((match) => this.#element(match, 0)),
      sentence && h("p", { class: "pane-body faint" }, sentence),
    ];
  }

  #element(match, n) {
    return matchElement(match, { row: this.row, languages: this.info.languages, n, onUse: () => this.use(match), onMenu: (event) => { event.preventDefault(); this.#menu(match, n, event); } });
  }

  #choose(item) {
    if (!item.classList.contains("match") || item.dataset.item === this.chosen) return;
    this.chosen = item.dataset.item;
    openParts(this.found, this.chosen);
  }

  #nothing(answer) {
    if (answer.memories) {
      return h("div", { class: "empty" }, icon("memory"),
        h("p", null, fmt(ngettext("Nothing like it in {n} memory.", "Nothing like it in {n} memories.", answer.memories), { n: number(answer.memories) })),
        h("p", { class: "faint" }, this.serving.writesTo ? gettext("The text that you confirm will be found the next time.") : gettext("None of them takes what you confirm.")));
    }
    return h("div", { class: "empty" }, icon("memory"), h("p", null, gettext("No memory serves this file. Confirmed rows are not remembered.")), h("a", { class: "btn btn-s", href: "/memory/" }, gettext("Make or assign a memory")));
  }

  // ---- menus ----
  /** What Enter and the menu key do to an item of the panel. */
  #act(item, what) {
    const kind = item.dataset.item[0];
    if (kind === "c") return what === "use" ? this.concordance.openEntry(item.dataset.item) : this.concordance.menu(item.dataset.item, item);
    if (kind === "t") {
      const n = [...this.found.querySelectorAll(".term-row")].indexOf(item);
      return what === "use" ? this.insertTerm(n) : this.#termMenu(n, item);
    }
    const n = [...this.found.querySelectorAll(".match")].indexOf(item);
    const match = [...this.matches, ...this.near][n];
    if (!match) return undefined;
    return what === "use" ? this.use(match) : this.#menu(match, n < this.matches.length ? n + 1 : 0, item);
  }

  #menu(match, n, place) {
    const mayEdit = this.serving.mayEdit(match.memory.id);
    openMenu([
      { label: gettext("Use this text"), icon: "check", key: n && n < 10 ? `Ctrl ${n}` : "Enter", run: () => this.use(match) },
      match.target !== match.target_raw && { label: gettext("Use the text as the memory has it"), icon: "memory", run: () => this.use({ ...match, target: match.target_raw }) },
      { label: gettext("Copy the text"), icon: "copy", run: () => this.copy(match.target) },
      separator,
      { label: mayEdit ? gettext("Edit in the memory") : gettext("Open in the memory"), icon: "memory", run: () => this.openEntry(match.memory.id, match) },
      match.confirmed && { label: gettext("Not right: take the confirmation away"), icon: "ring", disabled: mayEdit ? undefined : gettext("You may not change this memory."), run: () => this.#unconfirm(match) },
    ], place, { label: gettext("Match") });
  }

  #termMenu(n, place) {
    const term = this.terms[n];
    if (!term) return;
    const key = n < 9 ? `Ctrl Shift ${n + 1}` : "";
    openMenu([
      ...term.use.map((word, at) => ({ label: fmt(gettext("Insert {word}"), { word }), icon: "right", key: at ? "" : key, run: () => this.type(word) })),
      term.use.length > 0 && { label: gettext("Copy the text"), icon: "copy", run: () => this.copy(term.use[0]) },
      separator,
      { label: gettext("Open in the term base"), icon: "term", run: () => this.openEntry(term.hits[0].memory.id, term) },
    ], place, { label: gettext("Term") });
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      toast(gettext("Copied."), { id: "copy", icon: "copy" });
    } catch {
      toast(gettext("The browser does not let this page use the clipboard."), { kind: "error" });
    }
  }

  /** Leave for the memory page, which looks for the entry there. What is typed is saved first. */
  openEntry(memory, entry) {
    this.editing.leave();
    location.assign(`/memory/${memory}/?search=${encodeURIComponent(searchFor(entry))}`);
  }

  async #unconfirm(match) {
    try {
      await post(`memories/${match.memory.id}/entries/act`, { act: "unconfirm", ids: [match.entry_id] });
      this.#forget();
      toast(gettext("The entry is not confirmed any more."), { id: "entry" });
    } catch (error) {
      toastError(error);
    }
  }

  // ---- using ----
  /** Whether what is shown belongs to the row with the cursor. */
  get isCurrent() {
    return Boolean(this.row) && this.grid.row()?.id === this.row.id;
  }

  /** Use the n-th match, from 0; says so when there is none. */
  useNumber(n) {
    if (this.isCurrent && this.matches[n]) return this.use(this.matches[n]);
    toast(this.isCurrent ? fmt(gettext("There is no match {n}."), { n: n + 1 }) : gettext("The matches of this row are not here yet."), { id: "match" });
    return true;
  }

  /** Put a match into the row: into the open editor as typed text, else saved as translated. */
  use(match) {
    const { editing } = this;
    const row = this.grid.row();
    if (!this.isCurrent || this.#refuses(row)) return true;
    const target = this.#spelled(match.target, row);
    if (match.kind === "line") {
      this.type(target);
      return true;
    }
    this.applied.set(row.id, { target, score: match.score });
    if (editing.isOpen) editing.editor.replaceAll(editing.editor.forward(target));
    else editing.save(row, { target, status: "translated" });
    return true;
  }

  #refuses(row) {
    const why = row.locked ? gettext("A lead locked this row.") : this.editing.options.mayEdit ? "" : gettext("You may read this file, not edit it.");
    if (why) toast(why, { kind: "warn", icon: "lock", id: "locked" });
    return Boolean(why);
  }

  /** A text of a memory with its line ends as this row writes them. */
  #spelled(text, row) {
    const ours = spellingOf({ ...row, format: this.grid.context.format });
    const theirs = spellingOf({ source: "", target: text, format: "" });
    return ours === null || theirs === null ? text : fromLines(toLines(text, theirs), ours);
  }

  /** Put the n-th term, from 0, where the caret is. */
  insertTerm(n) {
    const word = this.isCurrent ? this.terms[n]?.use[0] : "";
    if (word) this.type(word);
    else toast(fmt(gettext("There is no term {n} to insert."), { n: n + 1 }), { id: "match" });
    return true;
  }

  /** Type a text where the caret is; opens the row where it is not. */
  async type(text) {
    const { editing, grid } = this;
    if (!editing.isOpen) await editing.open(grid.selection.current);
    editing.editor?.insert(editing.editor.forward(text));
  }

  /** From the panel back to the cell editor, or to the row. */
  giveFocusBack() {
    const { editing, grid } = this;
    if (editing.isOpen) editing.editor.area.focus({ preventScroll: true });
    else if (grid.selection.current >= 0) grid.focusRow(grid.selection.current);
  }

  /** What a save says of where its text came from, and which match was beside the row. */
  #about(row, change) {
    const about = {};
    const applied = this.applied.get(row.id);
    if (applied && change.target === applied.target && change.target !== row.target) Object.assign(about, { origin: "tm", score: applied.score });
    const best = this.row?.id === row.id ? this.answer?.proposals[0] || this.answer?.earlier : null;
    if (best && DONE.includes(change.status)) about.match = { memory_id: best.memory.id, kind: best.kind, score: best.score, target: best.target };
    return about;
  }
}
