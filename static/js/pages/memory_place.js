/** A place of the tree in the middle of the page: which memories a file there asks, in order, and the term bases. */

import { fill, h, icon } from "../core/dom.js";
import { day, exactTime, languageName, number } from "../core/format.js";
import { fmt, gettext, pgettext } from "../core/i18n.js";
import { addressOf, iconOfMemory, keyOfPlace } from "./memory_data.js";
import { memoryMenu } from "./memory_menu.js";
import { askSentence, kindName } from "./memory_words.js";

/** @param {MemoryPage} page @param {any} place @param {HTMLElement} host */
export function placeOverview(page, place, host) {
  const { places } = page.tree;
  const asked = places.asked(place);
  const terms = places.asked(place, "terms");
  const idle = places.memoriesAt(place).filter((memory) => !memory.active);
  const nothing = !asked.length && !terms.length && !idle.length;
  fill(
    host,
    h("div", { class: "bar-row" }, icon(place.kind), h("span", { class: "strong clip" }, place.name), h("span", { class: "faint clip" }, askSentence(place.name, asked)), h("span", { class: "fill" }), page.sideButton),
    nothing
      ? h("div", { class: "empty" }, icon("memory"), h("p", null, gettext("No memory and no term base serves this place.")),
        h("p", { class: "row" }, h("button", { class: "btn btn-s", type: "button", onclick: () => page.importing.start({ memory: null, place, files: null }) }, gettext("Upload a file as memory…"))))
      : h("div", { class: "scroll fill mem-place" }, h("table", { class: "table" }, head(),
        asked.length > 0 && part(page, place, gettext("Asked, in this order"), asked, true),
        terms.length > 0 && part(page, place, gettext("Term bases"), terms, true),
        idle.length > 0 && part(page, place, gettext("Not active"), idle, false))),
  );
}

function head() {
  return h("thead", null, h("tr", null, h("th", { class: "right mem-rank" }, h("span", { class: "sr" }, gettext("Order"))), h("th", null, gettext("Name")), h("th", null, gettext("Place")), h("th", null, gettext("Languages")), h("th", { class: "right" }, gettext("Holds")), h("th", { class: "right" }, gettext("Penalty")), h("th", null, gettext("Written into")), h("th", { class: "right" }, pgettext("when", "Changed"))));
}

/** Memories of one sort, under a heading of their own. */
const part = (page, place, title, memories, ordered) =>
  h("tbody", null, h("tr", { class: "mem-part" }, h("th", { colspan: "8", scope: "rowgroup" }, title)), memories.map((memory, index) => line(page, place, memory, ordered ? index + 1 : null)));

function line(page, place, memory, rank) {
  const here = keyOfPlace(memory.scope) === keyOfPlace(place);
  const open = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    page.go({ memory: memory.id });
  };
  return h("tr", { oncontextmenu: (event) => { event.preventDefault(); memoryMenu(page, memory, event); } },
    h("td", { class: "num faint right" }, rank === null ? "" : number(rank)),
    h("td", null, h("a", { class: "row", href: addressOf({ memory: memory.id }), onclick: open, title: kindName(memory.kind) }, icon(iconOfMemory(memory)), h("span", { class: "strong" }, memory.name))),
    h("td", { class: here ? "dim" : "faint" }, here ? gettext("here") : memory.scope.name),
    h("td", { class: "dim" }, fmt(gettext("{source} → {target}"), { source: languageName(memory.source_language), target: languageName(memory.target_language) })),
    h("td", { class: "num right" }, number(memory.entries)),
    h("td", { class: "num right" }, memory.penalty ? h("span", { class: "st-warn" }, `−${number(memory.penalty)}`) : ""),
    h("td", { class: "dim" }, memory.kind === "terms" ? "" : memory.writable ? gettext("yes") : gettext("no, read-only")),
    h("td", { class: "num faint right", title: exactTime(memory.changed_at) }, day(memory.changed_at)));
}
