/** Rows to the clipboard and back: a block that spreadsheets take, and one of theirs over the chosen rows. */

import { post } from "../core/api.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { bind, comboOf, keyOf } from "../core/keyboard.js";
import { isTextField } from "../core/dom.js";
import { columnName } from "../components/grid/columns.js";
import { toast, toastError } from "../components/toast.js";
import { blockText, fetchClipboard, readBlock, readClipboard, writeClipboard } from "./editor_clipboard.js";
import { PasteDialog } from "./editor_paste_dialog.js";

const MOST_COPIED = 20_000;
const WHAT = { both: ["source", "target"], source: ["source"], target: ["target"], key: ["key"] };
/** Columns of the grid that a block can hold. */
const COPIED = ["key", "context", "source", "target", "comment", "location"];

export class CopyPaste {
  /** @param {{fileId: number, grid: any, editing: any, actions: any, acts: any}} editor */
  constructor(editor) {
    this.editor = editor;
    editor.grid.body.addEventListener("paste", (event) => this.#onPaste(event));
  }

  bindKeys() {
    const { grid, editing, actions } = this.editor;
    const group = gettext("Row selected");
    const when = () => !editing.isOpen && grid.selection.current >= 0;
    bind(grid.body, [
      {
        id: "row.paste", label: gettext("Paste a block over the rows"), group, keys: ["Ctrl+KeyV"], icon: "paste", when: () => when() && actions.may.edit_rows !== false,
        // The browser's own key brings the clipboard with it; another key has to ask for it.
        run: (event) => (event && comboOf(event) === "Ctrl+KeyV" ? false : void this.pasteAsked()),
      },
      { id: "row.copy-shown", label: gettext("Copy the columns as shown"), group, keys: ["Ctrl+Shift+KeyC"], icon: "copy", when, run: () => { this.copy("shown"); } },
    ]);
    actions.contribute("copy", () => [{ label: gettext("Columns as shown"), key: keyOf("row.copy-shown"), run: () => this.copy("shown") }]);
  }

  /** The chosen rows as a block. @param {"source"|"target"|"key"|"both"|"shown"} what */
  async copy(what) {
    const columns = what === "shown" ? this.editor.grid.columns.shown().map((one) => one.id).filter((id) => COPIED.includes(id)) : WHAT[what];
    try {
      const lines = await this.#lines(columns, what === "shown");
      if (!lines) return;
      const n = lines.length - (what === "shown" ? 1 : 0);
      if (await writeClipboard(lines)) toast(fmt(ngettext("{n} row copied.", "{n} rows copied.", n), { n: number(n) }), { id: "copy", icon: "copy" });
      else toast(gettext("The browser does not let this page use the clipboard."), { kind: "error" });
    } catch (error) {
      toastError(error);
    }
  }

  async #lines(columns, header) {
    const { grid, actions, acts } = this.editor;
    const head = header ? [columns.map(columnName)] : [];
    if (!grid.selection.all) return [...head, ...(await actions.rows()).map((row) => columns.map((name) => String(row[name] ?? "")))];
    const chosen = await acts.chosen();
    if (chosen.count > MOST_COPIED) {
      toast(fmt(gettext("At most {n} rows are copied at once. A download of the file has them all."), { n: number(MOST_COPIED) }), { kind: "warn", id: "copy" });
      return null;
    }
    return [...head, ...readBlock(await post(`files/${this.editor.fileId}/copy-block`, { scope: chosen.scope, columns }))];
  }

  #onPaste(event) {
    const { editing, actions } = this.editor;
    if (editing.isOpen || isTextField(event.target) || event.defaultPrevented || actions.may.edit_rows === false) return;
    event.preventDefault();
    this.paste(event.clipboardData.getData("text/plain"), event.clipboardData.getData("text/html"));
  }

  /** From the menu or another key: the browser may ask the person first. */
  async pasteAsked() {
    try {
      const { text, html } = await fetchClipboard();
      await this.paste(text, html);
    } catch {
      toast(gettext("The browser does not let this page read the clipboard. Ctrl V does."), { kind: "warn", id: "paste" });
    }
  }

  /** One cell on one row is an edit; a block is looked at first. */
  async paste(text, html) {
    const { grid, editing, acts, actions } = this.editor;
    const lines = readClipboard(text, html);
    const single = lines.length === 1 && lines[0].length === 1;
    if (!lines.length || grid.selection.current < 0) return;
    if (single && !actions.many) {
      await editing.open(grid.selection.current);
      if (editing.editor) editing.editor.replaceAll(editing.editor.forward(lines[0][0]));
      return;
    }
    const chosen = actions.many ? await acts.chosen() : { ...acts.ofFilter(), count: grid.windows.total - grid.selection.current };
    const repeated = single ? Array.from({ length: chosen.count }, () => lines[0]) : lines;
    new PasteDialog(this.editor, { block: blockText(repeated), columns: Math.max(...repeated.map((line) => line.length)), rows: chosen, from: actions.many ? null : grid.row()?.id }).open();
  }
}
