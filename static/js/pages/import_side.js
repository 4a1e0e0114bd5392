/** The side panel of importing: the files, how the one that is shown is read, what is odd, and the way on. */

import { h, icon } from "../core/dom.js";
import { bytes, languageName, number } from "../core/format.js";
import { fmt, gettext } from "../core/i18n.js";
import { checkbox, encodingOptions, section, selectField } from "./import_fields.js";
import { headerOf, isMonolingual, isTable, withDelimiter, withEncoding, withHeader } from "./import_model.js";
import { warningsList } from "./import_preview.js";
import { delimiterName, rowsText } from "./import_words.js";

function stateOf(item) {
  switch (item.state) {
    case "reading": return { words: gettext("Reading…"), colour: "faint", icon: "clock" };
    case "ready": return { words: rowsText(item.inspection.total_segments), colour: "faint", icon: item.inspection.warnings.length ? "warn" : "check" };
    case "error": return { words: gettext("Cannot be read"), colour: "st-qa", icon: "error" };
    case "archive": return { words: gettext("Unpacked with its paths"), colour: "faint", icon: "box" };
    default: return { words: gettext("Columns are found by themselves"), colour: "faint", icon: "file" };
  }
}

/** The list of files; the one that is shown is marked. */
export function filesPart(page) {
  const { items } = page;
  if (items.all.length < 2) return null;
  const wanted = items.all.filter((item) => item.wanted).length;
  return [
    h("div", { class: "sec" }, gettext("Files"), h("span", { class: "push num" }, fmt(gettext("{n} of {all}"), { n: number(wanted), all: number(items.all.length) }))),
    h("div", { class: "imp-files", role: "list" }, items.all.map((item, index) => {
      const state = stateOf(item);
      const box = h("input", { type: "checkbox", checked: item.wanted, "aria-label": fmt(gettext("Import {name}"), { name: item.path }), "data-focus": `wanted-${index}` });
      box.addEventListener("change", () => page.want(item, box.checked));
      const open = h("button", { class: "imp-file", type: "button", "aria-current": item === page.item ? "true" : null, "data-focus": `file-${index}`, onclick: () => page.show(item) },
        h("span", { class: "clip", title: item.path }, item.path), h("span", { class: `row ${state.colour}` }, icon(state.icon, { small: true }), state.words));
      return h("div", { role: "listitem", class: "imp-file-line check" }, box, open);
    })),
  ];
}

/** Encoding, delimiter, heading, source-language file of the file that is shown. */
export function readingPart(page) {
  const { item } = page;
  if (!item || item.state === "archive") return null;
  const format = item.inspection?.format || "";
  const fields = [];
  if (format !== "xlsx") {
    const list = h("optgroup");
    list.append(encodingOptions());
    const options = document.createDocumentFragment();
    options.append(h("option", { value: "" }, item.inspection ? fmt(gettext("Automatic ({name})"), { name: item.inspection.encoding }) : gettext("Automatic")), ...list.children);
    fields.push(selectField(gettext("Encoding"), options, page.encodings.get(item) || "", (value) => {
      page.encodings.set(item, value);
      page.change(withEncoding(item.options || {}, value));
    }, "encoding"));
  }
  if (format === "csv") {
    fields.push(selectField(gettext("Delimiter"), [["", gettext("Automatic")], ...[",", ";", "\t", "|"].map((one) => [one, delimiterName(one)])], item.options?.delimiter || "", (value) => page.change(withDelimiter(item.options, value)), "delimiter"));
  }
  if (item.inspection && isTable(format) && page.table) {
    const header = headerOf(item.options, format, page.table.name);
    fields.push(checkbox(gettext("The first row is a heading"), Boolean(header), (on) => page.change(withHeader(item.options, format, page.table.name, on)), "header"));
  }
  const source = sourcePart(page, format);
  return fields.length || source ? section(gettext("How it is read"), ...fields, source) : null;
}

/** Formats with one language a file take the source from another one. */
function sourcePart(page, format) {
  const { item, items } = page;
  if (page.mode === "bilingual" || !item.inspection || !isMonolingual(format, item.options)) return null;
  const others = items.all.filter((one) => one !== item && one.state !== "archive");
  const field = selectField(
    gettext("Source-language file"),
    [["", gettext("none: the text itself")], ...others.map((one) => [one.upload.id, one.path]), ...page.extra.map((one) => [one.id, one.filename])],
    item.source || "", (value) => page.setSource(value || null), "source",
  );
  const choose = h("button", { class: "btn btn-s", type: "button", "data-focus": "choose-source", onclick: () => page.chooseSource() }, gettext("Choose a file…"));
  return h("div", { class: "stack" }, field, h("p", { class: "hint faint" }, gettext("This format holds one language. Rows are joined with the source by their keys.")), h("div", null, choose));
}

/** Which of several target languages are imported. */
export function variantsPart(page) {
  const variants = page.items.variants();
  if (variants.length < 2) return null;
  return section(
    gettext("Languages to import"),
    ...variants.map((variant, index) => checkbox(languageName(variant) === variant ? variant || gettext("without a name") : `${languageName(variant)} (${variant})`, !page.left.has(variant), (on) => page.setVariant(variant, on), `variant-${index}`)),
    page.left.size === variants.length && h("p", { class: "st-qa" }, gettext("Choose at least one.")),
  );
}

/** What was odd in the file that is shown. */
export function warningsPart(page) {
  const warnings = page.item?.inspection?.warnings || [];
  return warnings.length ? section(fmt(gettext("Warnings ({n})"), { n: number(warnings.length) }), ...[warningsList(warnings)].flat()) : null;
}

/** The button that goes on. */
export function importFoot(page) {
  const wanted = page.items.all.filter((item) => item.wanted);
  const reading = wanted.some((item) => item.state === "reading");
  const size = wanted.reduce((sum, item) => sum + item.upload.size, 0);
  const label = page.busy ? page.busy : wanted.length === 1 ? fmt(gettext("Import {name}"), { name: wanted[0].path.split("/").pop() }) : fmt(gettext("Import {n} files"), { n: number(wanted.length) });
  const why = page.whyNot();
  return h("div", { class: "imp-foot" },
    h("button", { class: "btn btn-primary", type: "button", id: "imp-go", "data-focus": "go", "aria-disabled": why || page.busy ? "true" : null, title: why || null, onclick: () => page.go() }, h("span", { class: "clip" }, label), !page.busy && h("kbd", { class: "kbd" }, "Ctrl Enter")),
    h("p", { class: "faint" }, why || (reading ? gettext("Still reading…") : fmt(wanted.length > 1 ? gettext("{size} into {place}. A file that cannot be read is named, the others are kept.") : gettext("{size} into {place}."), { size: bytes(size), place: page.name }))));
}
