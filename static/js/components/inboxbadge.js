/** The number of open conflicts on the inbox of the rail. */

import { get } from "../core/api.js";
import { find, h } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { page } from "../core/prefs.js";

const EVERY = 60_000;
const MOST = 99;
let timer = 0;

/** Show how many conflicts are open; without any there is no badge. @param {number} open */
export function showOpen(open) {
  const link = find("#inbox-link");
  if (!link) return;
  link.querySelector(".badge")?.remove();
  const name = open ? fmt(ngettext("Conflict inbox, {n} open", "Conflict inbox, {n} open", open), { n: number(open) }) : gettext("Conflict inbox");
  link.title = name;
  link.setAttribute("aria-label", name);
  if (open) link.append(h("span", { class: "badge", "aria-hidden": "true" }, open > MOST ? `${MOST}+` : open));
}

async function look() {
  clearTimeout(timer);
  try {
    showOpen((await get("conflicts/count")).open);
  } catch {
    // The number stays as it was; the next look may do better.
  }
  timer = setTimeout(look, EVERY);
}

/** Ask now, every minute while the page is in sight, and whenever a page says that it changed. */
export function watchInbox() {
  if (!find("#inbox-link") || !page.user) return;
  document.addEventListener("locanext:conflicts", () => look());
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
  if (!document.hidden) look();
}
