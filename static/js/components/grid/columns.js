/** The columns of the grid: which, in what order, how wide; dragged, moved by key, kept per person. */

import { h } from "../../core/dom.js";
import { ownLanguageName } from "../../core/format.js";
import { fmt, gettext, pgettext } from "../../core/i18n.js";
import { pref, setPref } from "../../core/prefs.js";
import { dragging } from "../splitter.js";

const STEP = 16;
const LEAST = 72;
const MOST = 640;

/**
 * `flex` columns share what is left; their width is a share in thousandths, the others' are pixels.
 * @typedef {{id: string, width: number, shown: boolean, flex?: boolean, fixed?: boolean}} Column
 */

/** @type {Column[]} */
const DEFAULTS = [
  { id: "number", width: 68, shown: true, fixed: true },
  { id: "key", width: 150, shown: false },
  { id: "context", width: 160, shown: false },
  { id: "source", width: 500, shown: true, flex: true },
  { id: "target", width: 500, shown: true, flex: true },
  { id: "reference", width: 260, shown: false },
  { id: "comment", width: 200, shown: false },
  { id: "location", width: 130, shown: false },
  { id: "length", width: 80, shown: false },
  { id: "edited", width: 120, shown: false },
  { id: "marks", width: 36, shown: true, fixed: true },
];

/** The name of a column. */
export function columnName(id) {
  switch (id) {
    case "number": return "#";
    case "key": return gettext("Key");
    case "context": return gettext("Context");
    case "source": return gettext("Source");
    case "target": return gettext("Target");
    case "reference": return gettext("Reference");
    case "comment": return gettext("Comment");
    case "location": return gettext("Place in the file");
    case "length": return gettext("Length");
    case "edited": return gettext("Edited by");
    default: return gettext("Marks");
  }
}

/** What was saved, over the defaults: unknown columns are left out, missing ones come back. @returns {Column[]} */
export function savedColumns(saved) {
  const list = Array.isArray(saved) ? saved : [];
  const byId = new Map(DEFAULTS.map((column) => [column.id, column]));
  const own = list
    .filter((column) => byId.has(column?.id) && !byId.get(column.id).fixed)
    .map((column) => {
      const base = byId.get(column.id);
      byId.delete(column.id);
      const width = Number.isFinite(column.width) ? Math.max(base.flex ? 150 : LEAST, Math.min(base.flex ? 850 : MOST, column.width)) : base.width;
      return { ...base, width, shown: base.flex ? true : Boolean(column.shown) };
    });
  const rest = [...byId.values()].filter((column) => !column.fixed).map((column) => ({ ...column }));
  return [{ ...DEFAULTS[0] }, ...own, ...rest, { ...DEFAULTS[DEFAULTS.length - 1] }];
}

export class Columns {
  /** @param {() => void} onChange widths only: rows stay. @param {() => void} onLayout other cells: rows are made anew */
  constructor(onChange, onLayout) {
    this.onChange = onChange;
    this.onLayout = onLayout;
    this.all = savedColumns(pref("grid.columns"));
    this.languages = null;
    this.element = h("div", { class: "g-head", role: "row" });
    this.element.addEventListener("keydown", (event) => this.onKey(event));
  }

  shown() {
    return this.all.filter((column) => column.shown);
  }

  /** The value of --cols. */
  template() {
    return this.shown().map((column) => (column.flex ? `minmax(0, ${column.width}fr)` : `${column.width}px`)).join(" ");
  }

  save() {
    setPref("grid.columns", this.all.filter((column) => !column.fixed).map(({ id, width, shown }) => ({ id, width: Math.round(width), shown })));
  }

  /** Room for the largest row number. */
  fit(total) {
    const number = this.all[0];
    const width = Math.max(68, 38 + String(total).length * 7);
    if (number.width === width) return;
    number.width = width;
    this.onChange();
  }

  draw(languages = this.languages) {
    this.languages = languages;
    this.element.replaceChildren(...this.shown().map((column, index) => this.headCell(column, index)));
  }

  headCell(column, index) {
    const language = this.languages?.[column.id];
    const cell = h("span", { role: "columnheader", class: column.id === "number" ? "right" : null, "data-column": column.id, "aria-colindex": index + 1 });
    if (column.id === "marks") cell.append(h("span", { class: "sr" }, columnName(column.id)));
    else cell.append(columnName(column.id));
    if (language?.code) cell.append(h("b", { lang: language.code }, ownLanguageName(language.code)));
    const next = this.shown()[index + 1];
    if (next && !column.fixed && (!next.fixed || !column.flex)) cell.append(this.handle(column, next));
    return cell;
  }

  handle(column, next) {
    const element = h("span", {
      class: "g-size", role: "separator", tabindex: "0", "aria-orientation": "vertical", "data-size": column.id,
      "aria-label": fmt(pgettext("column divider", "Width of {column}"), { column: columnName(column.id) }), "aria-valuenow": Math.round(column.width),
    });
    dragging(element, (startX) => {
      const rtl = getComputedStyle(this.element).direction === "rtl" ? -1 : 1;
      let before = startX;
      return {
        move: (x) => {
          this.resize(column, next, (x - before) * rtl);
          before = x;
        },
        end: () => this.save(),
      };
    });
    return element;
  }

  /** Move the divider after `column` by pixels. Between source and target the shares change. */
  resize(column, next, pixels) {
    if (column.flex && next.flex) this.share(column, next, pixels);
    else if (column.flex) next.width = clamp(next.width - pixels);
    else column.width = clamp(column.width + pixels);
    const handle = this.element.querySelector(`[data-size="${column.id}"]`);
    handle?.setAttribute("aria-valuenow", String(Math.round(column.width)));
    this.onChange();
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
    const rtl = getComputedStyle(this.element).direction === "rtl" ? -1 : 1;
    const shown = this.shown();
    const at = shown.findIndex((column) => column.id === id);
    this.resize(shown[at], shown[at + 1], (event.code === "ArrowRight" ? STEP : -STEP) * rtl);
    this.save();
  }

  /** Show or hide a column. */
  toggle(id) {
    const column = this.all.find((one) => one.id === id);
    column.shown = !column.shown;
    this.changed();
  }

  /** Move a column one place towards the start (-1) or the end (1) among those shown. */
  shift(id, step) {
    const shown = this.shown();
    const other = shown[shown.findIndex((one) => one.id === id) + step];
    if (!other || other.fixed) return;
    const a = this.all.findIndex((one) => one.id === id);
    const b = this.all.indexOf(other);
    [this.all[a], this.all[b]] = [this.all[b], this.all[a]];
    this.changed();
  }

  /** Back to how it was at first. */
  restore() {
    this.all = savedColumns(null);
    this.changed();
  }

  changed() {
    this.save();
    this.draw();
    this.onLayout();
  }
}

const clamp = (width) => Math.max(LEAST, Math.min(MOST, width));

/** Columns that may be shown or hidden. */
export const OPTIONAL = DEFAULTS.filter((column) => !column.fixed && !column.flex).map((column) => column.id);
