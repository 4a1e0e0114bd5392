/** The states of a thing on a desktop, in words, and why the server's things are not changed here. */

import { gettext } from "../core/i18n.js";

export const STORAGE_ID = -1;

/**
 * "own", "away", "partial", "current", "subscribed", "missing" or "forbidden"; empty for what has no state.
 * @param {any} node a node of the list, with `here` from the desktop's link
 */
export function stateOf(node) {
  if (node.id < 0) return "own";
  if (node.away) return "away";
  const { here } = node;
  if (!here) return "";
  if (["away", "missing", "forbidden"].includes(here.state)) return here.state;
  if (node.kind && node.kind !== "file") return here.subscribed ? "subscribed" : "";
  if (here.state === "partial" || here.whole === false) return "partial";
  return here.subscribed ? "subscribed" : "current";
}

/** @param {string} state */
export function stateWords(state) {
  switch (state) {
    case "own": return gettext("Only on this PC");
    case "away": return gettext("On the server");
    case "partial": return gettext("Partly here");
    case "current": return gettext("Here");
    case "subscribed": return gettext("Kept in sync");
    case "missing": return gettext("Gone from the server");
    case "forbidden": return gettext("No longer open to you");
    default: return "";
  }
}

/** Why the person at a desktop may not do something; undefined where their role is the reason. */
export function whyNotHere(node, what) {
  if (node.away) return gettext("This is on the server only. Download it first.");
  if (what === "manage_access") return gettext("There is nobody else on this computer: access is given on the server.");
  if (node.id === STORAGE_ID) return gettext("The Offline Storage belongs to this computer and stays as it is.");
  if (node.id < 0 || ["edit_rows", "review", "approve", "revert_others", "lock_rows", "assign"].includes(what)) return undefined;
  if (what === "create_project") return gettext("Platforms and projects are made on the server. On this computer there is the Offline Storage.");
  if (what === "create_folder" || (what === "import" && node.kind !== "file")) return gettext("This place is a copy of the server's. New files and folders go into the Offline Storage.");
  if (what === "import") return gettext("A new version of this file is imported on the server.");
  return gettext("This is a copy of what is on the server. Its name, its place and its settings are changed there.");
}
