/** What the columns of every grid have: widths that are dragged or moved by key, an order, kept per person. */

import { h } from "../../core/dom.js";
import { fmt, pgettext } from "../../core/i18n.js";
import { pref, setPref } from "../../core/prefs.js";
import { dragging } from "../splitter.js";

const STEP = 16;
const MOST = 640;

/**
 * `flex` columns share what is left: their width is a share in thousandths, the others' are pixels. `fixed` ones have
 * their place and their width; `always`: cannot be hidden.
 * @typedef {{id: string, width: number, shown: boolean, flex?: boolean, fixed?: boolean, always?: boolean, [more: string]: any}} AnyColumn
 */

/**
 * The columns that move, as they were saved: unknown ones are left out, missing ones come back.
 * @param {AnyColumn[]} given @param {unknown} saved @param {number} least pixels @returns {AnyColumn[]}
 */
export function savedOrder(given, saved, least) {
  const byId = new Map(given.map((column) => [column.id, column]));
  const own = (Array.isArray(saved) ? saved : [])
    .filter((one) => byId.has(one?.id) && !byId.get(one.id).fixed)
    .map((one) => {
      const base = byId.get(one.id);
      byId.delete(one.id);
      const width = Number.isFinite(one.width) ? Math.max(base.flex ? 150 : least, Math.min(base.flex ? 850 : MOST, one.width)) : base.width;
      return { ...base, width, shown: base.always || Boolean(one.shown) };
    });
  const rest = [...byId.values()].filter((column) => !column.fixed).map((column) => ({ ...column }));
  return [...own, ...rest];
}

export class ColumnSet {
  /**
   * @param {{
   *   head: string, setting: string, least: number,
   *   arrange: (saved: unknown) => AnyColumn[], name: (column: AnyColumn) => string,
   *   onWidths: () => void, onLayout: () => void,
   * }} parts class of the head, setting, fewest pixels, all columns as they were saved, a column's name;
   *   `onWidths`: rows stay; `onLayout`: other cells, rows are made anew
   */
  constructor(parts) {
    this.parts = parts;
    this.all = parts.arrange(pref(parts.setting));
    this.element = h("div", { class: parts.head, role: "row" });
    this.element.addEventListener("keydown", (event) => this.onKey(event));
  }

  shown() {
    return this.all.filter((column) => column.shown);
  }

  /** The widths, as CSS has them. */
  template() {
    return this.shown().map((column) => (column.flex ? `minmax(0, ${column.width}fr)` : `${column.width}px`)).join(" ");
  }

  save() {
    setPref(this.parts.setting, this.all.filter((column) => !column.fixed).map(({ id, width, shown }) => ({ id, width: Math.round(width), shown })));
  }

  /** The divider after a column. */
  handle(column, next) {
    const element = h("span", {
      class: "g-size", role: "separator", tabindex: "0", "aria-orientation": "vertical", "data-size": column.id,
      "aria-label": fmt(pgettext("column divider", "Width of {column}"), { column: this.parts.name(column) }), "aria-valuenow": Math.round(column.width),
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

  /** Move the divider after `column` by pixels. Between two that share, the shares change. */
  resize(column, next, pixels) {
    const within = (width) => Math.max(this.parts.least, Math.min(MOST, width));
    if (column.flex && next.flex) this.share(column, next, pixels);
    else if (column.flex) next.width = within(next.width - pixels);
    else column.width = within(column.width + pixels);
    this.element.querySelector(`[data-size="${column.id}"]`)?.setAttribute("aria-valuenow", String(Math.round(column.width)));
    this.parts.onWidths();
  }

  share(column, next, pixels) {
    const both = column.width + next.width;
    const room = [column, next].reduce((sum, one) => sum + (this.element.querySelector(`[data-column="${one.id}"]`)?.offsetWidth || 0), 0) || 1;
    column.width = Math.max(both * 0.2, Math.min(both * 0.8, column.width + (pixels / room) * both));
    next.width = both - column.width;
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

  /** Show or hide a column. */
  toggle(id) {
    const column = this.all.find((one) => one.id === id);
    column.shown = !column.shown;
    this.changed();
  }

  /** Back to how it was at first. */
  restore() {
    this.all = this.parts.arrange(null);
    this.changed();
  }

  changed() {
    this.save();
    this.draw();
    this.parts.onLayout();
  }
}
