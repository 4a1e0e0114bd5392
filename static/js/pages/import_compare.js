/** The dry run of a new version or a returned sheet: what would change row by row, and taking it over. */

import { get, pollTask, post } from "../core/api.js";
import { fill, h, icon } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { promptDialog } from "../components/dialog.js";
import { makeTabs } from "../components/tabs.js";
import { renderText } from "../components/textmark.js";
import { toast, toastError } from "../components/toast.js";
import { renderDiff } from "../components/worddiff.js";
import { radios, section } from "./import_fields.js";
import { itemKind, itemNote, rowsText } from "./import_words.js";

const PAGE = 100;
const KINDS = ["new", "changed", "gone", "conflicting"];

export class Compare {
  /** @param {{file: number, mode: string, source: string, target: string, changed: () => void}} options */
  constructor(options) {
    this.options = options;
    this.plan = null;
    this.counts = null;
    this.error = null;
    this.running = null;
    this.kind = "";
    this.recognise = "all";
    this.conflicts = "ours";
    this.reason = "";
    this.busy = "";
    this.next = null;
    this.list = h("div", { class: "scroll fill", role: "table", "aria-label": gettext("What would change"), tabindex: "0" });
    this.list.addEventListener("scroll", () => {
      if (this.next && this.list.scrollTop + this.list.clientHeight > this.list.scrollHeight - 400) this.#load(true);
    }, { passive: true });
  }

  /** Compare again. @param {{upload: {id: string}, touched: boolean, options: any, source: string|null}} item */
  async run(item) {
    this.running?.abort();
    const stop = (this.running = new AbortController());
    this.plan = null;
    this.error = null;
    this.options.changed();
    const path = this.options.mode === "bilingual" ? "bilingual" : "reimport";
    const body = this.options.mode === "bilingual" ? { upload: item.upload.id } : { upload: item.upload.id, options: item.touched ? item.options : null, source_upload: item.source, recognise_by: this.recognise };
    try {
      const { task } = await post(`files/${this.options.file}/${path}`, body, { signal: stop.signal });
      const done = await pollTask(task, undefined, { signal: stop.signal });
      if (stop.signal.aborted) return;
      this.plan = done.result.plan;
      this.counts = done.result.counts;
      this.running = null;
      this.options.changed();
      await this.#load();
    } catch (error) {
      if (error.name === "AbortError") return;
      this.running = null;
      this.error = error;
      this.options.changed();
    }
  }

  async #load(more = false) {
    if (this.loading) return;
    this.loading = true;
    const { plan, kind } = this;
    try {
      const answer = await get(`plans/${plan}/items`, { query: { kind, limit: PAGE, cursor: more ? this.next : null } });
      if (plan !== this.plan || kind !== this.kind) return;
      this.next = answer.next;
      const rows = answer.results.map((item) => this.#row(item));
      if (more) this.list.append(...rows);
      else fill(this.list, rows.length ? rows : h("div", { class: "empty" }, icon("same"), h("p", null, kind ? gettext("No row of this kind.") : gettext("This version changes nothing."))));
    } catch (error) {
      toastError(error);
    } finally {
      this.loading = false;
      if (plan === this.plan && kind !== this.kind) this.#load();
    }
  }

  #row(item) {
    const { source, target } = this.options;
    const { icon: glyph, colour, words } = itemKind(item.kind);
    const text = (language, ...content) => h("div", { class: "g-text", role: "cell", lang: language || null, dir: "auto" }, ...content);
    const empty = () => h("span", { class: "faint" }, gettext("Empty"));
    const key = item.old_key !== null && item.old_key !== item.key ? [h("s", null, item.old_key), " ", item.key] : item.key;
    return h("div", { class: "dr", role: "row" },
      h("span", { class: `row ${colour}`, role: "cell" }, icon(glyph, { small: true }), words),
      h("span", { class: "mono faint clip", role: "cell", title: item.key }, key),
      text(source, item.old_source !== null && item.kind !== "new" ? renderDiff(item.old_source, item.source) : renderText(item.source)),
      text(target, this.#target(item, empty)),
      h("span", { class: "dim", role: "cell" }, itemNote(item, this.conflicts)));
  }

  #target(item, empty) {
    const here = item.target_here;
    const file = item.target_file;
    if (item.kind === "new") return file ? renderText(file) : empty();
    if (item.kind === "conflicting") {
      return [h("span", { class: "dim" }, gettext("here"), " "), here ? renderText(here) : empty(), h("br"), h("span", { class: "dim" }, gettext("file"), " "), file ? renderText(file) : empty()];
    }
    if (file !== null && here !== null && file !== here) return renderDiff(here, file);
    return here ? renderText(here) : empty();
  }

  #count(kind) {
    return this.counts?.[kind] || 0;
  }

  /** How many rows would be touched. */
  total() {
    return KINDS.reduce((sum, kind) => sum + this.#count(kind), 0);
  }

  /** The tabs and the list. */
  element() {
    if (this.error) return h("div", { class: "imp-problem", role: "alert" }, icon("error"), h("div", null, h("p", { class: "strong" }, gettext("These two cannot be compared.")), h("p", null, this.error.message), h("p", { class: "dim" }, gettext("Nothing is written."))));
    if (!this.plan) return h("div", { class: "empty" }, icon("clock"), h("p", null, gettext("Comparing…")));
    const tab = (kind, label) => h("button", { class: "tab", role: "tab", type: "button", id: `tab-${kind || "all"}`, "data-kind": kind, "data-focus": `tab-${kind}`, "aria-selected": String(kind === this.kind), tabindex: kind === this.kind ? "0" : "-1" }, label, " ", h("span", { class: "n" }, number(kind ? this.#count(kind) : this.total())));
    const tabs = h("div", { class: "tabs full", role: "tablist", "aria-label": gettext("What would change") }, tab("", gettext("All changes")), KINDS.map((kind) => tab(kind, itemKind(kind).words)));
    makeTabs(tabs, (chosen) => {
      if (this.kind === chosen.dataset.kind) return;
      this.kind = chosen.dataset.kind;
      this.next = null;
      this.#load();
    });
    return h("div", { class: "imp-compare" }, h("div", { class: "bar-row" }, tabs, h("span", { class: "fill" }), h("span", { class: "faint" }, gettext("Nothing is written yet"))), this.list);
  }

  /** Counts, questions, reason, and the way on. @param {() => void} again compare anew */
  side(again) {
    const fact = (name, value, colour = "") => [h("dt", null, name), h("dd", { class: `num ${value ? colour : "faint"}` }, number(value))];
    const { counts } = this;
    return [
      section(gettext("What will happen"), h("dl", { class: "facts count" },
        fact(gettext("New"), this.#count("new")), fact(gettext("Changed"), this.#count("changed")), fact(gettext("Gone"), this.#count("gone")),
        fact(gettext("Conflicting"), this.#count("conflicting"), "st-conflict"), counts?.moved ? fact(gettext("Moved"), counts.moved) : null, fact(gettext("Unchanged"), this.#count("unchanged")),
        counts?.unknown ? fact(gettext("Not in this file"), counts.unknown, "st-warn") : null)),
      this.options.mode === "version" && section(gettext("A row is recognised by"), ...radios("recognise", [["all", gettext("Key, then source, then position")], ["key", gettext("Key only")], ["source", gettext("Source only")]], this.recognise, (value) => {
        this.recognise = value;
        again();
      })),
      section(gettext("When both sides changed"), ...radios("conflicts", [["ours", gettext("Keep ours, put theirs in the history")], ["file", gettext("Take the file, keep ours in the history")]], this.conflicts, (value) => {
        this.conflicts = value;
        if (this.plan) this.#load();
      })),
      section(gettext("Reason"), this.#reasonField()),
      this.#foot(),
    ];
  }

  #reasonField() {
    const input = h("input", { class: "input", value: this.reason, maxlength: "500", "aria-label": gettext("Reason"), "data-focus": "reason", autocomplete: "off" });
    input.addEventListener("input", () => {
      this.reason = input.value;
    });
    return input;
  }

  whyNot() {
    if (this.error) return gettext("These two cannot be compared.");
    if (!this.plan) return gettext("The comparison is not ready yet.");
    return this.total() || this.counts?.moved ? "" : gettext("This version changes nothing.");
  }

  #foot() {
    const why = this.whyNot();
    const label = this.busy || fmt(ngettext("Apply {n} change", "Apply {n} changes", this.total()), { n: number(this.total()) });
    return h("div", { class: "imp-foot" },
      h("button", { class: "btn btn-primary", type: "button", id: "imp-go", "data-focus": "go", "aria-disabled": why || this.busy ? "true" : null, title: why || null, onclick: () => this.apply() }, label, !this.busy && h("kbd", { class: "kbd" }, "Ctrl Enter")),
      h("p", { class: "faint" }, why && this.plan ? why : gettext("One change set, reverted as a whole if need be.")));
  }

  /** Take it over. */
  async apply() {
    if (this.whyNot() || this.busy) return;
    this.busy = gettext("Applying…");
    this.options.changed();
    try {
      const { task } = await post(`plans/${this.plan}/apply`, { reason: this.reason.trim(), conflicts: this.conflicts });
      const done = await pollTask(task);
      this.applied = done.result;
    } catch (error) {
      toastError(error);
    } finally {
      this.busy = "";
      this.options.changed();
    }
  }

  /** What was done, with the way to the rows and back. */
  report(name) {
    const { counts, change_set: set } = this.applied;
    const changes = `/files/${this.options.file}/changes/?set=${set}`;
    const facts = [["new", gettext("New")], ["added", gettext("Added")], ["changed", gettext("Changed")], ["moved", gettext("Moved")], ["gone", gettext("Gone")], ["conflicting", gettext("Conflicting")], ["unchanged", gettext("Unchanged")]];
    return h("div", { class: "imp-report scroll fill", tabindex: "-1", id: "imp-report" }, h("div", { class: "imp-report-head" },
      h("h1", { class: "h-section row" }, icon("check"), fmt(gettext("{name} is up to date."), { name })),
      h("dl", { class: "facts imp-report-facts" }, facts.filter(([kind]) => counts[kind] > 0 && (kind !== "added" || counts.new === undefined)).map(([kind, words]) => [h("dt", null, words), h("dd", { class: "num" }, rowsText(counts[kind]))])),
      h("p", { class: "row" }, h("a", { class: "btn btn-primary", href: `/files/${this.options.file}/` }, fmt(gettext("Open {name}"), { name })), h("a", { class: "btn", href: changes }, icon("history"), gettext("Changes")),
        h("button", { class: "btn btn-danger", type: "button", onclick: () => this.#revert(set) }, icon("undo"), gettext("Revert…")))));
  }

  async #revert(set) {
    const reason = await promptDialog({ title: gettext("Revert this version?"), label: gettext("Reason"), action: gettext("Revert"), danger: true, required: true, text: gettext("Rows that people edited since are left alone and listed. The revert is a change of its own.") });
    if (reason === null) return;
    try {
      const { task } = await post(`change-sets/${set}/revert`, { reason });
      const done = await pollTask(task);
      toast(fmt(ngettext("{n} row went back.", "{n} rows went back.", done.result.reverted), { n: number(done.result.reverted) }), { kind: "done" });
      location.assign(`/files/${this.options.file}/changes/`);
    } catch (error) {
      toastError(error);
    }
  }
}
