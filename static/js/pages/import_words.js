/** The words of importing. */

import { fmt, gettext, ngettext } from "../core/i18n.js";
import { number } from "../core/format.js";

/** Name of a column's role. */
export function roleName(role) {
  switch (role) {
    case "key": return gettext("Key");
    case "source": return gettext("Source");
    case "target": return gettext("Target");
    case "context": return gettext("Context");
    case "comment": return gettext("Comment");
    case "max_length": return gettext("Max length");
    case "speaker": return gettext("Speaker");
    default: return gettext("Leave");
  }
}

/** Name of a delimiter. */
export function delimiterName(delimiter) {
  switch (delimiter) {
    case ",": return gettext("Comma");
    case ";": return gettext("Semicolon");
    case "\t": return gettext("Tab");
    case "|": return gettext("Vertical bar");
    default: return delimiter;
  }
}

/** {icon, colour, words} of a kind of row in a dry run. */
export function itemKind(kind) {
  switch (kind) {
    case "new": return { icon: "plus", colour: "st-reviewed", words: gettext("New") };
    case "changed": return { icon: "pencil", colour: "st-translated", words: gettext("Changed") };
    case "gone": return { icon: "trash", colour: "faint", words: gettext("Gone") };
    default: return { icon: "conflict", colour: "st-conflict", words: gettext("Conflicting") };
  }
}

/** What will happen to a row. @param {any} item @param {"ours"|"file"} conflicts */
export function itemNote(item, conflicts) {
  switch (item.note) {
    case "both_changed": return conflicts === "file" ? gettext("Changed on both sides. The file's text is taken, ours goes into the history.") : gettext("Changed on both sides. Ours stays, the file's goes into the history.");
    case "source_changed": return gettext("Source changed. Target kept, back to translated.");
    case "target_changed_in_file": return gettext("Target changed in the file, not here.");
    case "recognised_by_source": return gettext("New key, recognised by its source.");
    case "details_changed": return gettext("Key, context, comment or length changed.");
    case "gone": return gettext("Leaves the file, its history is kept.");
    default: return "";
  }
}

export const rowsText = (n) => fmt(ngettext("{n} row", "{n} rows", n), { n: number(n) });
export const filesText = (n) => fmt(ngettext("{n} file", "{n} files", n), { n: number(n) });
export const sheetsText = (n) => fmt(ngettext("{n} sheet", "{n} sheets", n), { n: number(n) });
