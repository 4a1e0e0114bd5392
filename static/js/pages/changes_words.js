/** The words and icons of kinds of change sets and of their counts. */

import { fmt, gettext } from "../core/i18n.js";
import { statusName } from "../components/status.js";

/** Every kind of change set, in the order of the list that filters by it. */
export const KINDS = ["replace", "paste", "propagate", "bulk", "pretranslate", "import", "reimport", "bilingual", "merge", "sync", "revert"];

/** What a change set did. @param {{kind: string, counts?: any}} set */
export function actName(set) {
  const { act, status, locked, reject, person } = set.counts || {};
  switch (set.kind === "bulk" && (act || (status && "status"))) {
    case "copy_source": return gettext("Source copied");
    case "clear": return gettext("Text cleared");
    case "blank": return gettext("Empty on purpose");
    case "lock": return locked ? gettext("Locked") : gettext("Unlocked");
    case "assign": return person ? fmt(gettext("Assigned to {name}"), { name: person }) : gettext("Assigned to nobody");
    case "status": return reject ? gettext("Rejected") : fmt(gettext("Status: {status}"), { status: statusName(status) });
    default: return kindName(set.kind);
  }
}

/** @param {string} kind of a change set */
export function kindName(kind) {
  switch (kind) {
    case "import": return gettext("Import");
    case "reimport": return gettext("New version of the file");
    case "bilingual": return gettext("Bilingual sheet came back");
    case "replace": return gettext("Find and replace");
    case "pretranslate": return gettext("Pretranslation");
    case "propagate": return gettext("Same source filled");
    case "bulk": return gettext("Many rows at once");
    case "paste": return gettext("Paste");
    case "merge": return gettext("Merge");
    case "sync": return gettext("Sync");
    case "revert": return gettext("Revert");
    default: return kind;
  }
}

const ICONS = { import: "download", reimport: "merge", bilingual: "file-sheet", replace: "swap", pretranslate: "memory", propagate: "same", bulk: "check", paste: "paste", merge: "merge", sync: "sync", revert: "undo" };

/** Name of the icon of a kind. */
export const kindIcon = (kind) => ICONS[kind] || "history";

/** What a count of a change set counts; empty for those that say nothing to people. */
export function countName(name) {
  switch (name) {
    case "new": return gettext("New");
    case "added": return gettext("Added");
    case "changed": return gettext("Changed");
    case "moved": return gettext("Moved");
    case "gone": return gettext("Gone");
    case "conflicting": case "conflicts": return gettext("Changed on both sides");
    case "unchanged": return gettext("Unchanged");
    case "recognised_by_key": return gettext("Recognised by key");
    case "recognised_by_source": return gettext("Recognised by source");
    case "reverted": return gettext("Went back");
    case "kept": return gettext("Edited since, kept");
    case "rows": return gettext("Rows");
    case "hits": return gettext("Places replaced");
    case "hits_left": return gettext("Places left out");
    case "refused": return gettext("Left as they were");
    default: return "";
  }
}
