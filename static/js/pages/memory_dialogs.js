/** The questions of the memory page: a new memory, properties, what to export. */

import { pollTask, post } from "../core/api.js";
import { h } from "../core/dom.js";
import { bytes, exactTime, languageName, number } from "../core/format.js";
import { fmt, gettext, pgettext } from "../core/i18n.js";
import { openDialog } from "../components/dialog.js";
import { saveFile } from "../components/download.js";
import { field, formDialog, languageSelect } from "../components/forms.js";
import { personLine } from "../components/person.js";
import { toast } from "../components/toast.js";
import { checkbox, radios } from "./import_fields.js";
import { refOfPlace } from "./memory_data.js";
import { engineName, kindName, recordsText, scopeText, whyNot } from "./memory_words.js";

const FORMATS = { memory: ["tmx", "xlsx", "tsv"], terms: ["tbx", "xlsx", "tsv"] };

function formatName(format) {
  switch (format) {
    case "tmx": return gettext("TMX, for other tools");
    case "tbx": return gettext("TBX, for other tools");
    case "xlsx": return gettext("Excel workbook");
    default: return gettext("Tab-separated text");
  }
}

/** Columns of a table, and whether they are written at first. */
const exportColumns = () => [
  ["source", gettext("Source"), true], ["target", gettext("Target"), true], ["key", gettext("Key"), true], ["created", pgettext("when", "Created"), true], ["author", gettext("By"), true], ["changed", pgettext("when", "Changed"), false],
  ["confirmed", gettext("Confirmed"), false], ["speaker", gettext("Speaker"), false], ["note", gettext("Note"), false], ["previous", gettext("Text before"), false], ["next", gettext("Text after"), false],
];

/**
 * A new memory or term base, in a place or in none.
 * @param {MemoryPage} page @param {"memory"|"terms"} kind @param {any} place
 */
export async function newMemory(page, kind, place) {
  const to = refOfPlace(place);
  const near = to ? page.tree.places.asked(to)[0] : [...page.tree.places.memories.values()][0];
  let chosen = kind;
  const name = h("input", { class: "input", autocomplete: "off", spellcheck: "false", maxlength: "255", autofocus: true, name: "name" });
  const source = languageSelect(near?.source_language || "ko", { name: "source" });
  const target = languageSelect(near?.target_language || "en", { name: "target" });
  const description = h("textarea", { class: "area", rows: "2", name: "description" });
  const kinds = h("div", { class: "row", role: "radiogroup", "aria-label": gettext("Kind") }, radios("kind", [["memory", kindName("memory")], ["terms", kindName("terms")]], kind, (value) => {
    chosen = value;
  }));
  const made = await formDialog({
    title: to ? fmt(gettext("New in {place}"), { place: place.name }) : gettext("New, without a place"),
    fields: [kinds, field(gettext("Name"), name), h("div", { class: "access-two" }, field(gettext("Source language"), source), field(gettext("Target language"), target)), field(gettext("Description"), description,
      to ? gettext("It is active at once: files in this place ask it.") : gettext("Nobody is asked it until it is dragged onto a place."))],
    action: gettext("Create"),
    save: () => post("memories", { name: name.value.trim(), kind: chosen, source_language: source.value, target_language: target.value, description: description.value.trim(), scope: to }),
  }).closed;
  if (!made) return;
  await page.reload();
  await page.go({ memory: made.id });
}

/** Name, languages, description; and what one only looks at. */
export async function properties(page, memory) {
  const why = whyNot(memory, "settings");
  const fact = (name, value) => (value || value === 0) && [h("dt", null, name), h("dd", null, value)];
  const facts = h("dl", { class: "facts details" },
    fact(gettext("Kind"), kindName(memory.kind)),
    fact(gettext("Holds"), recordsText(memory)),
    memory.kind === "memory" && fact(gettext("Confirmed"), number(memory.confirmed)),
    fact(gettext("Place"), scopeText(memory)),
    fact(gettext("Owner"), memory.owner && personLine(memory.owner)),
    fact(pgettext("when", "Created"), exactTime(memory.created_at)),
    fact(pgettext("when", "Changed"), exactTime(memory.changed_at)),
    fact(gettext("By"), memory.changed_by && personLine(memory.changed_by)),
    memory.kind === "memory" && fact(gettext("Vectors"), engineName(memory.engine)),
    fact(gettext("Revision"), number(memory.revision)),
    fact(gettext("Id"), h("span", { class: "mono" }, String(memory.id))));
  if (why) {
    openDialog({ title: memory.name, size: "s", body: [fact(gettext("Languages"), "") && h("p", { class: "dim" }, `${languageName(memory.source_language)} → ${languageName(memory.target_language)}`), memory.description && h("p", { class: "dim pre" }, memory.description), facts] });
    return;
  }
  const name = h("input", { class: "input", value: memory.name, autocomplete: "off", spellcheck: "false", maxlength: "255", name: "name" });
  const source = languageSelect(memory.source_language, { name: "source" });
  const target = languageSelect(memory.target_language, { name: "target" });
  const description = h("textarea", { class: "area", rows: "2", name: "description", value: memory.description || "" });
  await formDialog({
    title: fmt(gettext("Properties of {name}"), { name: memory.name }),
    fields: [field(gettext("Name"), name), h("div", { class: "access-two" }, field(gettext("Source language"), source), field(gettext("Target language"), target)), field(gettext("Description"), description), h("div", { class: "mem-facts" }, facts)],
    action: gettext("Save"),
    save: async () => {
      const wanted = { name: name.value.trim(), source_language: source.value, target_language: target.value, description: description.value.trim() };
      const changes = Object.fromEntries(Object.entries(wanted).filter(([id, value]) => value !== (memory[id] ?? "")));
      if (Object.keys(changes).length) await page.acts.save(memory, changes);
      return true;
    },
  }).closed;
}

/** Which format and columns; then a task that makes the file. */
export async function exportMemory(page, memory) {
  const why = whyNot(memory, "export");
  if (why) {
    page.acts.refuse(why);
    return;
  }
  const columns = memory.kind === "memory" ? exportColumns() : [];
  const wanted = new Set(columns.filter(([, , on]) => on).map(([id]) => id));
  let format = FORMATS[memory.kind][0];
  const list = h("fieldset", { class: "mem-columns", hidden: true }, h("legend", { class: "label" }, gettext("Columns")), columns.map(([id, label, first]) => checkbox(label, first, (on) => (on ? wanted.add(id) : wanted.delete(id)))));
  const go = await formDialog({
    title: fmt(gettext("Export {name}"), { name: memory.name }),
    fields: [
      h("p", { class: "dim" }, recordsText(memory)),
      h("div", { class: "stack mem-formats", role: "radiogroup", "aria-label": gettext("Format") }, radios("format", FORMATS[memory.kind].map((one) => [one, formatName(one)]), format, (value) => {
        format = value;
        list.hidden = value === "tmx" || !columns.length;
      })),
      list,
    ],
    action: gettext("Export"),
    save: () => {
      const sheet = columns.length > 0 && format !== "tmx";
      const chosen = columns.map(([id]) => id).filter((id) => wanted.has(id));
      if (sheet && !chosen.length) throw new Error(gettext("Choose at least one column."));
      return post(`memories/${memory.id}/export`, { format, ...(sheet ? { columns: chosen } : {}) });
    },
  }).closed;
  if (!go) return;
  await page.acts.run(async () => {
    const done = await pollTask(go.task);
    done.files.forEach(saveFile);
    const [file] = done.files;
    if (file) toast(fmt(gettext("{name} is ready, {size}."), { name: file.name, size: bytes(file.size) }), { kind: "done" });
  });
}
