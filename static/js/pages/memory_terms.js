/** Terms of a term base, and candidates that wait for a decision, as the record pane shows them. */

import { get, patch, post } from "../core/api.js";
import { h, icon } from "../core/dom.js";
import { day, exactTime, number } from "../core/format.js";
import { fmt, fmtParts, gettext, ngettext, pgettext } from "../core/i18n.js";
import { keyOf } from "../core/keyboard.js";
import { openMenu, separator } from "../components/menu.js";
import { spoken } from "../components/textmark.js";
import { textCell } from "./memory_entries.js";
import { termsText, useName, whyNot } from "./memory_words.js";

const USES = ["preferred", "admitted", "forbidden"];
const ACT_OF_USE = { preferred: "prefer", admitted: "admit", forbidden: "forbid" };
const USE_OF_ACT = { prefer: "preferred", admit: "admitted", forbid: "forbidden" };

/** A translation as it may be used: a forbidden one is said to be none. */
function targetCell(term, language) {
  if (term.use !== "forbidden") return textCell(term.target, language);
  return h("div", { class: "g-text st-qa", dir: "auto" }, fmtParts(gettext("not {term}"), { term: h("span", { lang: language || null }, term.target) }));
}

/** @param {any} memory */
export function termsOf(memory) {
  const languages = { source: memory.source_language, target: memory.target_language };
  return {
    kind: "terms",
    label: fmt(gettext("Terms of {name}"), { name: memory.name }),
    path: `memories/${memory.id}/terms`,
    setting: "memory.terms",
    sort: "source",
    hint: gettext("Search source, target, note, or author:min-a"),
    tokens: ["author", "state", "in", "use"],
    count: termsText,
    states: [["", gettext("All terms")], ["forbidden", gettext("Forbidden")], ["deleted", gettext("Deleted")]],
    empty: gettext("No term yet. Import a file, or press Ctrl Enter to write one."),
    columns: [
      { id: "mark", label: gettext("Use"), width: 36, shown: true, fixed: true, sort: "use" },
      { id: "source", label: gettext("Source"), width: 400, shown: true, flex: true, always: true, sort: "source" },
      { id: "target", label: gettext("Target"), width: 400, shown: true, flex: true, always: true, sort: "target" },
      { id: "use", label: gettext("Use"), width: 88, shown: true },
      { id: "part_of_speech", label: gettext("Part of speech"), width: 108, shown: true, leaves: true, sort: "part_of_speech" },
      { id: "note", label: gettext("Note"), width: 340, shown: true, flex: true },
      { id: "definition", label: gettext("Definition"), width: 200, shown: false },
      { id: "concept", label: gettext("Concept"), width: 100, shown: false },
      { id: "by", label: gettext("By"), width: 84, shown: false, sort: "author" },
      { id: "changed", label: pgettext("when", "Changed"), width: 128, shown: true, leaves: true, right: true, sort: "changed", falling: true },
    ],
    cell(id, term) {
      switch (id) {
        case "mark": return term.deleted ? h("span", { class: "faint" }, icon("trash", { small: true, label: gettext("Deleted") })) : term.use === "forbidden" ? h("span", { class: "st-qa" }, icon("error", { small: true, label: useName("forbidden") })) : h("span", { class: "mem-term" }, icon("term", { small: true, label: useName(term.use) }));
        case "source": return h("div", { class: "mem-term" }, textCell(term.source, languages.source));
        case "target": return targetCell(term, languages.target);
        case "use": return h("span", { class: term.use === "forbidden" ? "st-qa" : null }, useName(term.use));
        case "by": return h("span", { class: "clip" }, term.changed_by?.name || "");
        case "changed": return h("span", { class: "num", title: exactTime(term.changed_at) }, day(term.changed_at));
        default: return term[id] || "";
      }
    },
    describe: (term) => [useName(term.use), fmt(gettext("source {text}"), { text: spoken(term.source) }), term.use === "forbidden" ? fmt(gettext("not {term}"), { term: spoken(term.target) }) : fmt(gettext("target {text}"), { text: spoken(term.target) })].join(", "),
    look: (term) => (term.deleted ? "is-gone" : term.use === "forbidden" ? "is-forbidden" : ""),
    fields: () => [
      { id: "source", label: gettext("Source"), lang: languages.source },
      { id: "target", label: gettext("Target"), lang: languages.target },
      { id: "use", label: gettext("Use"), options: USES.map((use) => [use, useName(use)]) },
      { id: "part_of_speech", label: gettext("Part of speech") },
      { id: "note", label: gettext("Note") },
      { id: "definition", label: gettext("Definition") },
    ],
    whyNot: (term) => (term.deleted ? gettext("This term is deleted. Restore it to edit it.") : whyNot(memory, "edit_entries")),
    fetch: ({ state, ...query }, signal) => get(`memories/${memory.id}/terms`, { query: state === "forbidden" ? { ...query, use: "forbidden" } : { ...query, state }, signal }),
    create: (texts) => post(`memories/${memory.id}/terms`, texts),
    save: (term, change) => patch(`terms/${term.id}`, { ...change, rev: term.rev }),
    act: (act, { state, ...body }) => post(`memories/${memory.id}/terms/act`, { act, ...body, ...(state === "forbidden" ? { use: ["forbidden"] } : state ? { state } : {}) }),
    after: (act, term) => (USE_OF_ACT[act] ? { ...term, use: USE_OF_ACT[act] } : { ...term, deleted: act === "delete" }),
    copied: (term) => [term.source, term.target],
    menu: (pane, term, place) => termMenu(pane, term, place),
  };
}

const key = (name) => keyOf(`entry.${name}`);

function termMenu(pane, term, place) {
  const { definition, grid } = pane;
  const one = pane.chosenCount === 1;
  const why = term.deleted ? undefined : definition.whyNot(term);
  const use = (name) => pane.setUse(ACT_OF_USE[name], name);
  openMenu(
    [
      one && !term.deleted && { label: gettext("Edit"), icon: "pencil", key: key("edit"), disabled: why, run: () => pane.editing.open(grid.selection.current) },
      !term.deleted && { label: gettext("Use"), icon: "term", disabled: why, items: USES.map((name) => ({ label: useName(name), checked: one && term.use === name, run: () => use(name) })) },
      term.deleted && { label: gettext("Restore"), icon: "undo", key: key("restore"), run: () => pane.act("restore") },
      separator,
      { label: gettext("Copy source and target"), icon: "copy", key: key("copy"), run: () => pane.copy() },
      one && { label: gettext("All facts"), icon: "info", key: key("facts"), run: () => pane.page.side.show("tab-entry") },
      { label: gettext("Choose all that match"), icon: "check2", key: key("all"), run: () => grid.pickEverything(true) },
      separator,
      !term.deleted && { label: gettext("Delete"), icon: "trash", key: key("delete"), danger: true, disabled: why, run: () => pane.act("delete") },
    ],
    place,
    { label: definition.describe(term) },
  );
}

export const candidatesText = (n) => fmt(ngettext("{n} candidate", "{n} candidates", n), { n: number(n) });

/** @param {any} memory */
export function candidatesOf(memory) {
  const languages = { source: memory.source_language, target: memory.target_language };
  /** Translations that were typed and wait for the decision. */
  const typed = new Map();
  return {
    kind: "candidates",
    label: fmt(gettext("Candidates for {name}"), { name: memory.name }),
    setting: "memory.candidates",
    sort: "-occurrences",
    hint: gettext("Search candidates"),
    tokens: [],
    count: candidatesText,
    states: [["", gettext("Waiting")], ["accepted", gettext("Accepted")], ["refused", gettext("Refused")]],
    empty: gettext("No candidate waits for a decision."),
    typed,
    columns: [
      { id: "source", label: gettext("Source"), width: 300, shown: true, flex: true, always: true, sort: "source" },
      { id: "suggestion", label: gettext("Translation"), width: 300, shown: true, flex: true, always: true },
      { id: "example", label: gettext("Example"), width: 400, shown: true, flex: true },
      { id: "occurrences", label: gettext("Found"), width: 96, shown: true, right: true, sort: "occurrences", falling: true },
      { id: "decided", label: gettext("Decided by"), width: 96, shown: false },
    ],
    cell(id, one) {
      switch (id) {
        case "source": return h("div", { class: "mem-term" }, textCell(one.source, languages.source));
        case "suggestion": return textCell(typed.get(one.id) ?? one.suggestion, languages.target);
        case "example": return h("div", { class: "faint" }, textCell(one.example, languages.source));
        case "occurrences": return h("span", { class: "num" }, number(one.occurrences));
        case "decided": return one.decided_by?.name || "";
        default: return "";
      }
    },
    describe: (one) => `${one.source}, ${candidateCount(one.occurrences)}`,
    look: () => "",
    fields: () => [{ id: "suggestion", label: gettext("Translation"), lang: languages.target }],
    whyNot: () => whyNot(memory, "edit_entries"),
    fetch: ({ state, search, sort, cursor, limit }, signal) => get(`memories/${memory.id}/candidates`, { query: { decision: state || "open", search, sort, cursor, limit }, signal }),
    /** Nothing is written before the decision: the translation is kept here. */
    save: async (one, change) => {
      typed.set(one.id, change.suggestion ?? one.suggestion);
      return { ...one, ...change };
    },
    decide: (decision, ids) => post(`memories/${memory.id}/candidates/decide`, { decision, ids, targets: Object.fromEntries(ids.filter((id) => typed.has(id)).map((id) => [String(id), typed.get(id)])) }),
    copied: (one) => [one.source, typed.get(one.id) ?? one.suggestion],
    menu: (pane, one, place) => candidateMenu(pane, one, place),
  };
}

const candidateCount = (n) => fmt(ngettext("found {n} time", "found {n} times", n), { n: number(n) });

function candidateMenu(pane, one, place) {
  const why = pane.definition.whyNot(one);
  openMenu(
    [
      { label: gettext("Accept as term"), icon: "check", key: key("confirm"), disabled: why, run: () => pane.decide("accept") },
      { label: gettext("Change the translation"), icon: "pencil", key: key("edit"), disabled: why, run: () => pane.editing.open(pane.grid.selection.current, "suggestion") },
      { label: gettext("Refuse"), icon: "close", key: key("delete"), disabled: why, run: () => pane.decide("refuse") },
      one.decision !== "open" && { label: gettext("Open again"), icon: "undo", disabled: why, run: () => pane.decide("reopen") },
      separator,
      { label: gettext("Copy"), icon: "copy", key: key("copy"), run: () => pane.copy() },
    ],
    place,
    { label: one.source },
  );
}
