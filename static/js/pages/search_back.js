/** The way between the list of found rows and the editor: kept in the tab, so that it ends with it. */

import { h, icon, need } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { bind } from "../core/keyboard.js";

const KEY = "locanext.results";

/** Remember the list that a row is opened from. @param {string} address */
export function keepResults(address) {
  try {
    sessionStorage.setItem(KEY, address);
  } catch {
    // Without storage the browser's own way back is left.
  }
}

function kept() {
  try {
    return sessionStorage.getItem(KEY) || "";
  } catch {
    return "";
  }
}

/** In the editor of a row that was opened from a list: the way back to it. */
export function showWayBack() {
  const address = kept();
  if (!address.startsWith("/search/")) return;
  const label = gettext("Back to the rows that were found");
  need("#filter-bar").prepend(h("a", { class: "btn btn-icon btn-s", id: "search-back", href: address, title: `${label} (Alt Shift F)`, "aria-label": label }, icon("search")));
  bind(document, [{ id: "search.back", label, group: gettext("Find"), keys: ["Alt+Shift+KeyF"], typing: true, icon: "search", run: () => location.assign(address) }]);
}
