/**
 * The grid of a file's rows: windows of rows, a viewport, columns, the cursor and the picked rows.
 * It knows nothing of saving: `editing.js` does that on top of it.
 *
 * Events: "current" {row, index}, "selection", "view" {total, filtered}, "edit" {index, typed?}, "menu" {event|element},
 * "rows" {first, last}, "error" {error}, "leave" {index} (the cursor is about to leave a row by mouse),
 * "moved" (other rows may be on the screen), "remote" {rows} (others saved them), "shifted" {from, to} (the row in the
 * editor has another index now), "gone" (the row in the editor is not in the view any more),
 * "late" {late} (so many saves have not arrived).
 */

import { get, post } from "../../core/api.js";
import { h } from "../../core/dom.js";
import { number } from "../../core/format.js";
import { isComposing } from "../../core/keyboard.js";
import { Columns } from "./columns.js";
import { matches } from "./filter.js";
import { GridFrame, lineHeight } from "./frame.js";
import { fillRow, makeRow, redrawSource } from "./rows.js";
import { Selection } from "./selection.js";
import { TextStyle } from "./textstyle.js";
import { Viewport } from "./viewport.js";
import { RowWindows } from "./windows.js";

const NO_VIEW = { saving: false, draft: false, refusal: null };

export class Grid extends GridFrame {
  /** @param {{root: HTMLElement, fileId: number, label: string, languages: any, format: string, total: number}} options */
  constructor(options) {
    super(".g-row", "--cols-own");
    this.options = options;
    this.context = { languages: options.languages, format: options.format };
    this.filter = null;
    this.view = null;
    this.raw = false;
    /** Ids of rows that an own edit took out of the filter. */
    this.left = new Set();
    /** What editing knows of a row: {saving, draft, refusal}. @type {(row: any) => any} */
    this.stateOf = () => NO_VIEW;
    /** @type {Map<string, (row: any) => any>} what others know of rows, drawn from `view.extra[name]`; equal answers draw nothing */
    this.extras = new Map();
    this.windows = new RowWindows({
      fetch: (start, count, signal) => get(`files/${options.fileId}/rows`, { query: { start, count, view: this.view }, signal }),
      onRows: (first, last) => this.onRows(first, last),
      onError: (error) => this.onError(error),
    });
    this.selection = new Selection((changed) => this.onSelection(changed));
    this.columns = new Columns(() => this.applyColumns(), () => this.remake());
    this.build();
    this.windows.total = options.total;
  }

  build() {
    this.element = h("div", {
      class: "grid fill", role: "grid", "aria-label": this.options.label, "aria-multiselectable": "true", id: "grid",
    });
    this.body = h("div", { class: "g-view", role: "presentation", tabindex: "0", "data-pane": "grid" });
    this.element.append(this.columns.element, this.body);
    this.options.root.append(this.element);
    this.columns.draw(this.context.languages);
    this.applyColumns();
    this.viewport = new Viewport(
      this.body,
      {
        total: () => this.windows.total,
        has: (index) => Boolean(this.windows.at(index)),
        want: (first, last, direction) => this.windows.want(first, last, direction),
        make: () => makeRow(this.columns.shown()),
        fill: (element, index) => this.fill(element, index),
        numberAt: (index) => number(this.windows.at(index)?.n ?? index + 1),
        onMove: () => this.afterMove(),
        held: () => (this.editing >= 0 ? this.editing : this.selection.current),
      },
      lineHeight(),
    );
    this.text = new TextStyle(this.element, () => this.refresh(true));
    this.listen();
  }

  listen() {
    super.listen();
    this.body.addEventListener("dblclick", (event) => {
      const { index, cell } = this.placeOf(event.target);
      if (index >= 0 && cell === "target" && index !== this.editing) this.emit("edit", { index });
    });
    this.body.addEventListener("keydown", (event) => this.onTyping(event));
  }

  // ---- drawing ----
  fill(element, index) {
    if (index === this.editing && element.drawn?.index === index) return;
    const row = this.windows.at(index);
    fillRow(element, row, index, this.viewOf(row, index), this.context);
  }

  /** Let `ask(row)` say more about rows under a name, such as "held" or "issues"; undefined where there is nothing. */
  contribute(name, ask) {
    this.extras.set(name, ask);
  }

  extraOf(row) {
    const extra = {};
    for (const [name, ask] of this.extras) {
      const value = ask(row);
      if (value !== undefined) extra[name] = value;
    }
    return extra;
  }

  viewOf(row, index) {
    const left = Boolean(row && this.left.has(row.id)) && index !== this.selection.current;
    return { on: index === this.selection.current, picked: this.selection.has(index), left, raw: this.raw, round: this.round, ...(row ? this.stateOf(row) : NO_VIEW), extra: row ? this.extraOf(row) : {} };
  }

  /** What is marked in the source of a row changed. Its target may be in the editor. */
  redrawSource(id) {
    const index = this.windows.indexOf(id);
    const element = index >= 0 && this.viewport.live.get(index);
    if (!element) return;
    const row = this.windows.at(index);
    if (index === this.editing) redrawSource(element, row, this.viewOf(row, index), this.context);
    else this.fill(element, index);
  }

  /** The rows on the screen and just beyond, as far as they are here. */
  shownRows() {
    return [...this.viewport.live.keys()].sort((a, b) => a - b).map((index) => this.windows.at(index)).filter(Boolean);
  }

  /** A row looks different. */
  redraw(id) {
    const index = this.windows.indexOf(id);
    if (index >= 0) this.viewport.redraw(index);
    if (index === this.selection.current) this.emitCurrent();
  }

  setRaw(on) {
    this.raw = on;
    this.refresh();
  }

  // ---- rows coming ----
  onRows(first, last) {
    this.columns.fit(this.options.total || this.windows.total);
    this.element.setAttribute("aria-rowcount", String(this.windows.total));
    this.viewport.draw();
    const { current } = this.selection;
    if (current >= first && current < last) this.emitCurrent();
    this.emit("rows", { first, last });
    this.failures = 0;
  }

  onError(error) {
    if (error.code === "view_gone") {
      this.reload().catch((problem) => this.emit("error", { error: problem }));
      return;
    }
    this.emit("error", { error });
    if (!error.isTemporary) return;
    this.failures = (this.failures || 0) + 1;
    setTimeout(() => this.viewport.draw(), Math.min(15000, 1000 * 2 ** this.failures));
  }

  // ---- views ----
  /** Show the rows that a filter lets through (null: all). The row with the cursor stays in sight where it can. */
  async applyFilter(filter) {
    const generation = (this.filterGeneration = (this.filterGeneration || 0) + 1);
    const keep = this.row()?.id;
    const wanted = { ...filter, row: keep, count: this.windows.block };
    const answer = filter ? await this.windows.expect(post(`files/${this.options.fileId}/views`, wanted)) : null;
    if (generation !== this.filterGeneration) return;
    this.emit("remake");
    this.filter = filter;
    this.view = answer?.view ?? null;
    this.left.clear();
    this.windows.reset(answer ? answer.total : this.options.total, answer);
    this.viewport.clear();
    this.selection.set(-1);
    const index = answer ? (answer.index ?? -1) : keep ? await this.locate({ row: keep }).catch(() => -1) : -1;
    if (generation !== this.filterGeneration) return;
    this.viewport.jump(Math.max(0, index - 3));
    this.element.setAttribute("aria-rowcount", String(this.windows.total));
    if (this.windows.total) this.selection.set(Math.max(0, index));
    this.emit("view", { total: this.windows.total, filtered: Boolean(filter) });
  }

  /** The index of a row in this view. Raises ApiError 404 when it is not in it. */
  async locate(query, view = this.view) {
    const answer = await get(`files/${this.options.fileId}/locate`, { query: { ...query, view } });
    return answer.index;
  }

  /** Rows were added, removed or changed in numbers elsewhere: fetch again. The cursor and the editor stay on their row. */
  async reload(total = this.options.total) {
    const generation = (this.filterGeneration = (this.filterGeneration || 0) + 1);
    const answer = this.filter ? await post(`files/${this.options.fileId}/views`, this.filter) : null;
    const view = answer?.view ?? null;
    const id = this.keptRow()?.id;
    const index = id === undefined ? -1 : await this.locate({ row: id }, view).catch(() => -1);
    if (generation !== this.filterGeneration) return;
    this.options.total = total;
    this.view = view;
    const from = this.keptIndex();
    // The cursor may have gone on while the server was asked.
    const moved = this.keptRow()?.id === id && index >= 0 ? index - from : 0;
    const lost = this.editing >= 0 && index < 0;
    if (lost) this.emit("gone");
    this.windows.reset(answer ? answer.total : total);
    this.viewport.reindex(moved);
    if (this.editing >= 0) {
      this.editing += moved;
      if (moved) this.emit("shifted", { from, to: this.editing });
    }
    const current = Math.min(this.selection.current + moved, this.windows.total - 1);
    if (this.selection.current >= 0 && current !== this.selection.current) this.selection.set(current);
    this.element.setAttribute("aria-rowcount", String(this.windows.total));
    this.viewport.draw();
    this.emit("view", { total: this.windows.total, filtered: Boolean(this.filter) });
  }

  /** Where the editor or else the cursor is. */
  keptIndex() {
    return this.editing >= 0 ? this.editing : this.selection.current;
  }

  keptRow() {
    return this.row(this.keptIndex());
  }

  // ---- the cursor ----
  /** The row at an index, or the one with the cursor. */
  row(index = this.selection.current) {
    return index >= 0 ? this.windows.at(index) : undefined;
  }

  /** The next index in a direction that can be seen. */
  neighbour(index, direction) {
    let at = index + direction;
    while (at >= 0 && at < this.windows.total && this.left.has(this.windows.at(at)?.id)) at += direction;
    return at >= 0 && at < this.windows.total ? at : -1;
  }

  /** Put the cursor on a row, bring it into sight and give it the focus. */
  goTo(index, { extend = false, focus = true } = {}) {
    if (!this.windows.total) return;
    const to = Math.max(0, Math.min(this.windows.total - 1, index));
    if (extend) {
      if (!this.selection.extend(to)) this.emit("limit");
    } else this.selection.set(to);
    this.viewport.reveal(to);
    if (focus) this.focusRow(to);
  }

  /** Choose every row of the view, however many. */
  chooseAll() {
    this.selection.chooseAll(this.windows.total);
  }

  /** Many rows changed elsewhere: fetch what is on the screen again; the view, the cursor and the editor stay. */
  refetch() {
    this.windows.reset(this.windows.total);
    this.viewport.draw();
  }

  afterMove() {
    super.afterMove();
    this.emit("moved");
  }

  onSelection(changed) {
    for (const index of changed ?? this.viewport.live.keys()) {
      const element = this.viewport.live.get(index);
      if (element) this.fillSelection(element, index);
    }
    this.takeFocus();
    this.emitCurrent();
    this.emit("selection");
  }

  fillSelection(element, index) {
    if (index !== this.editing) return this.fill(element, index);
    element.classList.add("is-on");
    element.tabIndex = 0;
    return undefined;
  }

  emitCurrent() {
    this.emit("current", { row: this.row(), index: this.selection.current });
  }

  /** Remember that an own edit took a row out of the filter; it goes when the cursor leaves it. */
  checkFilter(row) {
    if (!this.filter) return;
    if (matches(row, this.filter)) this.left.delete(row.id);
    else this.left.add(row.id);
  }

  // ---- mouse and keys ----
  onMouseDown(event) {
    if (event.button !== 0) return;
    const { index, element } = this.placeOf(event.target);
    if (index < 0 || event.target.closest("button, a, textarea, input")) return;
    if (index === this.editing && event.target.closest(".g-edit")) return;
    if (this.editing >= 0 && index !== this.editing) this.emit("leave", { index });
    if (event.shiftKey) {
      event.preventDefault();
      if (!this.selection.extend(index)) this.emit("limit");
    } else if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      if (!this.selection.toggle(index)) this.emit("limit");
    } else if (index !== this.selection.current || this.selection.isMany) this.selection.set(index);
    if (index !== this.editing) element.focus({ preventScroll: true });
  }

  /** Just typing begins to edit; so does the first key of an input method. */
  onTyping(event) {
    if (event.defaultPrevented || this.editing >= 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!(event.target instanceof Element) || !event.target.closest(".g-row") || this.selection.isMany) return;
    if (isComposing(event) || event.key === "Process") this.emit("edit", { index: this.selection.current });
    else if ([...event.key].length === 1 && (this.coming || (event.key !== " " && event.key !== "?"))) {
      event.preventDefault();
      this.emit("edit", { index: this.selection.current, typed: event.key });
    }
  }
}
