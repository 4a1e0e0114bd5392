/** The page of memories and term bases: the tree of places, the entries of the one that is open, and what is known of it. */

import { announceTask, get, pollTask, post } from "../core/api.js";
import { fill, h, icon, need } from "../core/dom.js";
import { announce } from "../core/focus.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { field, formDialog } from "../components/forms.js";
import { makeSegment } from "../components/segment.js";
import { sizedTree } from "../components/splitter.js";
import { toast, toastError } from "../components/toast.js";
import { MemoryActs } from "./memory_acts.js";
import { addressOf, openedBy } from "./memory_data.js";
import { entriesOf } from "./memory_entries.js";
import { Importing } from "./memory_import.js";
import { bindKeys } from "./memory_keys.js";
import { placeOverview } from "./memory_place.js";
import { RecordsPane } from "./memory_records.js";
import { MemorySide } from "./memory_side.js";
import { candidatesOf, termsOf } from "./memory_terms.js";
import { drawIndexChip, MemoryTree } from "./memory_tree.js";
import { indexState, useName, vectorsText, whyNot } from "./memory_words.js";

/** So many milliseconds away from the page, and it is loaded again. */
const AWAY = 30_000;

export class MemoryPage {
  constructor() {
    this.middle = need("#middle");
    this.accept = this.middle.dataset.accept || "";
    this.opened = openedBy(location.pathname, location.search);
    /** @type {any} the memory that is open, as the API gives it */
    this.memory = null;
    /** @type {any} the entry or term with the cursor */
    this.record = null;
    /** @type {RecordsPane|null} */
    this.pane = null;
    /** Which of the lists of a term base is shown. */
    this.list = "terms";
    this.sideButton = h("button", { class: "btn btn-icon btn-s", type: "button", id: "side-toggle", "aria-pressed": "true", "aria-controls": "side", title: `${gettext("Side panel")} (Ctrl B)`, "aria-label": gettext("Side panel") }, icon("panel"));
    this.acts = new MemoryActs(this);
    this.importing = new Importing(this);
    this.tree = new MemoryTree(this);
    this.side = new MemorySide(this);
    sizedTree(need("#tree"));
    bindKeys(this);
    need("#tree-toggle").addEventListener("click", () => this.showTree());
    this.importing.listen();
  }

  /** To the tree; in a narrow window it comes as a drawer. */
  showTree(open = !this.tree.hasFocus()) {
    need("#tree").classList.toggle("is-open", open);
    need("#tree-toggle").setAttribute("aria-expanded", String(open));
    if (open) this.tree.tree.focus();
    else this.pane?.grid.focus();
  }

  // ---- going ----
  /** Open a memory or a place; the browser's back comes here again. */
  async go({ memory = null, place = null }, { push = true, reload = false } = {}) {
    const address = addressOf({ memory, place });
    if (push && address !== location.pathname + location.search) history.pushState(null, "", address);
    this.opened = { memory, place };
    await this.show({ fresh: true });
    if (reload) await this.reload();
  }

  /** Draw what is open. */
  async show({ fresh = true } = {}) {
    const { memory, place } = this.opened;
    const known = memory === null ? null : this.tree.places.memories.get(memory) || null;
    await this.tree.know(place).catch((error) => error.status === 404 || toastError(error));
    if (this.opened.memory !== memory || this.opened.place !== place) return;
    if (memory !== null && !known) {
      this.#leave();
      this.memory = null;
      this.#nothing(gettext("There is nothing here, or you may not see it."), "warn");
    } else if (known) this.#openMemory(known, fresh);
    else {
      this.#leave();
      this.memory = null;
      if (place && this.tree.places.at(place)) placeOverview(this, this.tree.places.at(place), this.middle);
      else this.#nothing(this.tree.places.memories.size ? gettext("Choose a memory or a place in the tree.") : gettext("No memory yet. Drop a TMX or a table here, or make one."), "memory");
    }
    await this.tree.select(this.opened);
    this.drawFacts();
    this.side.fill();
  }

  #leave() {
    this.pane?.close();
    this.pane = null;
    this.record = null;
    this.side.onRecord(null);
  }

  #nothing(words, name) {
    fill(this.middle, h("div", { class: "bar-row" }, h("span", { class: "fill" }), this.sideButton), h("div", { class: "empty" }, icon(name), h("p", null, words), h("p", { class: "row" },
      h("button", { class: "btn btn-s", type: "button", onclick: () => this.importing.start({ memory: null, place: null, files: null }) }, gettext("Upload a file…")), h("a", { class: "btn btn-quiet btn-s", href: "/" }, gettext("Go to files")))));
  }

  #openMemory(memory, fresh) {
    if (!fresh && this.memory?.id === memory.id && this.pane) {
      this.memory = memory;
      this.pane.memory = memory;
      return;
    }
    if (this.memory?.id !== memory.id) this.list = "terms";
    this.memory = memory;
    this.#openPane({ search: new URLSearchParams(location.search).get("search") || "" });
  }

  /** The address names the search, so that a reload or a link comes back to it. */
  keepSearch(text) {
    if (!this.memory) return;
    history.replaceState(null, "", `${addressOf({ memory: this.memory.id })}${text.trim() ? `?search=${encodeURIComponent(text.trim())}` : ""}`);
  }

  #openPane(options = {}) {
    const { memory } = this;
    this.#leave();
    const definition = memory.kind === "memory" ? entriesOf(memory) : this.list === "candidates" ? candidatesOf(memory) : termsOf(memory);
    this.pane = new RecordsPane(this, this.middle, memory, definition, { before: memory.kind === "terms" ? this.#lists() : null, ...options });
  }

  /** Terms, or candidates. */
  #lists() {
    const one = (value, label) => h("button", { type: "button", role: "radio", "data-value": value, "aria-checked": String(this.list === value), tabindex: this.list === value ? "0" : "-1" }, label);
    const group = h("span", { class: "seg", role: "radiogroup", "aria-label": gettext("Show"), id: "term-lists" }, one("terms", gettext("Terms")), one("candidates", gettext("Candidates")));
    makeSegment(group, (value) => {
      this.#showList(value);
      need(`#term-lists [data-value="${value}"]`).focus();
    });
    return group;
  }

  // ---- loading again ----
  /** Load the tree again; the open memory keeps its place. `records`: the entries too. */
  async reload({ records = false } = {}) {
    await this.tree.reload();
    await this.show({ fresh: records });
  }

  /** A memory that changed. */
  changed(memory) {
    this.tree.put(memory);
    if (this.opened.place) this.show().catch(toastError);
    if (this.memory?.id !== memory.id) return;
    this.memory = memory;
    if (this.pane) this.pane.memory = memory;
    this.drawFacts();
    this.side.fill();
  }

  /** The open memory as it is now: its counts, index and vectors. */
  async refreshMemory() {
    if (!this.memory) return;
    try {
      this.changed(await get(`memories/${this.memory.id}`));
    } catch (error) {
      if (error.name !== "AbortError" && error.status === 404) await this.reload();
    }
  }

  /** Entries were changed here: what the tree and the panel say follows. */
  recordsChanged() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.refreshMemory(), 400);
    const record = this.pane?.grid.record();
    if (record) this.onRecord(record);
  }

  async rebuildVectors(memory) {
    await this.acts.run(async () => {
      const { task } = await post(`memories/${memory.id}/vectors`);
      announceTask(task);
      await this.refreshMemory();
    });
  }

  /** Search the files of a term base's place for candidates; they wait in its second list. */
  async extract(memory) {
    const { kind, id } = memory.scope;
    if (kind !== "project" && kind !== "folder") {
      this.acts.refuse(gettext("Give it a project or a folder: its files are searched."));
      return;
    }
    await this.acts.run(async () => {
      const { task } = await post(`memories/${memory.id}/candidates/extract`, kind === "folder" ? { folder: id } : { project: id });
      const done = await pollTask(task);
      const found = done.result?.added ?? 0;
      await this.go({ memory: memory.id });
      this.#showList("candidates");
      toast(found ? fmt(ngettext("{n} new candidate waits for your decision.", "{n} new candidates wait for your decision.", found), { n: number(found) }) : gettext("No new candidate was found."), { kind: "done" });
    });
  }

  #showList(list) {
    this.list = list;
    this.#openPane();
  }

  // ---- entries ----
  onRecord(record) {
    this.record = record;
    this.side.onRecord(record);
  }

  searchAuthor(person) {
    const text = `author:${/\s/u.test(person.name) ? `"${person.name}"` : person.name}`;
    this.pane.search.set(text);
    this.pane.apply({ text: "", tokens: { author: person.name }, unknown: [] });
  }

  /** Write an entry or a term by hand. */
  async newRecord() {
    const { memory, pane } = this;
    const why = whyNot(memory, "edit_entries");
    if (why) {
      this.acts.refuse(why);
      return;
    }
    const terms = memory.kind === "terms";
    const area = (name, lang) => h("textarea", { class: "area", rows: "2", name, lang, dir: "auto", autofocus: name === "source" });
    const source = area("source", memory.source_language);
    const target = area("target", memory.target_language);
    const third = terms ? h("select", { class: "select", name: "use" }, ["preferred", "admitted", "forbidden"].map((use) => h("option", { value: use }, useName(use)))) : h("input", { class: "input mono", name: "key", autocomplete: "off", spellcheck: "false" });
    const note = h("input", { class: "input", name: "note", autocomplete: "off" });
    const made = await formDialog({
      title: terms ? gettext("New term") : gettext("New entry"),
      fields: [field(gettext("Source"), source), field(gettext("Target"), target), field(terms ? gettext("Use") : gettext("Key"), third), field(gettext("Note"), note)],
      action: gettext("Create"),
      save: () => pane.definition.create({ source: source.value, target: target.value, note: note.value, [terms ? "use" : "key"]: third.value }),
    }).closed;
    if (!made) return;
    await this.refreshMemory();
    pane.reload();
  }

  // ---- drawing ----
  drawFacts() {
    const { memory } = this;
    this.#drawCrumbs();
    if (memory?.kind === "memory") {
      const state = indexState(memory);
      drawIndexChip([h("span", { class: state.colour }, icon(state.icon, { small: true })), state.words]);
    } else drawIndexChip(null);
    need("#fact-write").textContent = memory?.kind === "memory" ? (memory.writable ? gettext("Writable") : gettext("Read-only")) : "";
    need("#fact-languages").textContent = memory ? `${memory.source_language.toUpperCase()} → ${memory.target_language.toUpperCase()}` : "";
    need("#fact-vectors").textContent = memory?.kind === "memory" ? vectorsText(memory.vectors) : "";
    this.drawChosen();
  }

  #drawCrumbs() {
    const { memory } = this;
    const ref = memory ? memory.scope : this.opened.place;
    const places = ref?.kind ? this.tree.places.upwards(ref).reverse() : [];
    const link = (target, name, current) => h("a", { href: addressOf(target), title: name, "aria-current": current ? "page" : null, onclick: (event) => this.#follow(event, target) }, name);
    const steps = [[{}, gettext("Memory and terms")], ...places.map((place) => [{ place: { kind: place.kind, id: place.id } }, place.name])];
    if (memory) steps.push([{ memory: memory.id }, memory.name]);
    fill(need("#crumbs"), steps.map(([target, name], index) => [index > 0 && icon("right"), link(target, name, index === steps.length - 1)]));
    const title = steps[steps.length - 1][1];
    document.title = `${title} · LocaNext`;
    if (title !== this.announced) announce(title);
    this.announced = title;
  }

  #follow(event, target) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.go(target);
  }

  /** How many entries are chosen. */
  drawChosen() {
    const n = this.pane?.chosenCount || 0;
    const all = this.pane?.grid.everything;
    need("#chosen").textContent = n > 1 || all ? fmt(ngettext("{n} chosen", "{n} chosen", n), { n: number(n) }) : "";
    this.#drawLines();
  }

  /** A line of the status bar stands between two facts only. */
  #drawLines() {
    let before = false;
    for (const part of need("#status").children) {
      if (part.classList.contains("sep")) {
        const next = part.nextElementSibling;
        const shown = before && Boolean(next && !next.hidden && next.textContent);
        part.hidden = !shown;
        if (shown) before = false;
      } else if (part.id !== "task-bar" && !part.hidden && part.textContent) before = true;
    }
  }
}

/** Tasks after which the tree or the entries are others. */
const concerns = (kind) => /memor|entries|terms|candidates|tm\./u.test(kind || "");

async function start() {
  const page = new MemoryPage();
  addEventListener("popstate", () => page.go(openedBy(location.pathname, location.search), { push: false }));
  // Others work here too: who comes back to the page after a while sees what is there now.
  let hiddenAt = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (hiddenAt && Date.now() - hiddenAt > AWAY) page.reload().catch(toastError);
  });
  document.addEventListener("locanext:task-ended", (event) => {
    if (concerns(event.detail?.kind)) page.reload().catch(toastError);
  });
  try {
    await page.tree.reload();
    await page.show();
    if (document.activeElement === document.body || !document.activeElement) {
      if (page.pane) page.pane.grid.focus();
      else page.tree.tree.focus();
    }
  } catch (error) {
    fill(page.middle, h("div", { class: "empty" }, icon("warn"), h("p", null, error?.name === "ApiError" ? error.message : gettext("The memories could not be loaded. Nothing was lost.")), h("button", { class: "btn", type: "button", onclick: () => location.reload() }, gettext("Try again"))));
    if (error?.name !== "ApiError") {
      console.error(error);
      toast(gettext("The memories could not be loaded. Nothing was lost."), { kind: "error" });
    }
  }
  page.middle.dataset.ready = "true";
}

start();
