/**
 * A grid of records that come page by page: drawing, the cursor, the picked rows, sorting. It knows nothing of
 * saving: `editing.js` does that on top of it.
 *
 * Events: "current" {record, index}, "selection", "edit" {index, column}, "menu" {place}, "sort" {sort},
 * "rows", "error" {error}, "leave", "remake".
 */

import { fill, h } from "../../core/dom.js";
import { number } from "../../core/format.js";
import { GridFrame, lineHeight } from "../grid/frame.js";
import { Selection } from "../grid/selection.js";
import { Viewport } from "../grid/viewport.js";
import { RecordColumns } from "./columns.js";
import { KeysetPages } from "./pages.js";

const PLAIN = { saving: false, refusal: null };
const MOST_PICKED = 5000;

/**
 * @typedef {Object} Options
 * @property {HTMLElement} root
 * @property {string} label of the grid
 * @property {Column[]} columns
 * @property {string} setting name of the columns' setting
 * @property {string} sort to begin with
 * @property {(sort: string, cursor: string, limit: number, signal: AbortSignal) => Promise<any>} fetch
 * @property {(id: string, record: any, state: any) => any} cell content of a cell
 * @property {(record: any) => string} describe a record, read aloud
 * @property {(record: any) => string} [look] a class of its row
 */

export class RecordGrid extends GridFrame {
  /** @param {Options} options */
  constructor(options) {
    super(".rec-row", "--cols");
    this.options = options;
    /** Everything that matches is picked, also what was not fetched. */
    this.everything = false;
    /** What editing knows of a record. @type {(record: any) => any} */
    this.stateOf = () => PLAIN;
    this.pages = new KeysetPages({
      fetch: (cursor, limit, signal) => options.fetch(this.columns.sort, cursor, limit, signal),
      onRows: () => this.onRows(),
      onError: (error) => this.emit("error", { error }),
    });
    this.selection = new Selection((changed) => this.onSelection(changed), MOST_PICKED);
    this.columns = new RecordColumns(options.columns, options.setting, {
      onWidths: () => this.applyColumns(),
      onLayout: () => this.remake(),
      onSort: (sort) => this.emit("sort", { sort }),
    });
    this.columns.sort = options.sort;
    this.build();
  }

  build() {
    this.body = h("div", { class: "g-view", role: "presentation", tabindex: "0" });
    this.element = h("div", { class: "rec fill", role: "grid", "aria-label": this.options.label, "aria-multiselectable": "true" }, this.columns.element, this.body);
    this.options.root.append(this.element);
    this.columns.draw();
    this.applyColumns();
    this.viewport = new Viewport(
      this.body,
      {
        total: () => this.pages.total,
        has: (index) => Boolean(this.pages.at(index)),
        want: (first, last) => this.pages.want(first, last),
        make: () => this.makeRow(),
        fill: (element, index) => this.fill(element, index),
        numberAt: (index) => number(index + 1),
        onMove: () => this.afterMove(),
      },
      lineHeight(),
    );
    this.listen();
  }

  listen() {
    super.listen();
    this.body.addEventListener("dblclick", (event) => {
      const { index, cell } = this.placeOf(event.target);
      if (index >= 0 && index !== this.editing) this.emit("edit", { index, column: cell });
    });
  }

  /** Take the grid off the page for good. */
  remove() {
    this.stop.abort();
    this.pages.stop();
    this.element.remove();
  }

  // ---- drawing ----
  makeRow() {
    const element = /** @type {any} */ (h("div", { class: "rec-row", role: "row", tabindex: "-1" }));
    element.cells = {};
    this.columns.shown().forEach((column, index) => {
      const cell = h("div", { class: `rec-cell rec-${column.id}${column.right ? " right" : ""}`, role: "gridcell", "aria-colindex": index + 1, "data-column": column.id });
      element.cells[column.id] = cell;
      element.append(cell);
    });
    return element;
  }

  fill(element, index) {
    const last = element.drawn;
    if (index === this.editing && last?.index === index) return;
    const record = this.pages.at(index);
    const state = record ? this.stateOf(record) : PLAIN;
    const on = index === this.selection.current;
    const picked = this.everything || this.selection.has(index);
    element.classList.toggle("is-on", on);
    element.classList.toggle("is-picked", picked);
    element.setAttribute("aria-selected", String(on || picked));
    element.tabIndex = on ? 0 : -1;
    if (last && last.record === record && last.index === index && last.round === this.round && last.state.saving === state.saving && last.state.refusal === state.refusal) return;
    element.drawn = { record, index, state, round: this.round };
    element.setAttribute("aria-rowindex", String(index + 1));
    element.dataset.index = String(index);
    element.querySelector(".rec-below")?.remove();
    if (record) this.drawRecord(element, record, state);
    else this.drawSkeleton(element, index);
  }

  drawRecord(element, record, state) {
    element.dataset.id = String(record.id);
    element.removeAttribute("aria-busy");
    element.className = ["rec-row", element.classList.contains("is-on") && "is-on", element.classList.contains("is-picked") && "is-picked", state.refusal && "is-refused", this.options.look?.(record)].filter(Boolean).join(" ");
    for (const [id, cell] of Object.entries(element.cells)) fill(cell, this.options.cell(id, record, state));
    if (state.refusal) element.append(h("div", { class: "rec-below" }, state.refusal.element));
    element.setAttribute("aria-label", this.options.describe(record));
  }

  drawSkeleton(element, index) {
    delete element.dataset.id;
    element.setAttribute("aria-busy", "true");
    element.setAttribute("aria-label", number(index + 1));
    for (const [id, cell] of Object.entries(element.cells)) {
      const flex = this.columns.all.find((column) => column.id === id)?.flex;
      const bar = flex ? h("span", { class: "skel" }) : null;
      if (bar) bar.style.width = `${30 + ((index * 37 + id.length * 19) % 55)}%`;
      fill(cell, bar);
    }
  }

  /** A record looks different. */
  redraw(id) {
    const index = this.pages.indexOf(id);
    if (index < 0) return;
    this.viewport.redraw(index);
    if (index === this.selection.current) this.emitCurrent();
  }

  // ---- records coming and going ----
  /** Another list: from the top. */
  reload(guess) {
    this.emit("remake");
    this.everything = false;
    this.pages.reset(guess);
    this.viewport.clear();
    this.viewport.heights.forgetPlaces();
    this.selection.set(-1);
    this.viewport.jump(0);
    this.waitForFirst = true;
  }

  onRows() {
    this.element.setAttribute("aria-rowcount", String(this.pages.isWhole ? this.pages.known : this.pages.count ?? -1));
    if (this.waitForFirst && this.pages.known) {
      this.waitForFirst = false;
      this.selection.set(0);
    }
    this.viewport.draw();
    this.emitCurrent();
    this.emit("rows");
  }

  /** Records that are gone leave; the cursor stays where it was in the list. @returns {any[]} for `giveBack` */
  take(ids) {
    const { current } = this.selection;
    const keep = this.record()?.id;
    let taken = [];
    this.reorder(() => {
      taken = this.pages.take(ids);
      const index = keep === undefined ? -1 : this.pages.indexOf(keep);
      return index >= 0 ? index : Math.min(current, this.pages.known - 1);
    });
    return taken;
  }

  /** Records that come back, and the cursor on the first of them. */
  giveBack(taken) {
    if (!taken.length) return;
    this.reorder(() => {
      this.pages.giveBack(taken);
      return this.pages.indexOf(taken[0].record.id);
    });
  }

  /** Change the list: indices mean other records then. `change` answers with the index of the cursor. */
  reorder(change) {
    const focused = this.body.contains(document.activeElement);
    this.emit("remake");
    this.everything = false;
    const index = change();
    this.viewport.clear();
    this.selection.set(index);
    this.viewport.render();
    if (this.selection.current >= 0) this.goTo(this.selection.current, { focus: focused });
    else if (focused) this.body.focus();
    this.emit("rows");
  }

  // ---- the cursor ----
  record(index = this.selection.current) {
    return index >= 0 ? this.pages.at(index) : undefined;
  }

  /** The records that an act concerns; those that were let go are left out. */
  chosen() {
    return this.selection.indices().map((index) => this.pages.at(index)).filter(Boolean);
  }

  goTo(index, { extend = false, focus = true } = {}) {
    if (!this.pages.known) return;
    const to = Math.max(0, Math.min(this.pages.total - 1, index));
    this.pickEverything(false);
    if (extend) this.selection.extend(to);
    else this.selection.set(to);
    this.viewport.reveal(to);
    if (focus) this.focusRow(to);
  }

  /** All that match, fetched or not. */
  pickEverything(on) {
    if (this.everything === on) return;
    this.everything = on;
    this.viewport.draw();
    this.emit("selection");
  }

  focus() {
    if (this.selection.current >= 0) this.focusRow(this.selection.current);
    else this.body.focus();
  }

  onSelection(changed) {
    for (const index of changed) {
      const element = this.viewport.live.get(index);
      if (element) this.fill(element, index);
    }
    this.takeFocus();
    this.emitCurrent();
    this.emit("selection");
  }

  emitCurrent() {
    this.emit("current", { record: this.record(), index: this.selection.current });
  }

  // ---- mouse and keys ----
  onMouseDown(event) {
    if (event.button !== 0) return;
    const { index, element } = this.placeOf(event.target);
    if (index < 0 || event.target.closest("button, a, textarea, input, select")) return;
    if (index === this.editing) return;
    if (this.editing >= 0) this.emit("leave", { index });
    this.pickEverything(false);
    if (event.shiftKey) {
      event.preventDefault();
      this.selection.extend(index);
    } else if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.selection.toggle(index);
    } else if (index !== this.selection.current || this.selection.picked.size) this.selection.set(index);
    element.focus({ preventScroll: true });
  }

  isChosen(index) {
    return this.everything || super.isChosen(index);
  }
}
