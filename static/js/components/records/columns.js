/** The columns of a record grid, and what the rows are sorted by. */

import { h, icon } from "../../core/dom.js";
import { fmt, gettext } from "../../core/i18n.js";
import { ColumnSet, savedOrder } from "../grid/columnset.js";

const LEAST = 48;
const NARROW = globalThis.matchMedia?.("(max-width: 1199px)");

/**
 * As those of every grid (columnset.js), and:
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

/** What was saved, over the given columns. Those with a fixed place come first. @param {Column[]} given */
export function withSaved(given, saved) {
  return [...given.filter((column) => column.fixed).map((column) => ({ ...column })), ...savedOrder(given, saved, LEAST)];
}

export class RecordColumns extends ColumnSet {
  /**
   * @param {Column[]} given @param {string} setting
   * @param {{onWidths: () => void, onLayout: () => void, onSort: (sort: string) => void}} host
   */
  constructor(given, setting, host) {
    super({ head: "rec-head", setting, least: LEAST, arrange: (saved) => withSaved(given, saved), name: (column) => column.label, onWidths: host.onWidths, onLayout: host.onLayout });
    this.host = host;
    /** @type {string} "-changed", or "" */
    this.sort = "";
    this.element.addEventListener("click", (event) => this.onClick(event));
    NARROW?.addEventListener("change", () => {
      if (!this.element.isConnected) return;
      this.draw();
      host.onLayout();
    });
  }

  shown() {
    return this.all.filter((column) => column.shown && !(column.leaves && NARROW?.matches));
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
}
