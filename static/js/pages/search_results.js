/** The rows that a search found: grouped by file, hits marked, a list to walk through by keys. */

import { fill, freshId, h, icon } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { isComposing } from "../core/keyboard.js";
import { statusColour, statusIcon, statusName } from "../components/status.js";
import { marksAt, renderText, spoken } from "../components/textmark.js";
import { keepResults } from "./search_back.js";

const SKELETONS = 8;

/** A text with its hits: places count code points. A code that was found for its letters is marked as a whole. */
const marked = (text, places) => renderText(text, { marks: marksAt(text, (places || []).map(([start, end]) => ({ start, end, class: "hit", codes: true }))) });

export class Results {
  /**
   * @param {HTMLElement} place
   * @param {{more: () => Promise<boolean>, back: () => void, address: (row: number) => string, retry: () => void, everywhere: () => void, contains: () => void}} acts
   */
  constructor(place, acts) {
    this.place = place;
    this.acts = acts;
    this.clear();
    place.addEventListener("keydown", (event) => this.onKey(event));
    place.addEventListener("focusin", (event) => {
      const row = event.target instanceof Element ? event.target.closest(".s-row") : null;
      if (row) this.choose(row);
    });
    place.addEventListener("click", (event) => {
      const row = event.target instanceof Element ? /** @type {HTMLElement|null} */ (event.target.closest(".s-row")) : null;
      if (row) this.leave(Number(row.dataset.row));
    });
  }

  clear() {
    /** @type {Map<number, {list: HTMLElement, count: HTMLElement}>} */
    this.files = new Map();
    this.list = h("div", { class: "s-list", role: "listbox", "aria-label": gettext("Rows that were found") });
    this.foot = h("div", { class: "s-foot" });
    fill(this.place, this.list, this.foot);
  }

  rows() {
    return /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll(".s-row")]);
  }

  has(id) {
    return Boolean(this.list.querySelector(`[data-row="${id}"]`));
  }

  // ---- what is shown ----
  /** @param {any[]} results @param {{hasMore: boolean, similar: boolean}} options */
  add(results, { hasMore, similar }) {
    if (similar && results.length && !this.list.previousSibling) this.list.before(h("p", { class: "s-note m-semantic" }, icon("same", { small: true }), gettext("Rows of a similar meaning, the nearest first. How near they are has no number.")));
    for (const result of results) this.group(result).append(rowOf(result, this.link(result)));
    for (const { list, count } of this.files.values()) count.textContent = number(list.querySelectorAll(".s-row").length);
    const rows = this.rows();
    if (rows.length && !rows.some((row) => row.tabIndex === 0)) this.choose(rows[0]);
    fill(this.foot, hasMore && h("button", { class: "btn", type: "button", onclick: () => this.goOn() }, gettext("More rows")));
  }

  link(result) {
    return `/files/${result.file_id}/?row=${result.row_id}&from=search`;
  }

  group(result) {
    const known = this.files.get(result.file_id);
    if (known) return known.list;
    const id = freshId("file");
    const path = (result.path || []).filter((step) => step.kind !== "file").map((step) => step.name).join(" › ");
    const count = h("span", { class: "num faint" });
    const list = h("div", { class: "s-group", role: "group", "aria-labelledby": id },
      h("div", { class: "s-file", role: "presentation" }, icon("file", { small: true }), h("span", { class: "strong", id }, result.file_name), count, h("span", { class: "faint clip" }, path)));
    this.list.append(list);
    this.files.set(result.file_id, { list, count });
    return list;
  }

  invite() {
    this.clear();
    this.empty("search", gettext("Type a part of a text. Two Korean or Chinese letters are enough."));
  }

  /** @param {{mode: string, narrow: boolean, similar?: {state: string, message: string}}} what `similar`: how a search by meaning was made */
  nothing({ mode, narrow, similar }) {
    if (similar && similar.state !== "ready") {
      this.empty("same", similar.message, similar.state !== "loading" && h("button", { class: "btn", type: "button", onclick: this.acts.contains }, gettext("Look for the words instead")));
      return;
    }
    const words = mode === "similar" ? gettext("No row of a similar meaning.") : gettext("No row matches.");
    this.empty(mode === "similar" ? "same" : "search", words, narrow && h("button", { class: "btn", type: "button", onclick: this.acts.everywhere }, gettext("Look everywhere")));
  }

  fault(error, mode) {
    this.clear();
    const isSimilar = mode === "similar" && !error.isTemporary;
    const act = isSimilar
      ? h("button", { class: "btn", type: "button", onclick: this.acts.contains }, gettext("Look for the words instead"))
      : h("button", { class: "btn", type: "button", onclick: this.acts.retry }, gettext("Try again"));
    // What the field says below itself is not said twice.
    if (error.code === "bad_query") this.empty("search", gettext("Nothing was looked for."));
    else this.empty(isSimilar ? "same" : "warn", error.message, act);
  }

  empty(glyph, words, act = null) {
    this.list.hidden = true;
    fill(this.foot, h("div", { class: glyph === "same" ? "empty is-similar" : "empty" }, icon(glyph), h("p", null, words), act));
  }

  faultBelow(error) {
    fill(this.foot, h("p", { class: "form-error", role: "alert" }, error.message), h("button", { class: "btn", type: "button", onclick: () => this.goOn() }, gettext("Try again")));
  }

  /** Nothing came within a moment: rows to come. */
  wait() {
    this.clear();
    this.list.hidden = true;
    const bar = () => h("span", { class: "skel" });
    fill(this.foot, h("div", { class: "s-list", "aria-busy": "true", "aria-label": gettext("Searching…") }, Array.from({ length: SKELETONS }, () => h("div", { class: "s-row" }, h("span"), bar(), bar(), bar()))));
  }

  // ---- keys ----
  choose(row) {
    for (const other of this.list.querySelectorAll('.s-row[tabindex="0"]')) {
      other.tabIndex = -1;
      other.setAttribute("aria-selected", "false");
    }
    row.tabIndex = 0;
    row.setAttribute("aria-selected", "true");
  }

  /** Put the focus into the list: on a row, or on the last one that had it. */
  enter(id = 0) {
    const row = /** @type {HTMLElement|null} */ ((id && this.list.querySelector(`[data-row="${id}"]`)) || this.list.querySelector('.s-row[tabindex="0"]'));
    row?.focus();
    row?.scrollIntoView({ block: id ? "center" : "nearest" });
  }

  async goOn() {
    const rows = this.rows();
    const last = rows[rows.length - 1];
    const began = document.activeElement;
    const came = await this.acts.more();
    // The button that had the focus is gone.
    if (came && began instanceof Element && !began.isConnected) this.rows()[rows.length]?.focus();
    else if (!came && began instanceof Element && !began.isConnected) last?.focus();
  }

  async onKey(event) {
    if (isComposing(event) || event.ctrlKey || event.altKey || event.metaKey) return;
    const rows = this.rows();
    const here = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (event.code === "Escape") this.acts.back();
    else if (here < 0) return;
    else if (event.code === "ArrowUp" && here === 0) this.acts.back();
    else if (event.code === "ArrowDown" && here === rows.length - 1) {
      event.preventDefault();
      if (await this.acts.more()) this.rows()[here + 1]?.focus();
      return;
    } else {
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -rows.length, End: rows.length }[event.code];
      if (!step) return;
      rows[Math.max(0, Math.min(rows.length - 1, here + step))]?.focus();
    }
    event.preventDefault();
  }

  /** The way back from the editor leads to this row of the list. */
  leave(row) {
    const address = this.acts.address(row);
    history.replaceState(null, "", address);
    keepResults(address);
  }
}

function rowOf(result, href) {
  const ranges = result.ranges || {};
  const text = (field, language) => h("span", { class: field === "source" ? "s-text g-src" : "s-text", lang: language || null, dir: "auto" }, h("span", { class: "s-in" }, marked(result[field] || "", ranges[field])));
  const name = [fmt(gettext("Row {n}"), { n: number(result.n) }), statusName(result.status), fmt(gettext("source {text}"), { text: spoken(result.source) }), result.target ? fmt(gettext("target {text}"), { text: spoken(result.target) }) : gettext("target empty")].join(", ");
  const comment = ranges.comment?.length && result.comment ? h("span", { class: "s-also" }, icon("comment", { small: true }), h("span", { dir: "auto" }, marked(result.comment, ranges.comment))) : null;
  return h("a", { class: `s-row is-${statusColour(result.status)}`, href, role: "option", tabindex: "-1", "aria-selected": "false", "aria-label": name, "data-row": result.row_id },
    h("span", { class: "s-num" }, statusIcon(result.status), number(result.n)),
    text("source", result.source_language), text("target", result.target_language),
    h("span", { class: "s-key mono clip" }, h("bdi", null, marked(result.key || "", ranges.key))), comment);
}
