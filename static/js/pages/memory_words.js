/** The words of the memory page. */

import { h } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, fmtParts, gettext, ngettext, pgettext } from "../core/i18n.js";
import { page } from "../core/prefs.js";

export const entriesText = (n) => fmt(ngettext("{n} entry", "{n} entries", n), { n: number(n) });
export const termsText = (n) => fmt(ngettext("{n} term", "{n} terms", n), { n: number(n) });
export const recordsText = (memory, n = memory.entries) => (memory.kind === "terms" ? termsText(n) : entriesText(n));
export const kindName = (kind) => (kind === "terms" ? gettext("Term base") : gettext("Memory"));
const minus = (points) => `−${number(points)}`;

/**
 * "A file in quest asks 항로, then Ashen EN, then Legacy 2024 (−4)." as pieces of an element.
 * @param {string} place its name @param {any[]} memories in order
 */
export function askSentence(place, memories) {
  const where = h("b", null, place);
  if (!memories.length) return fmtParts(gettext("A file in {place} asks no memory: none that serves it is active."), { place: where });
  const named = (memory) => (memory.penalty > 0 ? fmt(gettext("{name} ({points})"), { name: memory.name, points: minus(memory.penalty) }) : memory.name);
  const [first, ...more] = memories.map(named);
  const list = more.reduce((before, name) => fmt(pgettext("order of memories", "{before}, then {name}"), { before, name }), first);
  return fmtParts(gettext("A file in {place} asks {memories}."), { place: where, memories: list });
}

/** "Serves files in quest" as one line. */
export function scopeText(memory) {
  if (!memory.scope?.kind) return gettext("No place: nobody is asked it.");
  return fmt(gettext("Files in {place}"), { place: [...(memory.scope.path || []).map((step) => step.name), memory.scope.name].filter(Boolean).join(" › ") });
}

/** Name of an engine of vectors. */
export function engineName(engine) {
  if (!engine) return gettext("none");
  if (engine === "ngram") return gettext("n-gram");
  return engine.replace(/^(?:static|transformer):/u, "");
}

/** What an engine is, in a line for choosing it. */
export function engineHint(engine) {
  if (!engine) return gettext("No neighbours in meaning are proposed.");
  if (engine === "ngram") return gettext("Built in: texts that share letters and words. Needs no download.");
  if (engine.startsWith("static:")) return gettext("Static embeddings: quick, and near in meaning.");
  return gettext("A sentence model: nearest in meaning, slower to build.");
}

/** The state of the vectors in a short line. */
export function vectorsText(vectors) {
  const engine = engineName(vectors?.engine);
  switch (vectors?.state) {
    case "ready": return fmt(gettext("Vectors: {engine}, {n} ready"), { engine, n: number(vectors.done) });
    case "building": return fmt(gettext("Vectors: {engine}, {done} of {total}"), { engine, done: number(vectors.done), total: number(vectors.total) });
    case "unavailable": return fmt(gettext("Vectors: {engine} not available"), { engine });
    default: return gettext("Vectors: none");
  }
}

/** The state of the index: {icon, colour, words}. */
export function indexState(memory) {
  const { index, revision } = memory;
  if (!index || index.state === "none") return { icon: "ring", colour: "faint", words: gettext("No index yet") };
  if (index.state === "stale") return { icon: "sync", colour: "st-translated", words: fmt(gettext("Index at revision {n}, {behind} behind"), { n: number(index.revision), behind: number(Math.max(0, revision - index.revision)) }) };
  return { icon: "check", colour: "st-reviewed", words: fmt(gettext("Index at revision {n}"), { n: number(index.revision) }) };
}

/** Name of an entry's change in its history. */
export function changeName(kind) {
  switch (kind) {
    case "edit": return gettext("Edited");
    case "confirm": return gettext("Confirmed");
    case "unconfirm": return gettext("Confirmation withdrawn");
    case "row": return gettext("Written by a confirmed row");
    case "import": return gettext("Imported");
    case "remove": return gettext("Deleted");
    case "restore": return gettext("Restored");
    default: return kind;
  }
}

/** Name of the use of a term. */
export function useName(use) {
  switch (use) {
    case "preferred": return pgettext("use of a term", "preferred");
    case "admitted": return pgettext("use of a term", "admitted");
    case "forbidden": return pgettext("use of a term", "forbidden");
    default: return use;
  }
}

const mayNot = () => gettext("Only the owner of the memory or a lead may do this.");

/** Why something may not be done to a memory; undefined when it may. */
export function whyNot(memory, what) {
  if (!memory || memory.may?.[what] !== false) return undefined;
  if (page.desktop && memory.id > 0 && what !== "export") return gettext("This is a copy of the server's memory. It is changed there; make a copy of it to work on.");
  if ((what === "edit_entries" || what === "import") && memory.writable === false) return gettext("This memory is read-only. Its owner or a lead can change that under Scope.");
  if (what === "settings" || what === "delete") return mayNot();
  return gettext("You may look into this memory, not change it.");
}
