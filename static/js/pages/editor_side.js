/** The side panel: history of the row with word diffs, and what surrounds it. */

import { getAll } from "../core/api.js";
import { debounce, fill, h, icon, need } from "../core/dom.js";
import { exactTime, number, when } from "../core/format.js";
import { fmt, gettext, pgettext } from "../core/i18n.js";
import { pref } from "../core/prefs.js";
import { avatar } from "../components/person.js";
import { placeWords } from "../components/grid/rows.js";
import { SidePane } from "../components/sidepane.js";
import { statusColour, statusGlyph, statusName } from "../components/status.js";
import { renderText, sizeOf } from "../components/textmark.js";
import { renderDiff } from "../components/worddiff.js";

const AROUND = 2;
const TABS = ["tab-memory", "tab-checks", "tab-history", "tab-context"];

export class SidePanel extends SidePane {
  constructor(grid, editing, info, memory) {
    super(need("#side-toggle"), { open: "panes.side_open", tab: "panes.side_tab" });
    Object.assign(this, { grid, editing, info, memory });
    /** The tab of the checks and the foot; editor_checks.js puts it here. @type {any} */
    this.checks = null;
    this.history = need("#panel-history");
    this.context = need("#panel-context");
    this.count = need("#history-count");
    this.load = debounce(() => this.fill(), 120);
    grid.addEventListener("current", (event) => this.onCurrent(event.detail.row));
    this.begin(TABS.includes(pref("panes.side_tab", TABS[0])) ? pref("panes.side_tab", TABS[0]) : TABS[0]);
    this.tabs.choose(this.tab);
  }

  setOpen(open) {
    super.setOpen(open);
    if (!open) this.memory.hide();
  }

  giveFocusBack() {
    if (this.grid.selection.current >= 0) this.grid.focusRow(this.grid.selection.current);
  }

  onCurrent(row) {
    const key = row ? `${row.id}:${row.rev}` : "";
    if (key === this.shown) return;
    this.shown = key;
    if (!this.isOpen) return;
    this.checks?.about(row);
    // The memory waits by itself: what it knows already is shown at once.
    if (this.tab === "tab-memory") this.fill();
    else this.load();
  }

  fill() {
    if (!this.isOpen) return;
    const row = this.grid.row();
    this.element.setAttribute("aria-label", row ? fmt(gettext("Row {n}"), { n: number(row.n) }) : gettext("The row"));
    if (this.tab === "tab-memory") {
      this.memory.show(row);
      return;
    }
    this.memory.hide();
    if (this.tab === "tab-checks") {
      this.checks?.show(row);
      return;
    }
    if (!row) {
      fill(this.tab === "tab-history" ? this.history : this.context, this.empty("history", gettext("Choose a row to see it here.")));
      this.count.textContent = "";
      return;
    }
    if (this.tab === "tab-history") this.fillHistory(row);
    else this.fillContext(row);
  }

  empty(name, sentence) {
    return h("div", { class: "empty" }, icon(name), h("p", null, sentence));
  }

  async fillHistory(row) {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    try {
      const entries = await getAll(`rows/${row.id}/history`, {}, { signal: asked.signal, max: 500 });
      if (asked.signal.aborted) return;
      this.count.textContent = entries.length ? number(entries.length) : "";
      fill(this.history, entries.length ? entries.map((entry) => this.entry(entry, row)) : this.empty("history", gettext("Nobody has changed this row yet.")));
    } catch (error) {
      if (error.name !== "AbortError") fill(this.history, this.empty("warn", error.message));
    }
  }

  entry(entry, row) {
    const { target } = this.info.languages;
    const changed = entry.target !== entry.target_before;
    const isNow = entry.target === row.target;
    return h(
      "article",
      { class: "entry" },
      h("div", { class: "match-head" }, avatar(entry.author, { small: true }), h("span", { class: "clip dim" }, entry.author?.name || gettext("Nobody")), h("span", { class: "push faint", title: exactTime(entry.at) }, when(entry.at))),
      changed && h("div", { class: "g-text entry-text", lang: target.code || null, dir: target.dir || "auto" }, renderDiff(entry.target_before, entry.target)),
      flagWords(entry).map((words) => h("div", { class: "dim entry-status" }, words)),
      (entry.status !== entry.status_before || (!changed && !flagWords(entry).length)) && this.statusLine(entry),
      entry.before?.source !== undefined && h("div", { class: "faint" }, gettext("The source changed.")),
      entry.note && h("p", { class: "entry-note" }, entry.note),
      h("div", { class: "entry-foot faint" }, kindName(entry), entry.score ? ` ${entry.score}` : "",
        changed && !isNow && !row.locked && h("button", { class: "btn btn-quiet btn-s push", type: "button", onclick: () => this.restore(entry) }, icon("undo", { small: true }), gettext("Restore this text"))),
    );
  }

  statusLine(entry) {
    const mark = (status) => h("span", { class: `row st-${statusColour(status)}` }, icon(statusGlyph(status), { small: true }), statusName(status));
    if (entry.status === entry.status_before) return h("div", { class: "entry-status" }, mark(entry.status));
    return h("div", { class: "entry-status" }, mark(entry.status_before), icon("right", { small: true, class: "faint" }), mark(entry.status));
  }

  /** A text of the past, as a new edit. */
  restore(entry) {
    const row = this.grid.row();
    if (!row) return;
    this.editing.leave();
    this.editing.save(row, entry.target ? { target: entry.target, status: "translated" } : { target: "" });
  }

  fillContext(row) {
    const { source, target } = this.info.languages;
    const facts = [];
    const add = (name, value) => value && facts.push(h("dt", null, name), h("dd", null, value));
    add(gettext("Key"), row.key && h("bdi", { class: "mono" }, row.key));
    add(gettext("Place in the file"), row.location && h("bdi", null, placeWords(row.location)));
    add(gettext("Plural"), row.plural);
    add(gettext("Context"), row.context && h("span", { class: "pre" }, row.context));
    add(gettext("Comment"), row.comment && h("span", { class: "pre" }, row.comment));
    const length = sizeOf(row.target).characters;
    add(gettext("Length"), row.max_length ? h("span", { class: length > row.max_length ? "num st-warn" : "num" }, fmt(gettext("{n} of {limit} characters"), { n: number(length), limit: number(row.max_length) })) : h("span", { class: "num" }, number(length)));
    add(gettext("Status"), h("span", { class: "row" }, h("span", { class: `row st-${statusColour(row.status)}` }, icon(statusGlyph(row.status), { small: true })), statusName(row.status)));
    add(pgettext("fact", "Edited"), row.edited_by && `${row.edited_by.name}, ${when(row.edited_at)}`);
    fill(
      this.context,
      row.source_changed && row.old_source !== null && row.old_source !== undefined &&
        [h("div", { class: "sec" }, gettext("The source changed")), h("div", { class: "pane-body g-text", lang: source.code || null, dir: source.dir || "auto" }, renderDiff(row.old_source, row.source))],
      h("div", { class: "sec" }, gettext("Facts")),
      h("div", { class: "pane-body" }, h("dl", { class: "facts" }, facts)),
      h("div", { class: "sec" }, gettext("Around it")),
      this.neighbours(source, target),
    );
  }

  neighbours(source, target) {
    const at = this.grid.selection.current;
    const list = h("div", { class: "near" });
    for (let index = Math.max(0, at - AROUND); index <= Math.min(this.grid.windows.total - 1, at + AROUND); index += 1) {
      const row = this.grid.row(index);
      if (!row) continue;
      list.append(
        h("button", { class: index === at ? "near-row is-on" : "near-row", type: "button", "aria-current": index === at ? "true" : null, onclick: () => this.grid.goTo(index) },
          h("span", { class: "num faint" }, number(row.n)),
          h("span", { class: "fill" }, h("span", { class: "near-src", lang: source.code || null, dir: source.dir || "auto" }, renderText(row.source)), h("span", { class: "near-tgt", lang: target.code || null, dir: target.dir || "auto" }, renderText(row.target)))),
      );
    }
    return list;
  }
}

/** What happened to the flags of a row, in words. */
function flagWords(entry) {
  const { locked, blank_intended: blank } = entry.before || {};
  const words = [];
  if (locked !== undefined && locked !== null) words.push(locked ? gettext("Unlocked") : pgettext("history", "Locked"));
  if (blank !== undefined && blank !== null) words.push(blank ? gettext("No longer empty on purpose") : gettext("Empty on purpose"));
  return words;
}

function kindName(entry) {
  switch (entry.kind) {
    case "import": return gettext("Import");
    case "reimport": return gettext("New version of the file");
    case "status": return gettext("Status");
    case "flag": return gettext("Flag");
    case "revert": return gettext("Revert");
    case "edit": return gettext("Edit");
    case "bulk": return gettext("Change of many rows");
    case "sync": return gettext("From the server");
    default: return entry.kind;
  }
}

