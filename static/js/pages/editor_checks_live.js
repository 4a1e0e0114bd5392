/** Checks while one types: asked a quarter of a second after the last key, never waited for. */

import { post } from "../core/api.js";
import { debounce } from "../core/dom.js";
import { placesOf } from "../components/grid/issues.js";

const REST_MS = 250;

export class LiveChecks {
  constructor({ grid, editing, side, fileId }, store) {
    Object.assign(this, { grid, editing, side, fileId, store });
    /** What the checks say of the text in the editor, or null: {id, text, list}. @type {any} */
    this.now = null;
    this.ask = debounce(() => this.#ask(), REST_MS);
    grid.body.addEventListener("input", (event) => event.target instanceof Element && event.target.matches(".ed-area") && this.ask());
    grid.addEventListener("editing", (event) => this.#onEditing(event.detail.index));
    store.addEventListener("change", (event) => this.editing.editor?.row.id === event.detail.id && !this.now && this.#mark());
  }

  /** The findings to show for a row: of what is typed, else of what is stored. */
  of(row) {
    if (row && this.now && this.now.id === row.id) return this.now.list;
    return this.store.of(row);
  }

  #onEditing(index) {
    this.asked?.abort();
    this.now = null;
    if (index < 0) return;
    this.#mark();
    // The first answer also says how long the text of the row may be.
    this.ask();
  }

  async #ask() {
    const { editor } = this.editing;
    if (!editor || editor.composing) return;
    const text = editor.value();
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    try {
      const { issues, limits } = await post(`files/${this.fileId}/check`, { rows: [{ id: editor.row.id, target: text }] }, { signal: asked.signal });
      if (asked.signal.aborted || this.editing.editor !== editor || editor.value() !== text) return;
      this.now = { id: editor.row.id, text, list: issues[editor.row.id] || [], limits };
      this.#mark();
    } catch {
      // Typing goes on; the saved text is checked by the save.
    }
  }

  /** Underline in the open editor and in the source beside it. */
  #mark() {
    const { editor } = this.editing;
    if (!editor) return;
    const list = this.of(editor.row);
    const isNow = Boolean(this.now);
    if (isNow || !editor.isChanged()) editor.mark(placesOf(list, "target"));
    this.side.checks?.about(editor.row);
  }
}
