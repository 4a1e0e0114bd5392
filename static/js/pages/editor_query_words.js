/** What the filter language's names mean, in the reader's words; and what can complete what is being written. */

import { get } from "../core/api.js";
import { gettext, pgettext } from "../core/i18n.js";
import { atCaret, FIELDS, PEOPLE, quoted, VALUES } from "../components/querytext.js";
import { statusGlyph, statusName } from "../components/status.js";

/** What a field holds. */
export function fieldName(field) {
  switch (field) {
    case "status": return gettext("Status");
    case "is": return gettext("Marks: changed source, locked, mine…");
    case "check": return gettext("What the checks found");
    case "source": return gettext("Source");
    case "target": return gettext("Target");
    case "text": return gettext("Source or target");
    case "any": return gettext("Source, target, key or comment");
    case "key": return gettext("Key");
    case "comment": return gettext("Comment");
    case "context": return gettext("Context");
    case "location": return gettext("Place in the file");
    case "by": return gettext("Who edited it last");
    case "assignee": return gettext("Who it is assigned to");
    case "updated": return gettext("When it was edited");
    case "origin": return gettext("Where the target came from");
    case "score": return gettext("Score of the match it was filled from");
    case "length": return gettext("Characters of the target");
    case "n": return gettext("Row number");
    case "has": return gettext("Comment, note or limit");
    case "file": return gettext("Name of the file");
    default: return "";
  }
}

export function checkName(kind) {
  switch (kind) {
    case "any": return gettext("Any finding");
    case "none": return gettext("No finding");
    case "placeholder": return gettext("Placeholders");
    case "tag": return gettext("Tags and colours");
    case "line_break": return gettext("Line breaks");
    case "length": return gettext("Length");
    case "untranslated": return gettext("Untranslated");
    case "dismissed": return gettext("Dismissed findings");
    default: return kind;
  }
}

export function markName(mark) {
  switch (mark) {
    case "changed": return gettext("Source changed");
    case "locked": return gettext("Locked");
    case "blank": return gettext("Empty on purpose");
    case "empty": return gettext("Empty");
    case "repeated": return gettext("Repeated source");
    case "mine": return gettext("Assigned to me");
    case "conflict": return gettext("In conflict");
    case "leased": return gettext("Somebody is in it");
    default: return mark;
  }
}

function valueName(field, value) {
  if (field === "status") return value === "todo" ? gettext("To do: new, original, translated") : value === "done" ? gettext("Done: confirmed, reviewed, approved") : statusName(value);
  if (field === "is") return markName(value);
  if (field === "check") return checkName(value);
  const names = {
    comment: gettext("Comment"), note: gettext("Note"), limit: gettext("Limit of length"), none: gettext("None"), human: gettext("A person"), tm: gettext("Memory"), mt: gettext("Machine"), import: gettext("Import"), sync: gettext("Sync"),
  };
  return names[value] || "";
}

/** How a text is looked for. */
export function modeName(mode) {
  switch (mode) {
    case "contains": return gettext("Contains the text");
    case "exact": return gettext("Is exactly the text");
    case "excludes": return gettext("Does not contain the text");
    case "regex": return gettext("Regular expression");
    case "query": return gettext("Filter language");
    case "similar": return gettext("Similar meaning");
    default: return mode;
  }
}

const GLYPHS = { todo: "tasks", done: "check" };
const starts = (text, typed) => text.toLowerCase().startsWith(typed.toLowerCase());

/**
 * Completions for a filter field.
 * @param {{saved?: () => any[], counts?: () => Object<string, number>}} sources
 */
export function completer({ saved = () => [], counts = () => ({}) }) {
  let asked = null;
  return async (text, caret, all) => {
    const here = atCaret(text, caret);
    asked?.abort();
    const answer = (items) => ({ from: here.from, to: here.to, items });
    if (here.what === "value") {
      if (VALUES[here.field]) return answer(values(here, counts()));
      if (here.field === "updated") return answer(dates(here));
      if (!PEOPLE.includes(here.field)) return null;
      asked = new AbortController();
      return answer(await people(here, asked.signal));
    }
    if (!here.typed && !all) return null;
    return answer([...words(here, text), ...filters(here, text, saved())]);
  };
}

const words = (here, text) =>
  FIELDS.filter((field) => starts(field, here.typed) && field !== "file")
    .map((field) => ({ label: `${field}:`, about: fieldName(field), insert: text[here.to] === ":" ? field : `${field}:`, group: gettext("Fields") }));

/** Saved filters take the place of the whole text: only while nothing else stands in the field. */
function filters(here, text, saved) {
  if (text.trim() !== here.typed.trim()) return [];
  return saved.filter((one) => one.name.toLowerCase().includes(here.typed.toLowerCase())).slice(0, 12)
    .map((one) => ({ label: one.name, about: one.query, insert: one.query, icon: "filter", group: gettext("Saved filters"), whole: true }));
}

function values(here, counts) {
  return VALUES[here.field].filter((value) => starts(value, here.typed) || starts(valueName(here.field, value), here.typed)).map((value) => {
    const count = here.field === "check" ? counts[value] : undefined;
    const about = valueName(here.field, value);
    return { label: value, about: count === undefined ? about : `${about} · ${count}`, insert: value, icon: here.field === "status" ? GLYPHS[value] || statusGlyph(value) : undefined };
  });
}

function dates(here) {
  const choices = [["today", pgettext("date", "Today")], ["yesterday", pgettext("date", "Yesterday")], ["7d", gettext("Since 7 days ago")], ["30d", gettext("Since 30 days ago")]];
  return choices.filter(([value]) => starts(value, here.typed)).map(([value, about]) => ({ label: value, about, insert: value, icon: "clock" }));
}

async function people(here, signal) {
  const own = [["me", gettext("Myself")], ["none", gettext("Nobody")]].filter(([value]) => starts(value, here.typed)).map(([value, about]) => ({ label: value, about, insert: value, icon: "user" }));
  try {
    const found = await get("users", { query: { search: here.typed.trim(), active: "true", limit: 12 }, signal });
    const list = Array.isArray(found) ? found : found.results;
    return [...own, ...list.map((person) => ({ label: person.name, about: person.username, insert: quoted(person.name), icon: "user" }))];
  } catch {
    return own;
  }
}
