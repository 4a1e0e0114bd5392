/** The columns of the file list: which there are, which are shown, how they sort. */

import { h } from "../core/dom.js";
import { exactTime, number, percent, when } from "../core/format.js";
import { fmt, gettext, pgettext } from "../core/i18n.js";
import { naturalCompare } from "../core/natural.js";
import { page, pref, setPref } from "../core/prefs.js";
import { openMenu, separator } from "../components/menu.js";
import { avatar } from "../components/person.js";
import { countsBar, countsText, doneRows, wordsLeft, wordsLeftText } from "../components/progress.js";
import { hereCell } from "./explorer_here.js";
import { stateOf, stateWords } from "./explorer_here_words.js";

/** Everything but the name can be hidden. */
const ORDER = ["name", "progress", "words", "rows", "changed", "by", "assignee", "due", ...(page.desktop ? ["here"] : [])];
const FIRST = { name: true, progress: true, words: true, rows: true, changed: true, by: true, assignee: false, due: false, here: true };
const NARROW = matchMedia("(max-width: 1199px)");
/** UI.md §12: these leave first in a narrow window. */
const LEAVE = new Set(["rows", "by"]);

/** Of what only the server has the number is known of files alone. */
const rowsOf = (node) => (node.away ? node.rows || 0 : node.counts?.rows || 0);
const share = (node) => (node.counts?.rows ? doneRows(node.counts) / node.counts.rows : -1);
const time = (node) => node.changed_at || "";

function person(who) {
  if (!who) return h("span", { class: "faint" }, gettext("nobody"));
  return h("span", { class: "row" }, avatar(who, { small: true }), h("span", { class: "clip" }, who.id === page.user?.id ? gettext("You") : who.name));
}

function dueCell(node) {
  if (!node.due_date) return "";
  const late = node.due_date < new Date().toISOString().slice(0, 10);
  const text = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(node.due_date));
  return h("span", { class: late ? "st-warn" : null, title: late ? gettext("This day is over.") : null }, text);
}

function progressCell(node) {
  if (node.away) return "";
  if (!node.counts?.rows) return h("span", { class: "faint" }, gettext("no rows"));
  return h("span", { class: "prog", title: countsText(node.counts) }, countsBar(node.counts), h("span", { class: "num" }, percent(doneRows(node.counts), node.counts.rows)));
}

const byName = (a, b) => naturalCompare(a.name, b.name);
const then = (compare) => (a, b) => compare(a, b) || byName(a, b);

const MAKE = {
  name: () => ({ label: gettext("Name"), width: "minmax(12rem, 1fr)", cell: () => null, compare: byName }),
  progress: () => ({ label: gettext("Progress"), width: NARROW.matches ? "10rem" : "13.5rem", cell: progressCell, compare: then((a, b) => share(a) - share(b)), descending: true }),
  words: () => ({ label: gettext("Words left"), width: "6.5rem", right: true, cell: (node) => (node.away ? "" : number(wordsLeft(node.counts))), compare: then((a, b) => wordsLeft(a.counts) - wordsLeft(b.counts)), descending: true }),
  rows: () => ({ label: gettext("Rows"), width: "6rem", right: true, cell: (node) => (node.away && !node.rows ? "" : number(rowsOf(node))), compare: then((a, b) => rowsOf(a) - rowsOf(b)), descending: true }),
  changed: () => ({ label: pgettext("when", "Changed"), width: "9rem", cell: (node) => node.changed_at && h("span", { title: exactTime(node.changed_at) }, when(node.changed_at)), compare: then((a, b) => time(a).localeCompare(time(b))), descending: true }),
  by: () => ({ label: gettext("By"), width: "9rem", cell: (node) => (node.away && !node.changed_by ? "" : person(node.changed_by)), compare: then((a, b) => naturalCompare(a.changed_by?.name || "", b.changed_by?.name || "")) }),
  assignee: () => ({ label: gettext("Assignee"), width: "9rem", cell: (node) => (node.kind === "file" && !node.away ? person(node.assignee) : ""), compare: then((a, b) => naturalCompare(a.assignee?.name || "", b.assignee?.name || "")) }),
  here: () => ({ label: gettext("This PC"), width: "9rem", cell: hereCell, compare: then((a, b) => stateOf(a).localeCompare(stateOf(b))) }),
  due: () => ({ label: gettext("Due date"), width: "8rem", cell: dueCell, compare: then((a, b) => (a.due_date || "9999").localeCompare(b.due_date || "9999")) }),
};

const shownNow = () => ({ ...FIRST, ...pref("explorer.columns", {}) });

/** The columns to show now. */
export function columns() {
  const shown = shownNow();
  return ORDER.filter((id) => id === "name" || (shown[id] && !(NARROW.matches && LEAVE.has(id)))).map((id) => ({ id, ...MAKE[id]() }));
}

/** Folders come before files, whatever the order. */
const RANK = { platform: 0, project: 1, folder: 2, file: 3 };
export const byKind = (a, b) => RANK[a.kind] - RANK[b.kind];

/** Call `draw` when a window becomes narrow or wide. */
export const onWidth = (draw) => NARROW.addEventListener("change", draw);

/** Which columns are shown, in a menu. */
export function columnsMenu(place, draw) {
  const shown = shownNow();
  const set = (id) => {
    setPref("explorer.columns", { ...shown, [id]: !shown[id] });
    draw();
  };
  openMenu(
    [
      ...ORDER.slice(1).map((id) => ({ label: MAKE[id]().label, checked: Boolean(shown[id]), run: () => set(id) })),
      separator,
      { label: gettext("As at first"), icon: "undo", run: () => { setPref("explorer.columns", FIRST); draw(); } },
    ],
    place,
    { label: gettext("Columns") },
  );
}

/** A node as it is read aloud. */
export function describe(node) {
  const parts = [node.name];
  if (node.counts?.rows) parts.push(fmt(gettext("{share} done"), { share: percent(doneRows(node.counts), node.counts.rows) }), wordsLeftText(wordsLeft(node.counts)));
  if (node.restricted) parts.push(gettext("restricted"));
  if (page.desktop && stateOf(node)) parts.push(stateWords(stateOf(node)));
  return parts.join(", ");
}
