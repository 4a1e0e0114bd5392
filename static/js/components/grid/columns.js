/** The columns of the grid of a file's rows. */

import { h } from "../../core/dom.js";
import { ownLanguageName } from "../../core/format.js";
import { gettext } from "../../core/i18n.js";
import { ColumnSet, savedOrder } from "./columnset.js";

const LEAST = 72;

/** @type {import("./columnset.js").AnyColumn[]} */
const DEFAULTS = [
  { id: "number", width: 68, shown: true, fixed: true },
  { id: "key", width: 150, shown: false },
  { id: "context", width: 160, shown: false },
  { id: "source", width: 500, shown: true, flex: true, always: true },
  { id: "target", width: 500, shown: true, flex: true, always: true },
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

/** What was saved, over the defaults. The number stays first and the marks last. */
export function savedColumns(saved) {
  return [{ ...DEFAULTS[0] }, ...savedOrder(DEFAULTS, saved, LEAST), { ...DEFAULTS[DEFAULTS.length - 1] }];
}

export class Columns extends ColumnSet {
  /** @param {() => void} onWidths rows stay @param {() => void} onLayout rows are made anew */
  constructor(onWidths, onLayout) {
    super({ head: "g-head", setting: "grid.columns", least: LEAST, arrange: savedColumns, name: (column) => columnName(column.id), onWidths, onLayout });
    this.languages = null;
  }

  /** Room for the largest row number. */
  fit(total) {
    const number = this.all[0];
    const width = Math.max(68, 38 + String(total).length * 7);
    if (number.width === width) return;
    number.width = width;
    this.parts.onWidths();
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
}

/** Columns that may be shown or hidden. */
export const OPTIONAL = DEFAULTS.filter((column) => !column.fixed && !column.flex).map((column) => column.id);
