/** A block from a spreadsheet, looked at before it is pasted: line by line which row it meets and what would change. */

import { post } from "../core/api.js";
import { debounce, fill, h, icon } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { openDialog } from "../components/dialog.js";
import { renderText } from "../components/textmark.js";
import { renderDiff } from "../components/worddiff.js";

const SHOWN = 300;
const COLUMNS = () => [["target", gettext("Target")], ["source", gettext("Source, to compare")], ["key", gettext("Key")], ["ignore", gettext("Leave out")]];

export class PasteDialog {
  /**
   * @param {{fileId: number, info: any, acts: any, grid: any}} editor
   * @param {{block: string, columns: number, rows: {scope: any, count: number}, from: number|null}} pasted from: the row the first line goes to
   */
  constructor(editor, pasted) {
    this.editor = editor;
    this.pasted = pasted;
    /** @type {any} the last preview */
    this.answer = null;
    /** @type {Map<number, boolean>} lines that a person took or left */
    this.choice = new Map();
    /** @type {any} what a person said about the columns */
    this.wish = {};
    this.look = debounce(() => this.preview(), 50);
  }

  open() {
    this.head = h("div", { class: "paste-head row" });
    this.count = h("span", { class: "dim", role: "status" }, gettext("Comparing…"));
    this.list = h("div", { class: "paste-list scroll", role: "group", "aria-label": gettext("Lines"), tabindex: "0" });
    this.problem = h("p", { class: "form-error", role: "alert", hidden: true });
    this.status = h("select", { class: "select select-s", "aria-label": gettext("Status of changed rows") }, h("option", { value: "translated" }, gettext("then translated")), h("option", { value: "confirmed" }, gettext("then confirmed")));
    this.go = h("button", { class: "btn btn-primary", type: "button", disabled: true, onclick: () => this.apply() }, gettext("Paste"));
    const no = h("button", { class: "btn btn-quiet", type: "button", onclick: () => this.dialog.close() }, gettext("Cancel"));
    this.dialog = openDialog({ title: gettext("Paste over the rows"), class: "paste", body: [this.head, this.problem, this.list], foot: [this.count, h("span", { class: "fill" }), this.status, no, this.go] });
    this.list.focus();
    this.preview();
    return this.dialog;
  }

  get body() {
    const { block, rows, from } = this.pasted;
    return { act: "paste", scope: rows.scope, block, ...(from === null ? {} : { row: from }), ...this.wish };
  }

  async preview() {
    try {
      this.answer = await post(`files/${this.editor.fileId}/acts/preview`, this.body);
      this.#refuse("");
      this.#drawHead();
    } catch (error) {
      this.answer = { ...this.answer, lines: [], total: 0 };
      this.#refuse(error.message);
    }
    this.#drawLines();
  }

  #refuse(sentence) {
    this.problem.hidden = !sentence;
    this.problem.textContent = sentence;
  }

  /** What the columns are and whether the first line is a heading; asked again when a person says otherwise. */
  #drawHead() {
    const { columns, header, by } = this.answer;
    const focused = this.head.contains(document.activeElement) ? document.activeElement?.getAttribute("data-field") : null;
    const ask = (change) => {
      Object.assign(this.wish, change);
      this.choice.clear();
      this.look();
    };
    const select = (at) => {
      const element = /** @type {HTMLSelectElement} */ (h("select", { class: "select select-s", "data-field": `column-${at}`, "aria-label": fmt(gettext("Column {n}"), { n: at + 1 }), onchange: () => ask({ columns: this.answer.columns.map((one, n) => (n === at ? element.value : one)) }) }, COLUMNS().map(([value, name]) => h("option", { value }, name))));
      element.value = columns[at];
      return element;
    };
    const first = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", "data-field": "header", checked: Boolean(header), onchange: () => ask({ header: first.checked }) }));
    const empty = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", "data-field": "empty", checked: this.wish.empty === "clear", onchange: () => ask({ empty: empty.checked ? "clear" : "skip" }) }));
    fill(
      this.head,
      h("span", { class: "dim" }, gettext("Columns")), columns.map((_, at) => select(at)),
      h("label", { class: "check" }, first, gettext("The first line is a heading")), h("label", { class: "check" }, empty, gettext("Empty cells clear the text")),
      h("span", { class: "faint" }, by === "key" ? gettext("Rows are found by their key.") : gettext("Line by line onto the rows.")),
    );
    if (focused) /** @type {HTMLElement|null} */ (this.head.querySelector(`[data-field="${focused}"]`))?.focus();
  }

  /** A line is taken unless it changes nothing, meets no row, or its source is another one. */
  isTaken(line) {
    if (!canTake(line)) return false;
    return this.choice.get(line.line) ?? !line.warnings.length;
  }

  #drawLines() {
    const { lines } = this.answer;
    const shown = lines.slice(0, SHOWN);
    fill(this.list, shown.map((line) => this.#line(line)), !lines.length && h("p", { class: "dim" }, gettext("There is nothing to paste.")), lines.length > SHOWN && h("p", { class: "faint" }, fmt(gettext("and {n} more"), { n: number(lines.length - SHOWN) })));
    this.#drawCount();
  }

  #drawCount() {
    const { lines } = this.answer;
    const taken = lines.filter((line) => this.isTaken(line)).length;
    const same = lines.filter((line) => line.row_id && !line.refused && line.before === line.after).length;
    const warned = lines.filter((line) => line.warnings.length).length;
    const refused = lines.filter((line) => line.refused || !line.row_id).length;
    const parts = [
      fmt(ngettext("{n} row changes", "{n} rows change", taken), { n: number(taken) }), same && fmt(gettext("{n} as they are"), { n: number(same) }),
      warned && fmt(ngettext("{n} warning", "{n} warnings", warned), { n: number(warned) }), refused && fmt(gettext("{n} cannot"), { n: number(refused) }),
    ];
    this.count.textContent = parts.filter(Boolean).join(" · ");
    fill(this.go, fmt(ngettext("Paste into {n} row", "Paste into {n} rows", taken), { n: number(taken) }));
    this.go.toggleAttribute("disabled", taken === 0);
  }

  #line(line) {
    const { source, target } = this.editor.info.languages || {};
    const box = /** @type {HTMLInputElement} */ (h("input", {
      type: "checkbox", checked: this.isTaken(line), disabled: !canTake(line), "aria-label": line.n ? fmt(gettext("Row {n}"), { n: number(line.n) }) : fmt(gettext("Line {n}"), { n: number(line.line) }),
      onchange: () => {
        this.choice.set(line.line, box.checked);
        this.#drawCount();
      },
    }));
    const texts = line.row_id
      ? [h("span", { class: "g-text dim", lang: source?.code, dir: source?.dir || "auto" }, renderText(line.source)), h("span", { class: "g-text", lang: target?.code, dir: target?.dir || "auto" }, renderDiff(line.before, line.after ?? line.before))]
      : [h("span", { class: "dim" }, gettext("No row for this line")), h("span", { class: "g-text", dir: "auto" }, renderText(line.after || ""))];
    const words = [line.refused?.message, ...line.warnings.map(warningWords)].filter(Boolean);
    return h("div", { class: canTake(line) ? "paste-line" : "paste-line is-off" }, h("label", { class: "check" }, box, h("span", { class: "num faint" }, line.n ? number(line.n) : "–")), h("bdi", { class: "mono faint clip", title: line.key || null }, line.key || ""), texts,
      h("span", { class: words.length ? "paste-why" : "faint" }, words.length ? [icon("warn", { small: true }), words.join(" ")] : line.row_id && line.before === line.after ? gettext("as it is") : ""));
  }

  async apply() {
    if (this.go.hasAttribute("disabled")) return;
    this.go.setAttribute("disabled", "");
    const left = this.answer.lines.filter((line) => !this.isTaken(line)).map((line) => line.line);
    const { columns, header, by, revision } = this.answer;
    try {
      const outcome = await this.editor.acts.send({ ...this.body, columns, header, by, revision, left, status: this.status.value });
      this.dialog.close();
      this.editor.acts.report(outcome, { label: gettext("Paste"), done: (n) => fmt(ngettext("Pasted into {n} row.", "Pasted into {n} rows.", n), { n: number(n) }) });
    } catch (error) {
      this.#refuse(error.message);
      this.go.removeAttribute("disabled");
    }
  }
}

/** Whether a line can change its row at all. */
export const canTake = (line) => Boolean(line.row_id) && !line.refused && line.after !== null && line.before !== line.after;

/** What a warning of the server says to people. @param {string} code */
export function warningWords(code) {
  switch (code) {
    case "source_differs": return gettext("The source is another one.");
    case "key_differs": return gettext("The key is another one.");
    default: return code;
  }
}
