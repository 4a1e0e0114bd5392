/** Concordance: entries of the file's memories that hold a text, in the source or in the target. */

import { post } from "../core/api.js";
import { debounce, fill, h, icon } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { openMenu } from "../components/menu.js";
import { toastError } from "../components/toast.js";

const LIMIT = 50;

export class Concordance {
  /** @param {any} panel the Memory tab */
  constructor(panel) {
    this.panel = panel;
    this.input = h("input", { type: "search", autocomplete: "off", spellcheck: "false", placeholder: gettext("Words of the source or the target"), oninput: () => this.search(), onkeydown: (event) => this.#onKey(event) });
    this.list = h("div", { class: "conc-list", role: "status" });
    this.element = h("section", { class: "mem-conc", "aria-label": gettext("Concordance") },
      h("div", { class: "sec" }, gettext("Concordance"), h("span", { class: "push" }, h("kbd", { class: "kbd" }, "Ctrl F3"))),
      h("div", { class: "conc" }, h("label", { class: "query" }, h("span", { class: "sr" }, gettext("Concordance")), icon("search", { small: true }), this.input), this.list));
    this.search = debounce(() => this.#search(), 200);
  }

  /** Look for what is selected, or let one type. */
  open() {
    const text = selectedText();
    if (text) this.input.value = text;
    this.input.focus();
    this.input.select();
    if (text) this.#search();
  }

  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.#search();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      const { grid } = this.panel;
      if (grid.selection.current >= 0) grid.focusRow(grid.selection.current);
    }
  }

  async #search() {
    const text = this.input.value.trim();
    this.asked?.abort();
    if (!text) {
      fill(this.list);
      return;
    }
    const asked = (this.asked = new AbortController());
    try {
      const found = await post(`files/${this.panel.info.file.id}/concordance`, { text, limit: LIMIT }, { signal: asked.signal });
      fill(this.list, found.results.length ? found.results.map((one) => this.#hit(one)) : h("p", { class: "faint" }, gettext("No entry holds this.")), found.more && h("p", { class: "faint" }, gettext("There are more. Add a word.")));
    } catch (error) {
      if (error.name !== "AbortError") fill(this.list, h("p", { class: "faint" }, error.message));
    }
  }

  #hit({ entry, memory, places }) {
    const { source, target } = this.panel.info.languages;
    const side = (field, language) => h("span", { class: "g-text", lang: language.code || null, dir: language.dir || "auto" }, marked(entry[field], places.filter((place) => place.field === field)));
    return h("div", { class: "term-row two", tabindex: "-1", title: [memory.name, entry.key].filter(Boolean).join(" · "), oncontextmenu: (event) => { event.preventDefault(); this.#menu(entry, event); } }, side("source", source), side("target", target));
  }

  #menu(entry, place) {
    openMenu([
      { label: gettext("Insert the target"), icon: "right", run: () => this.panel.type(entry.target) },
      { label: gettext("Copy the target"), icon: "copy", run: () => navigator.clipboard.writeText(entry.target).catch(toastError) },
      { label: gettext("Open in the memory"), icon: "memory", run: () => location.assign(`/memory/${entry.memory_id}/?search=${encodeURIComponent(entry.key || entry.source)}`) },
    ], place, { label: gettext("Entry") });
  }
}

/** A text with what was found marked; places count code points. @param {string} text @param {{start: number, end: number}[]} places */
export function marked(text, places) {
  const points = Array.from(text);
  const pieces = [];
  let at = 0;
  for (const { start, end } of [...places].sort((a, b) => a.start - b.start)) {
    if (start < at) continue;
    pieces.push(points.slice(at, start).join(""), h("mark", null, points.slice(start, end).join("")));
    at = end;
  }
  return [...pieces, points.slice(at).join("")];
}

/** What is selected in the page or in a text field, on one line. */
function selectedText() {
  const field = document.activeElement;
  const typed = field instanceof HTMLTextAreaElement ? field.value.slice(field.selectionStart, field.selectionEnd) : "";
  return (typed || String(getSelection())).replace(/\s+/gu, " ").trim().slice(0, 500);
}
