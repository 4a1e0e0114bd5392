/** The reference column: the targets of another file under the same keys, fetched for the rows on the screen. */

import { get, post } from "../core/api.js";
import { debounce, fill, h, icon } from "../core/dom.js";
import { fmt, gettext } from "../core/i18n.js";
import { pref, setPref } from "../core/prefs.js";
import { openDialog } from "../components/dialog.js";
import { toast, toastError } from "../components/toast.js";

const MOST = 200;
const KEPT = 5000;
const SETTLE_MS = 120;
const MOST_FILES = 50;
const NOTHING = Object.freeze({ target: "", status: "new" });

export class ReferenceColumn {
  /** @param {any} grid @param {number} fileId */
  constructor(grid, fileId) {
    Object.assign(this, { grid, fileId });
    /** @type {Map<number, {target: string, source?: string, status: string}>} */
    this.rows = new Map();
    this.chosen = pref("reference", {})[fileId] ?? null;
    this.load = debounce(() => this.#load(), SETTLE_MS);
    grid.contribute("reference", (row) => (this.isShown ? this.rows.get(row.id) : undefined));
    for (const name of ["moved", "rows"]) grid.addEventListener(name, () => this.isShown && this.load());
    this.#name();
    if (this.column?.shown && !this.chosen) grid.columns.toggle("reference");
  }

  get column() {
    return this.grid.columns.all.find((one) => one.id === "reference");
  }

  get isShown() {
    return Boolean(this.chosen && this.column?.shown);
  }

  /** The head of the column names the file and its language. */
  #name() {
    const { languages } = this.grid.context;
    if (this.chosen) languages.reference = { code: this.chosen.language || "", dir: this.chosen.dir || "auto" };
    else delete languages.reference;
  }

  async #load() {
    const rows = this.grid.shownRows().filter((row) => row.key && !this.rows.has(row.id)).slice(0, MOST);
    if (!rows.length || !this.isShown) return;
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    try {
      const answer = await post(`files/${this.fileId}/reference`, { reference: this.chosen.file, match: this.chosen.match, ids: rows.map((row) => row.id) }, { signal: asked.signal });
      if (this.rows.size > KEPT) this.rows.clear();
      for (const row of rows) this.rows.set(row.id, answer.rows[row.id] || NOTHING);
      for (const row of rows) this.grid.redraw(row.id);
      if (this.grid.shownRows().some((row) => row.key && !this.rows.has(row.id))) this.load();
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error.status === 404) this.choose(null);
      toastError(error);
    }
  }

  /** Show a file as reference; null takes the column away. @param {{file: number, name: string, language: string, match: string}|null} chosen */
  choose(chosen) {
    this.asked?.abort();
    this.rows.clear();
    this.chosen = chosen;
    const kept = Object.entries({ ...pref("reference", {}), [this.fileId]: chosen }).filter(([, value]) => value);
    setPref("reference", Object.fromEntries(kept.slice(-MOST_FILES)));
    this.#name();
    if (Boolean(chosen) !== Boolean(this.column.shown)) this.grid.columns.toggle("reference");
    else {
      this.grid.columns.draw(this.grid.context.languages);
      this.grid.refresh();
    }
    this.load();
    if (chosen) toast(fmt(gettext("Reference: {file}"), { file: chosen.name }), { id: "reference" });
  }

  /** Ask which file, with those of the same name first. */
  async ask() {
    const suggested = await get(`files/${this.fileId}/reference`).catch((error) => {
      toastError(error);
      return { files: [] };
    });
    const search = h("input", { class: "input", type: "search", autocomplete: "off", spellcheck: "false", autofocus: true, placeholder: gettext("Name of a file") });
    const list = h("div", { class: "ref-files", role: "group", "aria-label": gettext("Files") });
    const strict = h("input", { type: "checkbox", checked: this.chosen?.match === "key_source" });
    const dialog = openDialog({
      title: gettext("Which file is beside this one?"), size: "s",
      body: [h("label", { class: "field" }, h("span", null, gettext("File")), search), list, h("label", { class: "check" }, strict, gettext("Only where the source is equal, too"))],
      foot: [this.chosen && h("button", { class: "btn btn-quiet", type: "button", onclick: () => dialog.close("none") }, gettext("No reference")), h("span", { class: "fill" })],
    });
    const button = (file) =>
      h("button", { class: "btn btn-quiet ref-file", type: "button", onclick: () => dialog.close({ file: file.id, name: file.name, language: file.target_language, match: strict.checked ? "key_source" : "key" }) },
        icon("file", { small: true }), h("span", { class: "clip" }, file.name), h("span", { class: "faint clip push" }, file.where));
    const draw = (files) => fill(list, files.length ? files.map(button) : h("p", { class: "dim" }, gettext("No other file has this in its name.")));
    const near = suggested.files.map((file) => ({ ...file, where: file.project.name }));
    draw(near);
    const find = debounce(async () => {
      const q = search.value.trim();
      if (!q) return draw(near);
      const answer = await get("search", { query: { q, limit: 20, kinds: "file" } }).catch(() => ({ results: [] }));
      return draw(answer.results.filter((one) => one.id !== this.fileId).map((one) => ({ id: one.id, name: one.name, where: (one.path || []).map((part) => part.name).join(" › "), target_language: "" })));
    }, 150);
    search.addEventListener("input", find);
    const answer = await dialog.closed;
    if (answer === "none") this.choose(null);
    else if (answer) this.choose(answer);
  }
}
