/** Concordance: entries of the file's memories that hold a text, in the source or in the target. */

import { post } from "../core/api.js";
import { debounce, fill, h, icon } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { openMenu, separator } from "../components/menu.js";
import { marksAt, renderText, spoken } from "../components/textmark.js";
import { toastError } from "../components/toast.js";

const FIRST = 20;
const MOST = 100;
const SETTLE_MS = 250;

export class Concordance {
  /** @param {any} panel the Memory tab */
  constructor(panel) {
    this.panel = panel;
    this.input = h("input", {
      type: "search", autocomplete: "off", spellcheck: "false", "aria-label": gettext("Concordance"), placeholder: gettext("Words of the source or the target"),
      oninput: (event) => !event.isComposing && this.search(), oncompositionend: () => this.search(), onkeydown: (event) => this.#onKey(event),
    });
    this.list = h("div", { class: "conc-list" });
    this.say = h("p", { class: "faint conc-say", role: "status" });
    this.element = h("section", { class: "mem-conc", "aria-label": gettext("Concordance") },
      h("div", { class: "sec" }, gettext("Concordance"), h("kbd", { class: "kbd push" }, "Ctrl F3")),
      h("div", { class: "conc" }, h("label", { class: "query" }, icon("search", { small: true }), this.input), this.list, this.say));
    /** @type {Map<string, any>} entries that are shown, by item */
    this.entries = new Map();
    this.search = debounce(() => this.#search(FIRST), SETTLE_MS);
  }

  /** Look for what is selected, or let one type. */
  open() {
    const text = this.#selected();
    if (text) this.input.value = text;
    this.input.focus();
    this.input.select();
    this.keepInView();
    if (text) this.#search(FIRST);
  }

  /** Matches above it and what it finds come later: the field in which somebody types stays where it is seen. */
  keepInView() {
    if (document.activeElement !== this.input) return;
    const room = this.panel.host.clientHeight;
    this.element.scrollIntoView({ block: this.element.offsetHeight > room ? "start" : "nearest" });
  }

  /** What is selected in the page or in the cell editor, on one line, without colours. */
  #selected() {
    const { editor } = this.panel.editing;
    const { activeElement: field } = document;
    let text = String(getSelection());
    if (editor && field === editor.area) text = editor.alphabet.decode(editor.area.value.slice(editor.area.selectionStart, editor.area.selectionEnd));
    else if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) text = "";
    return spoken(text).replace(/[↵\s]+/gu, " ").trim().slice(0, 500);
  }

  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.#search(FIRST);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.panel.giveFocusBack();
    }
  }

  async #search(limit) {
    const text = this.input.value.trim();
    this.asked?.abort();
    if (!text) {
      this.#show([], "");
      return;
    }
    const asked = (this.asked = new AbortController());
    try {
      const found = await post(`files/${this.panel.info.file.id}/concordance`, { text, limit }, { signal: asked.signal });
      if (asked.signal.aborted) return;
      this.#show(found.results, found.results.length ? "" : gettext("No entry has this text."));
      if (found.more) fill(this.say, limit < MOST ? h("button", { class: "btn btn-quiet btn-s", type: "button", onclick: () => this.#search(MOST) }, gettext("Show more")) : gettext("There are more. A longer text finds fewer."));
    } catch (error) {
      if (error.name !== "AbortError") this.#show([], error.message);
    }
  }

  #show(hits, sentence) {
    this.entries = new Map(hits.map((hit) => [`c${hit.entry.id}`, hit.entry]));
    this.panel.roving.keep(() => {
      fill(this.list, hits.map((hit) => this.#hit(hit)));
      fill(this.say, sentence);
    });
    this.panel.roving.refresh();
    this.keepInView();
  }

  #hit({ entry, memory, places }) {
    const { source, target } = this.panel.info.languages;
    const side = (field, language) => {
      const found = places.filter((place) => place.field === field).map(({ start, end }) => ({ start, end, class: "hit" }));
      return h("span", { class: "g-text", lang: language.code || null, dir: language.dir || "auto" }, renderText(entry[field], { marks: marksAt(entry[field], found) }));
    };
    const item = `c${entry.id}`;
    return h("div", { class: "term-row two", role: "group", tabindex: "-1", "data-item": item, "aria-label": `${spoken(entry.source)}: ${spoken(entry.target)}`, title: [memory.name, entry.key].filter(Boolean).join(" · "), ondblclick: () => this.openEntry(item), oncontextmenu: (event) => { event.preventDefault(); this.menu(item, event); } }, side("source", source), side("target", target));
  }

  /** Go to an entry in the memory page. */
  openEntry(item) {
    const entry = this.entries.get(item);
    if (entry) this.panel.openEntry(entry.memory_id, entry);
  }

  menu(item, place) {
    const entry = this.entries.get(item);
    if (!entry) return;
    openMenu([
      { label: gettext("Open in the memory"), icon: "memory", key: "Enter", run: () => this.openEntry(item) },
      separator,
      { label: gettext("Insert the target"), icon: "right", run: () => this.panel.type(entry.target) },
      { label: gettext("Copy the target"), icon: "copy", run: () => navigator.clipboard.writeText(entry.target).catch(toastError) },
    ], place, { label: gettext("Entry") });
  }
}
