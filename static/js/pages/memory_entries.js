/** Entries of a memory, as the record pane shows them: columns, cells, what is edited and saved, what can be done to many. */

import { get, patch, post } from "../core/api.js";
import { h, icon } from "../core/dom.js";
import { day, exactTime } from "../core/format.js";
import { fmt, gettext, pgettext } from "../core/i18n.js";
import { page as now } from "../core/prefs.js";
import { renderText, spoken } from "../components/textmark.js";
import { entriesText, whyNot } from "./memory_words.js";

/** More entries than these are not sorted by their last change at first: their ids say nearly the same. */
const MANY = 100_000;

/** A text as the editor shows it. */
export const textCell = (text, language) => h("div", { class: "g-text", lang: language || null, dir: "auto" }, renderText(text));

const mark = (entry) => {
  if (entry.deleted) return h("span", { class: "faint" }, icon("trash", { small: true, label: gettext("Deleted") }));
  return entry.confirmed ? h("span", { class: "st-reviewed" }, icon("check", { small: true, label: gettext("Confirmed") })) : h("span", { class: "st-new" }, icon("ring", { small: true, label: gettext("Not confirmed") }));
};

const same = (one, other) => ["source", "target", "key"].every((name) => one[name] === other[name]);

/** @param {any} memory */
export function entriesOf(memory) {
  const languages = { source: memory.source_language, target: memory.target_language };
  return {
    kind: "entries",
    label: fmt(gettext("Entries of {name}"), { name: memory.name }),
    path: `memories/${memory.id}/entries`,
    setting: "memory.entries",
    sort: memory.entries > MANY ? "-id" : "-changed",
    hint: gettext("Search source, target, key, or author:min-a"),
    tokens: ["author", "state", "in"],
    count: entriesText,
    states: [["", gettext("All entries")], ["confirmed", gettext("Confirmed")], ["unconfirmed", gettext("Not confirmed")], ["deleted", gettext("Deleted")]],
    empty: gettext("No entry yet. Import a file, or press Ctrl Enter to write one."),
    columns: [
      { id: "mark", label: gettext("Confirmed"), width: 36, shown: true, fixed: true, sort: "confirmed", falling: true },
      { id: "source", label: gettext("Source"), width: 460, shown: true, flex: true, always: true, sort: "source" },
      { id: "target", label: gettext("Target"), width: 540, shown: true, flex: true, always: true, sort: "target" },
      { id: "key", label: gettext("Key"), width: 128, shown: true, sort: "key" },
      { id: "speaker", label: gettext("Speaker"), width: 110, shown: false },
      { id: "note", label: gettext("Note"), width: 160, shown: false },
      { id: "origin", label: gettext("From file"), width: 130, shown: false },
      { id: "created", label: pgettext("when", "Created"), width: 128, shown: false, right: true, sort: "created", falling: true },
      { id: "by", label: gettext("By"), width: 100, shown: true, leaves: true, sort: "author" },
      { id: "changed", label: pgettext("when", "Changed"), width: 128, shown: true, leaves: true, right: true, sort: "changed", falling: true },
    ],
    /** @param {string} id @param {any} entry */
    cell(id, entry) {
      switch (id) {
        case "mark": return mark(entry);
        case "source": case "target": return textCell(entry[id], languages[id]);
        case "key": return h("bdi", { class: "mono", title: entry.key || null }, entry.key);
        case "by": return h("span", { class: "clip", title: entry.changed_by?.name || null }, entry.changed_by?.name || "");
        case "changed": return h("span", { class: "num", title: exactTime(entry.changed_at) }, day(entry.changed_at));
        case "created": return h("span", { class: "num", title: exactTime(entry.created_at) }, day(entry.created_at));
        default: return entry[id] || "";
      }
    },
    describe: (entry) => [entry.deleted ? gettext("Deleted") : entry.confirmed ? gettext("Confirmed") : gettext("Not confirmed"), fmt(gettext("source {text}"), { text: spoken(entry.source) }), fmt(gettext("target {text}"), { text: spoken(entry.target) })].join(", "),
    look: (entry) => (entry.deleted ? "is-gone" : ""),
    fields: () => [
      { id: "source", label: gettext("Source"), lang: languages.source },
      { id: "target", label: gettext("Target"), lang: languages.target },
      { id: "key", label: gettext("Key") },
      { id: "speaker", label: gettext("Speaker") },
      { id: "note", label: gettext("Note") },
    ],
    whyNot: (entry) => (entry.deleted ? gettext("This entry is deleted. Restore it to edit it.") : whyNot(memory, "edit_entries")),
    fetch: (query, signal) => get(`memories/${memory.id}/entries`, { query, signal }),
    create: (texts) => post(`memories/${memory.id}/entries`, texts),
    /** Save a change; a refusal because of a mere confirmation meanwhile is none. */
    async save(entry, change, confirm) {
      let saved = entry;
      if (Object.keys(change).length) {
        try {
          saved = await patch(`entries/${entry.id}`, { ...change, rev: entry.rev });
        } catch (error) {
          const theirs = error.code === "stale" ? error.details?.entry : null;
          if (!theirs || !same(theirs, entry)) throw error;
          saved = await patch(`entries/${entry.id}`, { ...change, rev: theirs.rev });
        }
      }
      if (!confirm || saved.confirmed) return saved;
      await post(`memories/${memory.id}/entries/act`, { act: "confirm", ids: [entry.id] });
      return this.after("confirm", saved);
    },
    act: (act, body) => post(`memories/${memory.id}/entries/act`, { act, ...body }),
    /** An entry as an act leaves it. */
    after(act, entry) {
      if (act === "delete" || act === "restore") return { ...entry, deleted: act === "delete" };
      const confirmed = act === "confirm";
      return { ...entry, confirmed, confirmed_at: confirmed ? new Date().toISOString() : null, confirmed_by: confirmed && now.user ? { id: now.user.id, name: now.user.name } : null };
    },
    copied: (entry) => [entry.source, entry.target],
  };
}
