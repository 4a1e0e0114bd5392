/** The columns of a record grid: which, in what order, how wide, and what the rows are sorted by. Kept per person. */

import { h, icon } from "../../core/dom.js";
import { fmt, gettext, pgettext } from "../../core/i18n.js";
import { pref, setPref } from "../../core/prefs.js";
import { dragging } from "../splitter.js";

const STEP = 16;
const LEAST = 48;
const MOST = 640;
const NARROW = globalThis.matchMedia?.("(max-width: 1199px)");

/**
 * `flex` columns share what is left: their width is a share in thousandths, the others' are pixels.
 * @typedef {Object} Column
 * @property {string} id
 * @property {string} label
 * @property {number} width
 * @property {boolean} shown
 * @property {boolean} [flex]
 * @property {boolean} [fixed] has its place and its width
 * @property {boolean} [always] cannot be hidden
 * @property {boolean} [right]
 * @property {boolean} [leaves] not shown in a narrow window
 * @property {string} [sort] what the server sorts by
 * @property {boolean} [falling] sorts from large to small at first
 */

/** What was saved, over the given columns: unknown ones are left out, missing ones come back. @param {Column[]} given */
export function withSaved(given, saved) {
  const byId = new Map(given.map((column) => [column.id, column]));
  const own = (Array.isArray(saved) ? saved : [])
    .filter((one) => byId.has(one?.id) && !byId.get(one.id).fixed)
    .map((one) => {
      const base = byId.get(one.id);
      byId.delete(one.id);
      const width = Number.isFinite(one.width) ? Math.max(base.flex ? 150 : LEAST, Math.min(base.flex ? 850 : MOST, one.width)) : base.width;
      return { ...base, width, shown: base.always || Boolean(one.shown) };
    });
  const rest = [...byId.values()].filter((column) => !column.fixed).map((column) => ({ ...column }));
  return [...given.filter((column) => column.fixed).map((column) => ({ ...column })), ...own, ...rest];
}

export class RecordColumns {
  /**
   * @param {Column[]} given @param {string} name of the setting
   * @param {{onWidths: () => void, onLayout: () => void, onSort: (sort: string) => void}} host
   */
  constructor(given, name, host) {
    this.given = given;
    this.name = name;
    this.host = host;
    this.all = withSaved(given, pref(name));
    /** @type {string} "-changed", or "" */
    this.sort = "";
    this.element = h("div", { class: "rec-head", role: "row" });
    this.element.addEventListener("click", (event) => this.onClick(event));
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    NARROW?.addEventListener("change", () => {
      if (!this.element.isConnected) return;
      this.draw();
      host.onLayout();
    });
  }

  shown() {
    return this.all.filter((column) => column.shown && !(column.leaves && NARROW?.matches));
  }

  /** The value of --cols. */
  template() {
    return this.shown().map((column) => (column.flex ? `minmax(0, ${column.width}fr)` : `${column.width}px`)).join(" ");
  }

  save() {
    setPref(this.name, this.all.filter((column) => !column.fixed).map(({ id, width, shown }) => ({ id, width: Math.round(width), shown })));
  }

  setSort(sort) {
    this.sort = sort;
    this.draw();
  }

  draw() {
    const focused = this.element.contains(document.activeElement) ? document.activeElement?.getAttribute("data-sort") : null;
    this.element.replaceChildren(...this.shown().map((column, index) => this.cell(column, index)));
    if (focused) this.element.querySelector(`[data-sort="${focused}"]`)?.focus({ preventScroll: true });
  }

  cell(column, index) {
    const by = this.sort.replace(/^-/u, "") === column.sort && column.sort;
    const falling = this.sort.startsWith("-");
    const cell = h("span", { role: "columnheader", class: column.right ? "right" : null, "data-column": column.id, "aria-colindex": index + 1, "aria-sort": by ? (falling ? "descending" : "ascending") : null });
    const words = column.fixed ? h("span", { class: "sr" }, column.label) : h("span", { class: "clip" }, column.label);
    if (!column.sort) cell.append(words);
    else {
      cell.append(h("button", { class: by ? "rec-sort on" : "rec-sort", type: "button", "data-sort": column.sort, title: fmt(gettext("Sort by {column}"), { column: column.label }) },
        words, by && icon(falling ? "down" : "up", { small: true })));
    }
    const next = this.shown()[index + 1];
    if (next && !column.fixed) cell.append(this.handle(column, next));
    return cell;
  }

  handle(column, next) {
    const element = h("span", {
      class: "g-size", role: "separator", tabindex: "0", "aria-orientation": "vertical", "data-size": column.id,
      "aria-label": fmt(pgettext("column divider", "Width of {column}"), { column: column.label }), "aria-valuenow": Math.round(column.width),
    });
    dragging(element, (startX) => {
      let before = startX;
      return {
        move: (x) => {
          this.resize(column, next, (x - before) * this.direction());
          before = x;
        },
        end: () => this.save(),
      };
    });
    return element;
  }

  direction() {
    return getComputedStyle(this.element).direction === "rtl" ? -1 : 1;
  }

  resize(column, next, pixels) {
    if (column.flex && next.flex) this.share(column, next, pixels);
    else if (column.flex) next.width = clamp(next.width - pixels);
    else column.width = clamp(column.width + pixels);
    this.element.querySelector(`[data-size="${column.id}"]`)?.setAttribute("aria-valuenow", String(Math.round(column.width)));
    this.host.onWidths();
  }

  share(column, next, pixels) {
    const both = column.width + next.width;
    const room = [column, next].reduce((sum, one) => sum + (this.element.querySelector(`[data-column="${one.id}"]`)?.offsetWidth || 0), 0) || 1;
    column.width = Math.max(both * 0.2, Math.min(both * 0.8, column.width + (pixels / room) * both));
    next.width = both - column.width;
  }

  onClick(event) {
    const id = event.target.closest?.("[data-sort]")?.getAttribute("data-sort");
    if (id) this.sortBy(id);
  }

  /** Sort by this; again: the other way round. */
  sortBy(id) {
    const column = this.all.find((one) => one.sort === id);
    const first = column?.falling ? `-${id}` : id;
    const other = column?.falling ? id : `-${id}`;
    this.setSort(this.sort === first ? other : first);
    this.host.onSort(this.sort);
  }

  onKey(event) {
    const id = event.target.dataset?.size;
    if (!id || !event.altKey || (event.code !== "ArrowLeft" && event.code !== "ArrowRight")) return;
    event.preventDefault();
    event.stopPropagation();
    const shown = this.shown();
    const at = shown.findIndex((column) => column.id === id);
    this.resize(shown[at], shown[at + 1], (event.code === "ArrowRight" ? STEP : -STEP) * this.direction());
    this.save();
  }

  toggle(id) {
    const column = this.all.find((one) => one.id === id);
    column.shown = !column.shown;
    this.changed();
  }

  /** Back to how it was at first. */
  restore() {
    this.all = withSaved(this.given, null);
    this.changed();
  }

  changed() {
    this.save();
    this.draw();
    this.host.onLayout();
  }
}

const clamp = (width) => Math.max(LEAST, Math.min(MOST, width));
