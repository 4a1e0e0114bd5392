/** The side panel of the memory page: the entry with its history, quality, scope, health. */

import { get } from "../core/api.js";
import { debounce, fill, find, h, icon, need } from "../core/dom.js";
import { exactTime, number, when } from "../core/format.js";
import { fmt, gettext, pgettext } from "../core/i18n.js";
import { pref } from "../core/prefs.js";
import { avatar, personLine } from "../components/person.js";
import { SidePane } from "../components/sidepane.js";
import { renderText } from "../components/textmark.js";
import { renderDiff } from "../components/worddiff.js";
import { healthPart } from "./memory_health.js";
import { Quality } from "./memory_quality.js";
import { scopePart } from "./memory_scope.js";
import { changeName, useName } from "./memory_words.js";

/** A sentence in a panel that has nothing else. */
const nothing = (name, sentence) => h("div", { class: "empty" }, icon(name), h("p", null, sentence));

export class MemorySide extends SidePane {
  /** @param {MemoryPage} page */
  constructor(page) {
    super(page.sideButton, { open: "memory.side_open", tab: "memory.tab" });
    this.page = page;
    this.panels = { entry: need("#panel-entry"), quality: need("#panel-quality"), scope: need("#panel-scope"), health: need("#panel-health") };
    this.quality = new Quality(this.panels.quality);
    need("#tab-quality").hidden = !this.quality.isReady;
    this.load = debounce(() => this.#fillEntry(), 120);
    this.begin(pref("memory.tab", "tab-entry"));
    this.tabs.choose(find(`#${this.tab}`)?.hidden === false ? this.tab : "tab-entry");
  }

  giveFocusBack() {
    this.page.pane?.grid.focus();
  }

  show(tab) {
    if (!need(`#${tab}`).hidden) super.show(tab);
  }

  /** Another memory, or it changed. */
  fill() {
    if (!this.isOpen) return;
    const { memory } = this.page;
    const noQuality = !this.quality.isReady || memory?.kind === "terms";
    need("#tab-quality").hidden = noQuality;
    if (noQuality && this.tab === "tab-quality") {
      this.tabs.choose("tab-entry");
      return;
    }
    this.element.setAttribute("aria-label", memory?.name || gettext("The memory"));
    if (this.tab === "tab-entry") this.#fillEntry();
    else if (!memory) fill(this.panels[this.tab.replace("tab-", "")], nothing("memory", gettext("Choose a memory to see it here.")));
    else if (this.tab === "tab-scope") scopePart(this.page, memory, this.panels.scope);
    else if (this.tab === "tab-health") healthPart(this.page, memory, this.panels.health);
    else if (this.tab === "tab-quality") this.quality.show(memory);
  }

  /** Another record has the cursor, or it changed. */
  onRecord(record) {
    const key = record ? `${record.id}:${record.rev}:${record.confirmed}:${record.deleted}` : "";
    if (key === this.shown) return;
    this.shown = key;
    if (this.isOpen && this.tab === "tab-entry") this.load();
  }

  #fillEntry() {
    const { record, memory } = this.page;
    const panel = this.panels.entry;
    this.asked?.abort();
    if (!record || !memory) {
      fill(panel, nothing(memory?.kind === "terms" ? "term" : "memory", memory ? gettext("Choose an entry to see it here.") : gettext("Choose a memory to see it here.")));
      return;
    }
    const history = h("div", { class: "mem-history" });
    fill(panel, memory.kind === "terms" ? termFacts(record, memory) : entryFacts(record, memory), history);
    if (memory.kind === "memory" && this.page.pane?.definition.kind === "entries") this.#fillHistory(record, memory, history);
  }

  async #fillHistory(record, memory, host) {
    const asked = (this.asked = new AbortController());
    try {
      const answer = await get(`entries/${record.id}/history`, { signal: asked.signal });
      if (asked.signal.aborted) return;
      const changes = Array.isArray(answer) ? answer : answer.results;
      fill(host, h("div", { class: "sec" }, gettext("History"), h("span", { class: "push num" }, changes.length ? number(changes.length) : "")),
        changes.length ? historyOf(changes, record, memory) : h("p", { class: "faint pane-body" }, gettext("Nobody has changed it since it came.")));
    } catch (error) {
      if (error.name !== "AbortError") fill(host, nothing("warn", error.message));
    }
  }
}

const text = (value, language) => h("div", { class: "g-text", lang: language || null, dir: "auto" }, value ? renderText(value) : h("span", { class: "faint" }, gettext("Empty")));
const fact = (name, value) => (value || value === 0) && [h("dt", null, name), h("dd", null, value)];
const stamp = (person, at) => person && h("span", { class: "row mem-stamp" }, personLine(person), h("span", { class: "faint", title: exactTime(at) }, when(at)));

function entryFacts(entry, memory) {
  const neighbour = (value) => (value === null || value === undefined ? null : value === "" ? h("span", { class: "faint" }, gettext("none: it stood at the edge")) : text(value, memory.source_language));
  return [
    h("div", { class: "mem-texts" }, h("div", { class: "dim" }, text(entry.source, memory.source_language)), text(entry.target, memory.target_language)),
    h("div", { class: "pane-body" }, h("dl", { class: "facts" },
      fact(gettext("State"), entry.deleted ? gettext("Deleted") : entry.confirmed ? h("span", { class: "row st-reviewed" }, icon("check", { small: true }), gettext("Confirmed")) : gettext("Not confirmed")),
      fact(gettext("Confirmed by"), entry.confirmed && stamp(entry.confirmed_by, entry.confirmed_at)),
      fact(gettext("Key"), entry.key && h("bdi", { class: "mono" }, entry.key)),
      fact(gettext("Text before"), neighbour(entry.previous)),
      fact(gettext("Text after"), neighbour(entry.next)),
      fact(gettext("Speaker"), entry.speaker),
      fact(gettext("Note"), entry.note && h("span", { class: "pre" }, entry.note)),
      fact(gettext("From file"), entry.origin),
      fact(pgettext("when", "Changed"), stamp(entry.changed_by, entry.changed_at)),
      fact(pgettext("when", "Created"), stamp(entry.created_by, entry.created_at)),
      fact(gettext("Revision"), h("span", { class: "num" }, number(entry.rev))))),
  ];
}

function termFacts(term, memory) {
  return [
    h("div", { class: "mem-texts" }, h("div", { class: "dim" }, text(term.source, memory.source_language)), term.use === "forbidden" ? h("div", { class: "st-qa" }, fmt(gettext("not {term}"), { term: term.target })) : text(term.target ?? term.suggestion, memory.target_language)),
    h("div", { class: "pane-body" }, h("dl", { class: "facts" },
      fact(gettext("Use"), term.use && useName(term.use)),
      fact(gettext("Part of speech"), term.part_of_speech),
      fact(gettext("Case"), term.case_sensitive ? gettext("as written") : ""),
      fact(gettext("Definition"), term.definition && h("span", { class: "pre" }, term.definition)),
      fact(gettext("Note"), term.note && h("span", { class: "pre" }, term.note)),
      fact(gettext("Concept"), term.concept && h("bdi", { class: "mono" }, term.concept)),
      fact(gettext("Found"), term.occurrences && fmt(gettext("{n} times"), { n: number(term.occurrences) })),
      fact(gettext("Example"), term.example && text(term.example, memory.source_language)),
      fact(pgettext("when", "Changed"), stamp(term.changed_by, term.changed_at)),
      fact(pgettext("when", "Created"), stamp(term.created_by, term.created_at)))),
  ];
}

/** Each change with what it changed: the text after it is the one before the next, or the present one. */
function historyOf(changes, entry, memory) {
  let source = entry.source;
  let target = entry.target;
  return changes.map((change) => {
    const parts = [];
    const differs = (before, after, language, quiet) => before !== null && before !== undefined && before !== after && parts.push(h("div", { class: quiet ? "g-text entry-text dim" : "g-text entry-text", lang: language || null, dir: "auto" }, renderDiff(before, after)));
    differs(change.source_before, source, memory.source_language, true);
    differs(change.target_before, target, memory.target_language, false);
    source = change.source_before ?? source;
    target = change.target_before ?? target;
    return h("article", { class: "entry" },
      h("div", { class: "match-head" }, avatar(change.author, { small: true }), h("span", { class: "clip dim" }, change.author?.name || gettext("Nobody")), h("span", { class: "push faint", title: exactTime(change.at) }, when(change.at))),
      parts,
      h("div", { class: "entry-status" }, changeName(change.kind)),
      change.note && h("div", { class: "entry-note" }, change.note));
  });
}
