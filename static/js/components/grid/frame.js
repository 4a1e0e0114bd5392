/** What every grid of drawn rows has, whatever they are: its widths, the focus on a row, the mouse's menu, its redrawing. */

const LINE = { tight: 28, normal: 34, roomy: 42 };

/** Pixels of a row with one line. */
export const lineHeight = () => LINE[document.documentElement.dataset.density] || LINE.normal;

/**
 * Who extends it makes `element`, `body`, `columns`, `selection` and `viewport`, and says how a row is filled
 * (`fill`), gone to (`goTo`), pressed (`onMouseDown`) and who has the cursor (`emitCurrent`).
 */
export class GridFrame extends EventTarget {
  /** @param {string} rowClass @param {string} widths the property of the style that holds the columns' widths */
  constructor(rowClass, widths) {
    super();
    this.rowClass = rowClass;
    this.widths = widths;
    this.round = 0;
    /** Index of the row in the editor: it is never drawn again. */
    this.editing = -1;
    this.stop = new AbortController();
  }

  emit(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  listen() {
    this.body.addEventListener("mousedown", (event) => this.onMouseDown(event));
    this.body.addEventListener("contextmenu", (event) => this.onContextMenu(event));
    this.body.addEventListener("focus", () => {
      if (this.selection.current < 0) this.goTo(this.viewport.anchor.index);
    });
    for (const name of ["locanext:theme", "locanext:density"]) document.addEventListener(name, () => this.refresh(true), { signal: this.stop.signal });
  }

  // ---- drawing ----
  applyColumns() {
    this.element.style.setProperty(this.widths, this.columns.template());
    this.element.setAttribute("aria-colcount", String(this.columns.shown().length));
    this.viewport?.heights.forgetPlaces();
    this.viewport?.draw();
  }

  /** Columns came or went: rows are made anew. */
  remake() {
    const focused = this.body.contains(document.activeElement);
    this.emit("remake");
    this.viewport.clear();
    this.applyColumns();
    this.viewport.render();
    if (focused && this.selection.current >= 0) this.focusRow(this.selection.current);
  }

  /** Draw every row again: theme, density, raw text. */
  refresh(measures = false) {
    this.round += 1;
    if (measures) this.viewport.heights.clear(lineHeight());
    this.viewport.draw();
  }

  /** Take the editor of a row away and draw the row. */
  closeEditor(editor, focus) {
    this.editing = -1;
    editor.close();
    const element = /** @type {any} */ (this.viewport.live.get(editor.index));
    if (element) {
      element.drawn = null;
      this.fill(element, editor.index);
    }
    this.viewport.render();
    if (focus) this.focusRow(editor.index);
  }

  // ---- the focus ----
  focusRow(index) {
    const element = this.viewport.live.get(index);
    this.focusWhenHere = element ? -1 : index;
    element?.focus({ preventScroll: true });
  }

  afterMove() {
    if (this.focusWhenHere >= 0 && this.viewport.live.has(this.focusWhenHere)) this.focusRow(this.focusWhenHere);
    this.takeFocus();
  }

  /** The grid itself can have the focus while no row has the cursor. */
  takeFocus() {
    this.body.tabIndex = this.selection.current < 0 ? 0 : -1;
  }

  // ---- mouse ----
  placeOf(target) {
    const element = target instanceof Element ? target.closest(this.rowClass) : null;
    const cell = target instanceof Element ? target.closest("[data-column]") : null;
    return { index: element ? Number(element.dataset.index) : -1, cell: cell?.dataset.column, element };
  }

  /** Whether an act would concern the row. */
  isChosen(index) {
    return index === this.selection.current || this.selection.has(index);
  }

  onContextMenu(event) {
    if (event.target.closest("textarea, input")) return;
    event.preventDefault();
    const { index, element } = this.placeOf(event.target);
    if (index < 0) return;
    if (!this.isChosen(index)) {
      if (this.editing >= 0) this.emit("leave", { index });
      this.selection.set(index);
    }
    element.focus({ preventScroll: true });
    this.emit("menu", { place: event.button === 2 ? event : element });
  }
}
