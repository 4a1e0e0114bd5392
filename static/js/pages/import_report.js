/** What came of an import: files, rows, what was odd and what could not be read. */

import { h, icon } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, fmtParts, gettext, ngettext } from "../core/i18n.js";
import { filesText, rowsText } from "./import_words.js";

/** The memory that was made because the folder had none. @param {{id: number, name: string}|null|undefined} memory */
function memoryNote(memory) {
  if (!memory) return null;
  return h("p", { class: "row dim" }, icon("memory", { small: true }), h("span", null, fmtParts(gettext("{name} was made for this folder and is active: confirmed rows go into it."), { name: h("a", { class: "link", href: `/memory/${memory.id}/` }, memory.name) })));
}

/** @param {{files: any[], errors: any[], memory_created?: any}} result @param {{href: string, name: string}} place @param {() => void} again */
export function importReport(result, place, again) {
  const files = result.files || [];
  const errors = result.errors || [];
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const title = files.length ? fmt(gettext("{files} imported, {rows}"), { files: filesText(files.length), rows: rowsText(rows) }) : gettext("No file was imported.");
  return h("div", { class: "imp-report scroll fill", tabindex: "-1", id: "imp-report" },
    h("div", { class: "imp-report-head" }, h("h1", { class: "h-section row" }, icon(files.length ? "check" : "error"), title),
      errors.length > 0 && h("p", { class: "st-qa" }, fmt(ngettext("{n} file could not be read. Nothing of it was kept.", "{n} files could not be read. Nothing of them was kept.", errors.length), { n: number(errors.length) })),
      memoryNote(result.memory_created),
      h("p", { class: "row" }, h("a", { class: "btn btn-primary", id: "imp-open", "data-focus": "open", href: files.length === 1 && !errors.length ? `/files/${files[0].id}/` : place.href }, files.length === 1 && !errors.length ? fmt(gettext("Open {name}"), { name: files[0].name }) : fmt(gettext("Open {name}"), { name: place.name })),
        files.length === 1 && !errors.length && h("a", { class: "btn", href: place.href }, fmt(gettext("Back to {name}"), { name: place.name })),
        h("button", { class: "btn btn-quiet", type: "button", onclick: again }, gettext("Import more…")))),
    errors.length > 0 && h("table", { class: "table" }, h("thead", null, h("tr", null, h("th", null, gettext("Not read")), h("th", null, gettext("Place")), h("th", null, gettext("Why")))),
      h("tbody", null, errors.map((error) => h("tr", null, h("td", { class: "strong" }, error.path), h("td", { class: "mono faint" }, error.place), h("td", null, error.message))))),
    files.length > 0 && h("table", { class: "table" }, h("thead", null, h("tr", null, h("th", null, gettext("Imported")), h("th", null, gettext("From")), h("th", { class: "right" }, gettext("Rows")), h("th", { class: "right" }, gettext("Warnings")))),
      h("tbody", null, files.map((file) => h("tr", null, h("td", null, h("a", { class: "link", href: `/files/${file.id}/` }, file.name)), h("td", { class: "dim" }, file.path), h("td", { class: "num right" }, number(file.rows)), h("td", { class: "num right" }, file.warnings ? h("span", { class: "st-warn" }, number(file.warnings)) : ""))))));
}
