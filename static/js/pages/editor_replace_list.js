/** The hits of find and replace as a list: each with its row, the text before and after, and a box to leave it out. */

import { fill, h, icon } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { codePill, parse } from "../components/textmark.js";
import { makeRoving } from "./editor_roving.js";

/**
 * @typedef {{row_id: number, n: number, key: string, text: string, start: number, end: number, replacement: string, index: number,
 *   refused: {code: string, message: string}|null}} Hit
 *   one place of one row as the API's preview gives it; start and end are code points, index counts the hits of the row
 */

export class HitList {
  /**
   * @param {HTMLElement} element
   * @param {{language: {code?: string, dir?: string}, onUse: (hit: Hit) => void, onChoice: () => void, onMore: () => void, onLeave: () => void}} options
   */
  constructor(element, options) {
    this.element = element;
    this.options = options;
    /** @type {Hit[]} */
    this.hits = [];
    /** @type {Set<string>} hits that are left out, "row:index" */
    this.skipped = new Set();
    this.more = false;
    this.at = -1;
    this.roving = makeRoving(element, {
      use: (item) => this.#use(item),
      menu: () => {},
      leave: options.onLeave,
      focused: (item) => item.dataset.item !== "more" && this.mark(this.hits.findIndex((hit) => nameOf(hit) === item.dataset.item)),
    });
    element.addEventListener("keydown", (event) => {
      const item = /** @type {HTMLElement} */ (event.target).closest("[data-item]");
      if (event.code !== "Space" || !item || item.dataset.item === "more") return;
      event.preventDefault();
      this.toggle(item.dataset.item || "");
    });
    element.addEventListener("click", (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      const item = /** @type {HTMLElement|null} */ (target.closest("[data-item]"));
      if (!item) return;
      if (target.closest(".rp-box")) this.toggle(item.dataset.item || "");
      else this.#use(item);
    });
    element.addEventListener("scroll", () => {
      if (this.more && element.scrollTop + element.clientHeight > element.scrollHeight - 400) options.onMore();
    });
  }

  #use(item) {
    if (item.dataset.item === "more") this.options.onMore();
    else {
      const at = this.hits.findIndex((hit) => nameOf(hit) === item.dataset.item);
      this.mark(at);
      this.options.onUse(this.hits[at]);
    }
  }

  /** Other hits. @param {Hit[]} hits @param {boolean} more whether the server has others */
  show(hits, more) {
    this.hits = hits;
    this.more = more;
    this.at = -1;
    const top = this.element.scrollTop;
    this.roving.keep(() => fill(this.element, hits.map((hit) => this.#line(hit)), more && this.#moreLine()));
    this.roving.refresh();
    this.element.scrollTop = top;
  }

  /** Hits that follow those that are here. */
  append(hits, more) {
    this.hits.push(...hits);
    this.more = more;
    const last = this.element.querySelector('[data-item="more"]');
    const focused = last === document.activeElement;
    last?.remove();
    const lines = hits.map((hit) => this.#line(hit));
    this.element.append(...lines);
    if (more) this.element.append(this.#moreLine());
    if (focused) lines[0]?.focus();
  }

  #moreLine() {
    return h("div", { class: "rp-hit rp-more", role: "button", "data-item": "more", tabindex: "-1" }, h("span", { class: "link" }, gettext("Show more")));
  }

  #line(hit) {
    const { code, dir } = this.options.language;
    const name = nameOf(hit);
    const on = !hit.refused && !this.skipped.has(name);
    return h("div", { class: "rp-hit", role: "checkbox", "aria-checked": String(on), "aria-disabled": hit.refused ? "true" : null, "data-item": name, tabindex: "-1", "aria-label": this.#spoken(hit) },
      h("span", { class: "rp-box", "aria-hidden": "true" }, icon("check", { small: true })),
      h("span", { class: "num faint right" }, number(hit.n)),
      h("span", { class: "g-text", lang: code || null, dir: dir || "auto" }, renderHit(hit)),
      hit.refused && h("span", { class: "rp-why" }, hit.refused.message));
  }

  #spoken(hit) {
    const points = [...hit.text];
    const found = points.slice(hit.start, hit.end).join("");
    const words = fmt(hit.replacement ? gettext("Row {n}: {before} becomes {after}") : gettext("Row {n}: {before} goes"), { n: number(hit.n), before: found, after: hit.replacement });
    return hit.refused ? `${words}. ${hit.refused.message}` : words;
  }

  /** Take a hit or leave it. */
  toggle(name) {
    if (this.hits.find((hit) => nameOf(hit) === name)?.refused) return;
    if (!this.skipped.delete(name)) this.skipped.add(name);
    const item = this.element.querySelector(`[data-item="${CSS.escape(name)}"]`);
    item?.setAttribute("aria-checked", String(!this.skipped.has(name)));
    this.options.onChoice();
  }

  /** Take or leave every hit that is listed. */
  all(on) {
    for (const hit of this.hits) {
      if (hit.refused) continue;
      if (on) this.skipped.delete(nameOf(hit));
      else this.skipped.add(nameOf(hit));
    }
    for (const item of this.element.querySelectorAll("[role=checkbox]:not([aria-disabled])")) item.setAttribute("aria-checked", String(on));
    this.options.onChoice();
  }

  /** Show which hit the grid stands on. */
  mark(index) {
    this.at = index;
    this.element.querySelector(".is-here")?.classList.remove("is-here");
    const hit = this.hits[index];
    const item = hit && this.element.querySelector(`[data-item="${CSS.escape(nameOf(hit))}"]`);
    item?.classList.add("is-here");
    item?.scrollIntoView({ block: "nearest" });
  }

  /** The hit a step away from the one that is marked; at the ends it goes round. */
  step(direction) {
    if (!this.hits.length) return null;
    const start = this.at < 0 && direction < 0 ? 0 : this.at;
    const index = (start + direction + this.hits.length) % this.hits.length;
    this.mark(index);
    return this.hits[index];
  }

  get current() {
    return this.hits[this.at] || null;
  }

  /** Which hits of which rows are left out, as the API takes it. @returns {Object<string, number[]>} */
  left() {
    const left = {};
    for (const name of this.skipped) {
      const [row, index] = name.split(":");
      (left[row] ||= []).push(Number(index));
    }
    return left;
  }
}

/** The name of a hit among all. @param {Hit} hit */
export const nameOf = (hit) => `${hit.row_id}:${hit.index}`;

/** A text with one place replaced, as a difference. @param {Hit} hit */
export function renderHit(hit) {
  const points = [...hit.text];
  const part = (from, to) => marked(points.slice(from, to).join(""));
  // Far before the hit nothing helps to recognise it.
  const from = hit.start > 120 ? hit.start - 60 : 0;
  const to = points.length - hit.end > 240 ? hit.end + 120 : points.length;
  return [
    from > 0 && "… ", part(from, hit.start), h("del", null, part(hit.start, hit.end)), hit.replacement && h("ins", null, marked(hit.replacement)), part(hit.end, to), to < points.length && " …",
  ];
}

function marked(text) {
  return parse(text).map((piece) => {
    if (piece.type === "text") return piece.raw;
    if (piece.type === "break") return [h("span", { class: "eol" }), "\n"];
    return codePill(piece.type === "code" ? piece : { ...piece, kind: "esc" });
  });
}

/** "312 hits in 184 rows" */
export function countWords(hits, rows) {
  const places = fmt(ngettext("{n} hit", "{n} hits", hits), { n: number(hits) });
  return fmt(ngettext("{hits} in {n} row", "{hits} in {n} rows", rows), { hits: places, n: number(rows) });
}
