/** A list of named things in columns: windowed, sortable, many chosen at once, renamed in place. */

import { fill, freshId, h, icon } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { isComposing } from "../core/keyboard.js";
import { Picks, TypeAhead } from "./pick.js";
import { listenDrag } from "./filelist_drag.js";
import { startRename } from "./filelist_rename.js";

/**
 * @typedef {Object} ListColumn
 * @property {string} id
 * @property {string} label
 * @property {string} width of a grid column
 * @property {boolean} [right]
 * @property {(item: any) => any} cell content
 * @property {(a: any, b: any) => number} [compare] sorting by it
 * @property {boolean} [descending] sorts from large to small at first
 */

/**
 * @typedef {Object} ListOptions
 * @property {string} label
 * @property {(item: any) => string} keyOf
 * @property {(item: any) => string} nameOf
 * @property {(item: any) => string} iconOf
 * @property {(item: any) => string} [describe] the row as it is read aloud
 * @property {(item: any) => Node|null} [beside] behind the name
 * @property {(a: any, b: any) => number} [group] order that always comes first, such as folders before files
 * @property {(item: any) => void} open
 * @property {(place: any) => void} menu on what is chosen, or on the background
 * @property {() => void} changed the choice or the cursor moved
 * @property {(id: string, place: any) => void} [columnMenu]
 * @property {(id: string, descending: boolean) => void} [sorted]
 * @property {(item: any) => boolean} [takes] whether things can be dropped on it
 * @property {(target: any|null, event: DragEvent) => boolean} [accepts]
 * @property {(target: any|null, event: DragEvent) => void} [drop]
 * @property {(items: any[], event: DragEvent) => void} [drag]
 */

const BUFFER = 12;

export class FileList {
  /** @param {HTMLElement} host @param {ListOptions} options */
  constructor(host, options) {
    this.host = host;
    this.options = options;
    this.items = [];
    /** @type {ListColumn[]} */
    this.columns = [];
    this.sort = { id: "name", descending: false };
    this.dimmed = new Set();
    this.byKey = new Map();
    this.picks = new Picks(() => this.items.map(options.keyOf));
    this.ahead = new TypeAhead();
    this.prefix = freshId("item");
    this.head = h("div", { class: "list-head", role: "row" });
    this.body = h("div", { class: "flist-body", role: "rowgroup" });
    this.empty = h("div", { class: "flist-empty", hidden: true });
    this.element = h("div", { class: "flist focus-in", role: "grid", tabindex: "0", "aria-label": options.label, "aria-multiselectable": "true" }, h("div", { role: "rowgroup", class: "flist-top" }, this.head), this.body, this.empty);
    host.append(this.element);
    this.#listen();
    listenDrag(this);
  }

  get rowHeight() {
    this.height ||= this.body.firstElementChild?.getBoundingClientRect().height || 34;
    return this.height;
  }

  /** @param {ListColumn[]} columns */
  setColumns(columns) {
    this.columns = columns;
    this.element.style.setProperty("--cols", columns.map((one) => one.width).join(" "));
    this.#drawHead();
    this.draw();
  }

  /** @param {any[]} items in their own order @param {{keep?: boolean}} [options] keep: the choice stays */
  setItems(items, { keep = false } = {}) {
    const before = this.items.map(this.options.keyOf);
    this.given = items;
    this.byKey = new Map(items.map((item) => [this.options.keyOf(item), item]));
    this.#order();
    if (keep) this.picks.settle(before);
    else {
      this.picks.none();
      this.picks.cursor = null;
      this.picks.anchor = null;
      this.element.scrollTop = 0;
    }
    this.draw();
    this.options.changed();
  }

  setSort(id, descending) {
    this.sort = { id, descending };
    this.#order();
    this.#drawHead();
    this.draw();
  }

  #order() {
    const column = this.columns.find((one) => one.id === this.sort.id);
    const sign = this.sort.descending ? -1 : 1;
    this.items = [...(this.given || [])];
    if (!column?.compare) return;
    this.items.sort((a, b) => this.options.group?.(a, b) || sign * column.compare(a, b));
  }

  /** The chosen items in the order shown. */
  chosen() {
    return this.items.filter((item) => this.picks.has(this.options.keyOf(item)));
  }

  cursorItem() {
    return this.byKey.get(this.picks.cursor) || null;
  }

  /** Choose items by their keys and bring the first into view. */
  choose(keys) {
    const present = keys.filter((key) => this.byKey.has(key));
    if (!present.length) return;
    this.picks.only(present[0]);
    this.picks.chosen = new Set(present);
    this.show(present[0]);
    this.draw();
    this.options.changed();
  }

  show(key) {
    const index = this.items.findIndex((item) => this.options.keyOf(item) === key);
    if (index < 0) return;
    const top = index * this.rowHeight;
    const space = this.element.clientHeight - this.head.offsetHeight;
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + this.rowHeight > this.element.scrollTop + space) this.element.scrollTop = top + this.rowHeight - space;
  }

  focus() {
    this.element.focus({ preventScroll: true });
  }

  setEmpty(content) {
    fill(this.empty, content);
    this.empty.hidden = !content;
  }

  #drawHead() {
    fill(
      this.head,
      this.columns.map((column) => {
        const sorted = column.id === this.sort.id;
        const direction = sorted ? (this.sort.descending ? "descending" : "ascending") : null;
        return h("span", { class: `flist-th row${column.right ? " right" : ""}${sorted ? " sorted" : ""}`, role: "columnheader", "aria-sort": direction, "data-column": column.id },
          h("span", { class: "clip" }, column.label), sorted && icon(this.sort.descending ? "down" : "up", { small: true }));
      }),
    );
    this.element.setAttribute("aria-colcount", String(this.columns.length));
  }

  /** Draw the rows that are in view, and the row under the cursor wherever it is. */
  draw() {
    const { rowHeight, items } = this;
    if (this.renaming) return;
    this.element.setAttribute("aria-rowcount", String(items.length + 1));
    this.body.style.height = `${items.length * rowHeight}px`;
    const first = Math.max(0, Math.floor(this.element.scrollTop / rowHeight) - BUFFER);
    const last = Math.min(items.length, Math.ceil((this.element.scrollTop + (this.element.clientHeight || 900)) / rowHeight) + BUFFER);
    const rows = [];
    const cursor = items.findIndex((item) => this.options.keyOf(item) === this.picks.cursor);
    if (cursor >= 0 && cursor < first) rows.push(this.#row(items[cursor], cursor));
    for (let index = first; index < last; index += 1) rows.push(this.#row(items[index], index));
    if (cursor >= last) rows.push(this.#row(items[cursor], cursor));
    fill(this.body, rows);
    this.drawn = { first, last };
    this.paint();
  }

  #row(item, index) {
    const key = this.options.keyOf(item);
    const classes = ["list-row", this.dimmed.has(key) && "is-cut", key === this.picks.cursor && "is-cursor"].filter(Boolean).join(" ");
    const row = h(
      "div",
      { class: classes, role: "row", id: `${this.prefix}-${key.replace(":", "-")}`, "aria-rowindex": index + 2, "aria-selected": String(this.picks.has(key)), "aria-label": this.options.describe?.(item) || null, "data-key": key, draggable: this.options.drag ? "true" : null },
      this.columns.map((column) =>
        column.id === "name"
          ? h("span", { class: "name", role: "gridcell" }, icon(this.options.iconOf(item)), h("span", { class: "clip", title: this.options.nameOf(item) }, this.options.nameOf(item)), this.options.beside?.(item))
          : h("span", { class: column.right ? "right num" : "clip", role: "gridcell" }, column.cell(item))),
    );
    row.style.insetBlockStart = `${index * this.rowHeight}px`;
    return row;
  }

  /** Edit a name where it stands. Resolves to the new name, or null. */
  rename(key) {
    this.picks.only(key);
    this.show(key);
    this.draw();
    return startRename(this, this.body.querySelector(`[data-key="${CSS.escape(key)}"]`), this.options.nameOf(this.byKey.get(key)));
  }

  itemAt(target) {
    const row = target instanceof Element ? target.closest(".list-row") : null;
    return row && this.body.contains(row) ? this.byKey.get(row.dataset.key) : null;
  }

  #pick(act) {
    act();
    this.paint();
    this.options.changed();
  }

  /** Show the choice on the rows that are there: they stay the same elements, so that a drag or double click goes on. */
  paint() {
    for (const row of this.body.children) {
      row.setAttribute("aria-selected", String(this.picks.has(row.dataset.key)));
      row.classList.toggle("is-cursor", row.dataset.key === this.picks.cursor);
      row.classList.toggle("is-cut", this.dimmed.has(row.dataset.key));
    }
    const active = this.picks.cursor === null ? null : `${this.prefix}-${this.picks.cursor.replace(":", "-")}`;
    if (active) this.element.setAttribute("aria-activedescendant", active);
    else this.element.removeAttribute("aria-activedescendant");
  }

  #listen() {
    let frame = 0;
    const soon = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        const { first, last } = this.drawn || { first: 0, last: 0 };
        const top = Math.floor(this.element.scrollTop / this.rowHeight);
        const bottom = Math.ceil((this.element.scrollTop + this.element.clientHeight) / this.rowHeight);
        if (top < first + 3 || bottom > last - 3) this.draw();
      });
    };
    this.element.addEventListener("scroll", soon, { passive: true });
    new ResizeObserver(() => this.draw()).observe(this.element);
    this.element.addEventListener("mousedown", (event) => this.#onPress(event));
    this.element.addEventListener("click", (event) => this.#onClick(event));
    this.element.addEventListener("dblclick", (event) => {
      const item = this.itemAt(event.target);
      if (item && !event.target.closest("input")) this.options.open(item);
    });
    this.element.addEventListener("contextmenu", (event) => {
      if (event.target.closest("input")) return;
      event.preventDefault();
      const column = event.target.closest("[data-column]");
      if (column && this.head.contains(column)) {
        this.options.columnMenu?.(column.dataset.column, event);
        return;
      }
      const item = this.itemAt(event.target);
      if (!item) this.#pick(() => this.picks.none());
      else if (!this.picks.has(this.options.keyOf(item))) this.#pick(() => this.picks.only(this.options.keyOf(item)));
      this.options.menu(event);
    });
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** A press on something not chosen chooses it at once, so that it can be dragged away in the same movement. */
  #onPress(event) {
    if (event.button !== 0 || event.target.closest("input")) return;
    const item = this.itemAt(event.target);
    const key = item && this.options.keyOf(item);
    this.pressed = "";
    if (event.target.closest(".flist-th")) return;
    if (!item) {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) this.#pick(() => this.picks.none());
    } else if (event.shiftKey) this.#pick(() => this.picks.extend(key, event.ctrlKey || event.metaKey));
    else if (event.ctrlKey || event.metaKey) this.#pick(() => this.picks.toggle(key));
    else if (this.picks.has(key)) this.pressed = key;
    else this.#pick(() => this.picks.only(key));
    this.focus();
  }

  #onClick(event) {
    const column = event.target.closest(".flist-th");
    if (column) {
      const one = this.columns.find((each) => each.id === column.dataset.column);
      if (!one?.compare) return;
      const descending = this.sort.id === one.id ? !this.sort.descending : Boolean(one.descending);
      this.setSort(one.id, descending);
      this.options.sorted?.(one.id, descending);
      return;
    }
    if (this.pressed) this.#pick(() => this.picks.only(this.pressed));
    this.pressed = "";
  }

  #onKey(event) {
    if (isComposing(event) || event.target.closest("input") || event.altKey) return;
    const control = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor((this.element.clientHeight - this.head.offsetHeight) / this.rowHeight) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const mode = event.shiftKey ? "extend" : control ? "cursor" : "only";
    if (event.code in steps) {
      const by = Math.max(-this.items.length, Math.min(this.items.length, steps[event.code]));
      this.#pick(() => this.picks.step(by, mode));
      if (this.picks.cursor !== null) this.show(this.picks.cursor);
      this.draw();
    } else if (event.code === "Space" && control && this.picks.cursor !== null) this.#pick(() => this.picks.toggle(this.picks.cursor));
    else if (event.code === "KeyA" && control) this.#pick(() => this.picks.all());
    else if ((event.code === "Enter" || event.code === "NumpadEnter") && this.cursorItem() && !control) this.options.open(this.cursorItem());
    else if (event.code === "ContextMenu" || (event.shiftKey && event.code === "F10")) {
      const row = this.picks.cursor !== null && this.picks.has(this.picks.cursor) ? this.body.querySelector(`[data-key="${CSS.escape(this.picks.cursor)}"] .name`) : null;
      this.options.menu(row || this.head);
    } else if (!control && event.key.length === 1 && event.key !== " " && event.key !== "?" && this.ahead.takes(event)) {
      const found = this.ahead.find(event.key, this.items.map(this.options.nameOf), this.items.findIndex((item) => this.options.keyOf(item) === this.picks.cursor), event.timeStamp);
      if (found < 0) return;
      const key = this.options.keyOf(this.items[found]);
      this.#pick(() => this.picks.only(key));
      this.show(key);
      this.draw();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** A column of names, sorted as people count. */
export const nameColumn = (compare, label = gettext("Name")) => ({ id: "name", label, width: "minmax(12rem, 1fr)", cell: () => null, compare });
