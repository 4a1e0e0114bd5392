/** Importing files, and comparing a new version of one: read, map, look, then write. */

import { pollTask, post } from "../core/api.js";
import { debounce, fill, h, icon, need } from "../core/dom.js";
import { announce } from "../core/focus.js";
import { percent } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { bind } from "../core/keyboard.js";
import { makeSegment } from "../components/segment.js";
import { toast, toastError } from "../components/toast.js";
import { carriesFiles, chooseFiles, droppedFiles } from "../components/upload.js";
import { Compare } from "./import_compare.js";
import { Items } from "./import_items.js";
import { columnTable, redraw, rulesTable } from "./import_map.js";
import { isMonolingual, isTable, withSheet } from "./import_model.js";
import { preview, problem, sourceMissing } from "./import_preview.js";
import { importReport } from "./import_report.js";
import { filesPart, importFoot, readingPart, variantsPart, warningsPart } from "./import_side.js";
import { forgetUploads, rememberedUploads, rememberUploads, sendWithProgress } from "./import_start.js";
import { formatName } from "./explorer_words.js";
import { filesText, rowsText, sheetsText } from "./import_words.js";

/** So many files are read at once for their previews; further ones when they are opened. */
const READ_AHEAD = 25;

class ImportPage {
  constructor() {
    this.host = need("#import");
    const { mode, kind, node, name, project, source, target, options, accept, sourceFile } = this.host.dataset;
    this.mode = mode;
    this.kind = kind;
    this.id = Number(node);
    this.project = Number(project);
    this.name = name || "";
    this.accept = accept;
    /** The source-language file that the present version was joined with. */
    this.sourceFile = sourceFile || "";
    this.languages = { source, target, options: options ? JSON.parse(options) : null };
    this.items = new Items(this.languages, () => this.draw());
    /** Uploads that serve only as a source. */
    this.extra = [];
    this.left = new Set();
    this.encodings = new Map();
    this.item = null;
    this.tableName = "";
    this.busy = "";
    this.report = null;
    this.compare = mode === "import" ? null : new Compare({ file: this.id, mode, source, target, changed: () => this.draw() });
    this.readSoon = debounce(() => this.#readAgain(), 350);
    this.#listen();
    const kept = rememberedUploads(location.pathname);
    if (kept.length) this.take(kept);
    else this.draw();
  }

  /** The table whose columns are shown. */
  get table() {
    const tables = this.item?.inspection?.tables || [];
    return tables.find((table) => table.name === this.tableName) || tables.find((table) => table.used) || tables[0] || null;
  }

  /** @param {any[]} uploads */
  take(uploads) {
    const many = this.mode === "import";
    if (!many) this.items.all = [];
    this.items.add(many ? uploads : uploads.slice(0, 1));
    this.report = null;
    const first = this.items.all.find((item) => item.wanted && item.state !== "archive") || this.items.all[0];
    this.show(first);
    this.#readAhead();
  }

  async #readAhead() {
    for (const item of this.items.all.slice(0, READ_AHEAD)) if (item.state === "waiting" && item !== this.item) await this.items.read(item);
  }

  /** Show a file. */
  show(item) {
    this.item = item;
    this.tableName = "";
    this.draw();
    if (this.mode === "bilingual") this.compare.run(item);
    else if (item.state === "waiting") this.#readAgain();
  }

  async #readAgain() {
    const { item } = this;
    await this.items.read(item);
    if (this.mode === "version" && item === this.item && item.state === "ready" && !this.needsSource()) await this.compare.run(item);
  }

  /** Without its source-language file the texts themselves would become the sources of all rows. */
  needsSource() {
    const { item } = this;
    return Boolean(this.mode === "version" && this.sourceFile && item?.inspection && !item.source && isMonolingual(item.inspection.format, item.options));
  }

  compareWithout() {
    this.sourceFile = "";
    this.compare.run(this.item);
  }

  /** Read the file that is shown in another way; soon, so that quick choices read it once. */
  change(options) {
    this.items.change(this.item, options);
    this.draw();
    this.readSoon();
  }

  want(item, on) {
    item.wanted = on;
    this.draw();
  }

  setVariant(variant, on) {
    if (on) this.left.delete(variant);
    else this.left.add(variant);
    this.draw();
  }

  setSource(id) {
    this.item.source = id;
    this.item.touched = true;
    this.draw();
    this.readSoon();
  }

  async chooseSource() {
    const files = await chooseFiles({ accept: this.accept, many: false });
    if (!files.length) return;
    try {
      const [sent] = await sendWithProgress(files);
      this.extra.push(sent);
      this.setSource(sent.id);
    } catch (error) {
      toastError(error);
    }
  }

  async choose(folder = false) {
    await this.bring(await chooseFiles({ accept: this.accept, many: this.mode === "import", folder }));
  }

  /** Files from the person's hands. */
  async bring(files) {
    if (!files.length) return;
    try {
      const sent = await sendWithProgress(files);
      const all = this.mode === "import" && !this.report ? [...this.items.all.map((item) => item.upload), ...sent] : sent;
      rememberUploads(location.pathname, all);
      if (this.report) this.items.all = [];
      this.take(sent);
    } catch (error) {
      toastError(error);
    }
  }

  /** Why nothing can be imported now; empty when it can. */
  whyNot() {
    const wanted = this.items.all.filter((item) => item.wanted);
    if (!wanted.length) return gettext("Choose at least one file.");
    const variants = this.items.variants();
    if (variants.length > 1 && variants.every((variant) => this.left.has(variant))) return gettext("Choose at least one language.");
    if (wanted.length === 1 && wanted[0].state === "error") return gettext("This file cannot be read yet.");
    if (wanted.length === 1 && wanted[0].inspection && !wanted[0].inspection.total_segments) return gettext("Read this way, the file has nothing to translate.");
    return "";
  }

  async go() {
    if (this.mode !== "import") return this.compare.apply();
    const why = this.whyNot();
    if (why || this.busy || this.report) {
      if (why) toast(why, { kind: "warn", id: "refused" });
      return undefined;
    }
    this.readSoon.flush();
    this.busy = gettext("Importing…");
    this.draw();
    try {
      const variants = this.left.size ? this.items.variants().filter((variant) => !this.left.has(variant)) : null;
      const { task } = await post("imports", { items: this.items.body(), project_id: this.project, folder_id: this.kind === "folder" ? this.id : null, variants });
      const done = await pollTask(task, (now) => {
        this.busy = now.total ? fmt(gettext("Importing, {share}"), { share: percent(now.done, now.total) }) : gettext("Importing…");
        const label = document.querySelector("#imp-go .clip");
        if (label) label.textContent = this.busy;
      });
      this.report = done.result;
      forgetUploads();
      announce(fmt(ngettext("{n} file imported.", "{n} files imported.", done.result.files.length), { n: done.result.files.length }));
    } catch (error) {
      toastError(error);
    } finally {
      this.busy = "";
      this.draw();
      document.getElementById("imp-open")?.focus();
    }
    return undefined;
  }

  // ---- drawing ----
  draw() {
    if (!this.items) return;
    const body = need("#imp-body");
    const side = need("#imp-side");
    const over = this.report || this.compare?.applied;
    side.hidden = Boolean(over) || !this.items.all.length;
    if (over) {
      forgetUploads();
      need("#imp-name").textContent = this.name;
      fill(need("#imp-facts"));
      fill(need("#imp-tools"));
      redraw(body, this.report ? importReport(this.report, { href: `/${this.kind}s/${this.id}/`, name: this.name }, () => this.choose()) : this.compare.report(this.name));
      need("#imp-status").textContent = gettext("Written");
      return;
    }
    this.#drawBar();
    if (!this.item) fill(body, this.#invitation());
    else redraw(body, this.#mapping(), this.#below());
    this.#drawSide(side);
  }

  #drawSide(side) {
    const { compare } = this;
    if (compare) {
      redraw(side, h("div", { class: "scroll fill" }, compare.side(() => this.compare.run(this.item)).slice(0, -1), this.mode === "version" && [readingPart(this), warningsPart(this)]), compare.side(() => null).pop());
    } else redraw(side, h("div", { class: "scroll fill" }, filesPart(this), variantsPart(this), readingPart(this), warningsPart(this)), importFoot(this));
  }

  #drawBar() {
    const { item } = this;
    need("#imp-name").textContent = item ? item.path : this.name;
    const inspection = item?.inspection;
    const facts = [];
    if (inspection) {
      facts.push(formatName(inspection.format));
      if (inspection.format === "xlsx") facts.push(sheetsText(inspection.tables.length));
      facts.push(rowsText(inspection.total_segments));
    }
    if (item?.state === "reading") facts.push(gettext("Reading…"));
    need("#imp-facts").textContent = facts.join(", ");
    const tools = [];
    if (inspection?.format === "xlsx" && inspection.tables.length > 1 && inspection.tables.length <= 6) {
      const group = h("span", { class: "seg", role: "radiogroup", "aria-label": gettext("Sheet") }, inspection.tables.map((table) =>
        h("button", { type: "button", role: "radio", "data-value": table.name, "data-focus": `sheet-${table.name}`, "aria-checked": String(table === this.table), tabindex: table === this.table ? "0" : "-1" }, table.name)));
      makeSegment(group, (name) => this.#showTable(name));
      tools.push(group);
    } else if (inspection?.format === "xlsx" && inspection.tables.length > 6) {
      const select = h("select", { class: "select select-s", "aria-label": gettext("Sheet"), "data-focus": "sheet" }, inspection.tables.map((table) => h("option", { value: table.name }, table.name)));
      select.value = this.table?.name || "";
      select.addEventListener("change", () => this.#showTable(select.value));
      tools.push(select);
    }
    if (item && this.mode === "import") tools.push(h("button", { class: "btn btn-quiet btn-s", type: "button", "data-focus": "anew", onclick: () => this.#beginAnew() }, gettext("Other files…")));
    if (item) tools.push(h("button", { class: "btn btn-quiet btn-s", type: "button", "data-focus": "other", onclick: () => this.choose() }, this.mode === "import" ? gettext("Add files…") : gettext("Another file…")));
    redraw(need("#imp-tools"), tools);
  }

  /** Leave the files that were chosen; nothing of them was written. */
  #beginAnew() {
    forgetUploads();
    this.items.all = [];
    this.item = null;
    this.draw();
    document.getElementById("imp-choose")?.focus();
  }

  #showTable(name) {
    this.tableName = name;
    this.draw();
  }

  #invitation() {
    const words = this.mode === "import" ? gettext("Drop files or a folder here, or choose them.") : this.mode === "version" ? fmt(gettext("Drop the new version of {name} here, or choose it."), { name: this.name }) : fmt(gettext("Drop the bilingual sheet of {name} here, or choose it."), { name: this.name });
    return h("div", { class: "empty" }, icon("upload"), h("p", null, words),
      h("p", { class: "row" }, h("button", { class: "btn btn-primary", type: "button", id: "imp-choose", onclick: () => this.choose() }, this.mode === "import" ? gettext("Choose files…") : gettext("Choose a file…")),
        this.mode === "import" && h("button", { class: "btn", type: "button", onclick: () => this.choose(true) }, gettext("Choose a folder…"))));
  }

  /** What the columns or elements are. */
  #mapping() {
    const { item, table } = this;
    if (this.mode === "bilingual") return null;
    const wrong = item.state === "error" ? problem(item, () => this.#readAgain()) : null;
    if (item.state === "archive") return h("div", { class: "empty" }, icon("box"), h("p", null, gettext("The archive is unpacked with its paths. Columns and languages are found by themselves.")));
    if (!item.inspection) return wrong || h("div", { class: "empty" }, icon("clock"), h("p", null, gettext("Reading…")));
    const { format } = item.inspection;
    const change = (options) => this.change(options);
    if (format === "xml") return [wrong, h("div", { class: "imp-map scroll" }, rulesTable(item, change))];
    if (!isTable(format) || !table) return wrong;
    const used = format === "xlsx" && item.inspection.tables.length > 1 ? this.#sheetUsed(table) : null;
    return [wrong, used, h("div", { class: "imp-map scroll" }, columnTable(item, table, change))];
  }

  #sheetUsed(table) {
    const used = this.item.options?.sheets?.[table.name]?.used ?? table.used;
    const box = h("input", { type: "checkbox", checked: used, "data-focus": "used" });
    box.addEventListener("change", () => this.change(withSheet(this.item.options, table.name, box.checked)));
    return h("div", { class: "bar-row" }, h("label", { class: "check" }, box, fmt(gettext("Read sheet {name}"), { name: table.name })), h("span", { class: "faint" }, rowsText(table.total)));
  }

  #below() {
    if (this.needsSource()) return sourceMissing(this.sourceFile, () => this.chooseSource(), () => this.compareWithout());
    if (this.compare) return this.item.state === "error" ? null : this.compare.element();
    if (!this.item.inspection) return null;
    return preview(this.item, this.languages);
  }

  // ---- listening ----
  #listen() {
    document.addEventListener("dragover", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.host.classList.add("is-drop");
    });
    document.addEventListener("dragleave", (event) => !event.relatedTarget && this.host.classList.remove("is-drop"));
    document.addEventListener("drop", async (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.host.classList.remove("is-drop");
      await this.bring(await droppedFiles(event.dataTransfer).catch((error) => {
        toastError(error);
        return [];
      }));
    });
    const group = gettext("Import");
    bind(document, [
      { id: "import.go", label: this.mode === "import" ? gettext("Import") : gettext("Apply the new version"), group, keys: ["Ctrl+Enter"], typing: true, icon: "check", run: () => { this.go(); } },
      { id: "import.choose", label: gettext("Choose files…"), group, keys: ["Ctrl+KeyI"], icon: "upload", run: () => { this.choose(); } },
      { id: "import.back", label: gettext("Back"), group, keys: ["Backspace"], icon: "up", run: () => location.assign(this.kind === "file" ? `/files/${this.id}/` : `/${this.kind}s/${this.id}/`) },
    ]);
  }
}

new ImportPage();
