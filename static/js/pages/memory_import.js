/** Bringing a file into a memory, or making a memory of one: chosen, read, compared, written, and what came of it. */

import { pollTask, post } from "../core/api.js";
import { debounce, fill, h, icon } from "../core/dom.js";
import { bytes, number, percent } from "../core/format.js";
import { fmt, gettext } from "../core/i18n.js";
import { openDialog } from "../components/dialog.js";
import { field, languageSelect } from "../components/forms.js";
import { taskBar } from "../components/progress.js";
import { toastError } from "../components/toast.js";
import { carriesFiles, chooseFiles, droppedFiles } from "../components/upload.js";
import { radios } from "./import_fields.js";
import { Items } from "./import_items.js";
import { columnTable, redraw } from "./import_map.js";
import { isTable } from "./import_model.js";
import { sendWithProgress } from "./import_start.js";
import { refOfPlace } from "./memory_data.js";
import { countsOf, reportOf, samplesOf } from "./memory_import_report.js";
import { kindName, recordsText, whyNot } from "./memory_words.js";

const TABLES = /\.(?:xlsx|xlsm|csv|tsv|txt)$/iu;
const TERMS = /\.tbx$/iu;

function modeName(mode) {
  switch (mode) {
    case "overwrite": return gettext("Overwrite: where source and key are equal, the file's target replaces ours");
    case "merge": return gettext("Merge: what is there stays, only what is missing comes");
    case "keep_all": return gettext("Keep all: other targets of the same source come beside ours");
    default: return gettext("Newer version: what the file no longer has is deleted here too");
  }
}

class ImportDialog {
  /** @param {Importing} importing @param {{memory: any, place: any}} into */
  constructor(importing, { memory, place }) {
    this.page = importing.page;
    this.memory = memory;
    this.place = place;
    this.mode = "overwrite";
    this.upload = null;
    this.item = null;
    this.report = null;
    this.done = null;
    this.busy = "";
    this.share = null;
    this.error = null;
    this.table = "";
    this.stop = new AbortController();
    const near = memory || importing.page.memory || [...importing.page.tree.places.memories.values()][0];
    this.languages = { source: near?.source_language || "ko", target: near?.target_language || "en" };
    this.name = h("input", { class: "input", name: "name", autocomplete: "off", spellcheck: "false", maxlength: "255" });
    this.source = languageSelect(this.languages.source, { empty: gettext("As the file says"), name: "source" });
    this.target = languageSelect(this.languages.target, { empty: gettext("As the file says"), name: "target" });
    this.items = new Items(this.languages, () => this.draw());
    this.readSoon = debounce(() => this.item && this.items.read(this.item).then(() => this.#compared(null)), 350);
    this.body = h("div", { class: "mem-import" });
    this.foot = h("div", { class: "row fill" });
    this.dialog = openDialog({
      title: memory ? fmt(gettext("Import into {name}"), { name: memory.name }) : place?.name && refOfPlace(place) ? fmt(gettext("A memory from a file, for {place}"), { place: place.name }) : gettext("A memory from a file"),
      class: "mem-import-dialog", body: this.body, foot: this.foot,
    });
    this.dialog.closed.then(() => this.stop.abort());
    for (const name of ["dragover", "drop"]) this.dialog.element.addEventListener(name, (event) => this.#onDrag(event));
    this.draw();
  }

  async #onDrag(event) {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.type === "drop") await this.bring(await droppedFiles(event.dataTransfer).catch(() => []));
  }

  async choose() {
    await this.bring(await chooseFiles({ accept: this.page.accept, many: false }));
  }

  /** @param {any[]} files */
  async bring(files) {
    if (!files.length || this.busy) return;
    this.error = null;
    this.#compared(null);
    try {
      [this.upload] = await sendWithProgress(files.slice(0, 1));
    } catch (error) {
      this.error = error;
      this.draw();
      return;
    }
    const { filename } = this.upload;
    if (!this.memory && !this.name.value) this.name.value = filename.replace(/\.[^.]+$/u, "");
    this.items.all = [];
    this.item = null;
    // TMX and TBX name their languages; tables rarely do.
    this.source.value = TABLES.test(filename) ? this.languages.source : "";
    this.target.value = TABLES.test(filename) ? this.languages.target : "";
    if (TABLES.test(filename)) {
      this.items.add([this.upload]);
      [this.item] = this.items.all;
      await this.items.read(this.item);
    }
    this.draw();
  }

  #compared(report) {
    this.report = report;
    this.draw();
  }

  get options() {
    return this.item && (this.item.inspection || this.item.touched) ? { options: this.item.options } : {};
  }

  /** A term base or a memory comes of it. */
  get kind() {
    return this.memory ? this.memory.kind : TERMS.test(this.upload?.filename || "") ? "terms" : "memory";
  }

  /** Run a task and show how far it is. @returns {Promise<any|null>} its result */
  async #task(words, start) {
    this.busy = words;
    this.share = null;
    this.error = null;
    this.draw();
    try {
      const { task } = await start();
      const done = await pollTask(task, (now) => {
        this.share = now.percent ?? (now.total ? (now.done / now.total) * 100 : null);
        this.#drawProgress(now);
      }, { signal: this.stop.signal });
      return done.result || {};
    } catch (error) {
      if (error.name !== "AbortError") this.error = error;
      return null;
    } finally {
      this.busy = "";
      this.draw();
    }
  }

  async compare() {
    const report = await this.#task(gettext("Comparing…"), () => post(`memories/${this.memory.id}/import`, { upload: this.upload.id, mode: "diff", apply: false, ...this.options }));
    if (report) this.#compared(report);
  }

  async go() {
    if (!this.upload || this.busy) return;
    this.readSoon.flush();
    const { memory } = this;
    const result = await this.#task(gettext("Writing…"), () => (memory
      ? post(`memories/${memory.id}/import`, { upload: this.upload.id, mode: this.mode, ...(this.mode === "diff" ? { apply: true } : {}), ...this.options })
      : post("memories/import", { upload: this.upload.id, name: this.name.value.trim() || null, kind: this.kind, scope: refOfPlace(this.place), source_language: this.source.value, target_language: this.target.value, ...this.options })));
    if (!result) return;
    this.done = result;
    this.draw();
    await this.page.reload({ records: true });
    if (result.memory_id) await this.page.go({ memory: result.memory_id });
  }

  // ---- drawing ----
  draw() {
    if (!this.body || this.stop.signal.aborted) return;
    if (this.done) redraw(this.body, reportOf(this.done, this.kind));
    else redraw(this.body, this.#filePart(), this.upload && !this.memory && this.#newPart(), this.#mapPart(), this.upload && this.memory && this.#modePart(), this.report && [countsOf(this.report, this.kind), samplesOf(this.report, this.memory)], this.#statePart());
    redraw(this.foot, this.#buttons());
  }

  #filePart() {
    if (!this.upload) {
      return h("div", { class: "empty mem-drop" }, icon("upload"), h("p", null, gettext("Drop a file here, or choose it.")), h("p", { class: "faint" }, gettext("TMX, TBX, Excel, CSV, tab-separated text, XML or PO.")),
        h("p", { class: "row" }, h("button", { class: "btn btn-primary", type: "button", id: "mem-choose", autofocus: true, onclick: () => this.choose() }, gettext("Choose a file…"))));
    }
    return h("p", { class: "row mem-file" }, icon(TABLES.test(this.upload.filename) ? "file-sheet" : "file-xml"), h("span", { class: "strong clip" }, this.upload.filename), h("span", { class: "faint num" }, bytes(this.upload.size)), h("span", { class: "fill" }),
      h("button", { class: "btn btn-quiet btn-s", type: "button", "data-focus": "other", disabled: Boolean(this.busy), onclick: () => this.choose() }, gettext("Another file…")));
  }

  #newPart() {
    return h("div", { class: "mem-new stack" }, field(gettext("Name"), this.name),
      h("div", { class: "access-two" }, field(gettext("Source language"), this.source), field(gettext("Target language"), this.target)),
      h("p", { class: "faint" }, refOfPlace(this.place) ? fmt(gettext("{kind} for {place}, active at once."), { kind: kindName(this.kind), place: this.place.name }) : fmt(gettext("{kind} without a place: drag it onto one later."), { kind: kindName(this.kind) })));
  }

  /** What the columns are, for tables. */
  #mapPart() {
    const { item } = this;
    if (!item) return null;
    if (item.state === "error") return h("div", { class: "imp-problem", role: "alert" }, icon("error"), h("div", null, h("p", { class: "strong" }, fmt(gettext("{name} could not be read like this."), { name: item.path })), h("p", null, item.error.message)));
    const tables = item.inspection?.tables || [];
    const table = tables.find((one) => one.name === this.table) || tables.find((one) => one.used) || tables[0];
    if (!table || !isTable(item.inspection.format)) return item.state === "reading" ? h("p", { class: "faint", role: "status" }, gettext("Reading…")) : null;
    const sheets = tables.length > 1 ? h("select", { class: "select select-s", "aria-label": gettext("Sheet"), "data-focus": "sheet" }, tables.map((one) => h("option", { value: one.name, selected: one === table }, one.name))) : null;
    sheets?.addEventListener("change", () => {
      this.table = sheets.value;
      this.draw();
    });
    return h("div", { class: "mem-map" }, h("div", { class: "row" }, h("span", { class: "label" }, gettext("What the columns are")), h("span", { class: "fill" }), sheets),
      h("div", { class: "imp-map scroll" }, columnTable(item, table, (options) => {
        this.items.change(item, options);
        this.#compared(null);
        this.readSoon();
      })));
  }

  #modePart() {
    const modes = ["overwrite", "merge", "keep_all", "diff"];
    return h("fieldset", { class: "mem-modes stack", disabled: Boolean(this.busy) }, h("legend", { class: "label" }, gettext("How it is brought in")),
      radios("mode", modes.map((mode) => [mode, modeName(mode)]), this.mode, (mode) => {
        this.mode = mode;
        this.draw();
      }));
  }

  #statePart() {
    if (this.busy) {
      this.bar = taskBar((this.share || 0) / 100);
      this.words = h("span", { class: "num" });
      return h("div", { class: "mem-progress", role: "status" }, h("span", null, this.busy), this.bar, this.words);
    }
    if (!this.error) return null;
    return h("div", { class: "imp-problem", role: "alert" }, icon("error"), h("div", null, h("p", { class: "strong" }, gettext("Nothing was written.")), h("p", null, this.error.message)));
  }

  #drawProgress(now) {
    if (!this.bar) return;
    taskBar((this.share || 0) / 100, this.bar);
    fill(this.words, this.share !== null ? percent(this.share, 100) : now.done ? number(now.done) : "");
  }

  #buttons() {
    const close = (label) => h("button", { class: "btn btn-quiet", type: "button", "data-focus": "close", onclick: () => this.dialog.close() }, label);
    if (this.done) return [h("span", { class: "fill" }), close(gettext("Close"))];
    const why = this.#whyNot();
    const blocked = why || this.busy ? "true" : null;
    return [
      h("span", { class: "faint clip" }, this.memory ? fmt(gettext("{name} holds {n}"), { name: this.memory.name, n: recordsText(this.memory) }) : ""), h("span", { class: "fill" }),
      close(this.busy ? gettext("Go on in the background") : gettext("Cancel")),
      this.memory && this.upload && h("button", { class: "btn", type: "button", "data-focus": "compare", id: "mem-compare", "aria-disabled": blocked, title: why || null, onclick: () => !blocked && this.compare() }, gettext("Compare first")),
      this.upload && h("button", { class: "btn btn-primary", type: "button", id: "mem-import-go", "data-focus": "go", "aria-disabled": blocked, title: why || null, onclick: () => !blocked && this.go() }, this.memory ? gettext("Import") : gettext("Create")),
    ];
  }

  #whyNot() {
    if (!this.upload) return gettext("Choose a file first.");
    if (this.item?.state === "error") return gettext("This file cannot be read yet.");
    return "";
  }
}

export class Importing {
  /** @param {MemoryPage} page */
  constructor(page) {
    this.page = page;
  }

  /** Open the dialog. Without a memory one is made of the file. @param {{memory: any, place: any, files: any[]|null}} into */
  start({ memory, place, files }) {
    const why = memory && whyNot(memory, "import");
    if (why) {
      this.page.acts.refuse(why);
      return;
    }
    const dialog = new ImportDialog(this, { memory, place });
    if (files) dialog.bring(files).catch(toastError);
  }

  /** Files dropped on the entries go into the memory that is open; anywhere else they make a new one. */
  listen() {
    document.addEventListener("dragover", (event) => {
      if (!carriesFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      this.page.middle.classList.add("is-drop");
    });
    document.addEventListener("dragleave", (event) => !event.relatedTarget && this.page.middle.classList.remove("is-drop"));
    document.addEventListener("drop", async (event) => {
      this.page.middle.classList.remove("is-drop");
      if (!carriesFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      const files = await droppedFiles(event.dataTransfer).catch(() => []);
      if (files.length) this.start({ memory: this.page.memory, place: this.page.opened.place ? this.page.tree.places.at(this.page.opened.place) : null, files });
    });
  }
}
