/** The context menus of the memory page: of a memory, of a place, of entries, of columns. */

import { fmt, gettext } from "../core/i18n.js";
import { keyOf } from "../core/keyboard.js";
import { page as known } from "../core/prefs.js";
import { openMenu, separator } from "../components/menu.js";
import { uploadDialog } from "./explorer_upload.js";
import { exportMemory, newMemory, properties } from "./memory_dialogs.js";
import { kindName, whyNot } from "./memory_words.js";

const key = (name) => keyOf(`memory.${name}`);

function makes(page, place) {
  return [
    { label: gettext("New memory…"), icon: "memory", key: key("new"), run: () => newMemory(page, "memory", place) },
    { label: gettext("New term base…"), icon: "term", key: key("new-terms"), run: () => newMemory(page, "terms", place) },
    { label: gettext("Upload a file as memory…"), icon: "upload", run: () => page.importing.start({ memory: null, place, files: null }) },
  ];
}

const paste = (page, place) => {
  const { clipboard } = page.acts;
  return clipboard && { label: clipboard.mode === "cut" ? fmt(gettext("Paste {name} here"), { name: clipboard.memory.name }) : fmt(gettext("Paste a copy of {name} here"), { name: clipboard.memory.name }), icon: "paste", key: key("paste"), run: () => page.acts.paste(place) };
};

function whyNotExtract(memory) {
  const kind = memory.scope?.kind;
  return kind === "project" || kind === "folder" ? undefined : gettext("Give it a project or a folder: its files are searched.");
}

/** @param {MemoryPage} page */
export function memoryMenu(page, memory, place) {
  if (!memory) return;
  const { acts } = page;
  const settings = whyNot(memory, "settings");
  openMenu(
    [
      { label: gettext("Open"), icon: memory.kind === "terms" ? "term" : "memory", key: "Enter", run: () => page.go({ memory: memory.id }) },
      { label: gettext("Import into it…"), icon: "upload", key: key("import"), disabled: whyNot(memory, "import"), run: () => page.importing.start({ memory, place: null, files: null }) },
      memory.kind === "terms" && { label: gettext("Find candidates in the files of its place"), icon: "search", disabled: whyNot(memory, "edit_entries") || whyNotExtract(memory), run: () => page.extract(memory) },
      { label: gettext("Export…"), icon: "download", key: key("export"), disabled: whyNot(memory, "export"), run: () => exportMemory(page, memory) },
      known.desktop && memory.id < 0 && { label: gettext("Upload to the server…"), icon: "upload", run: () => uploadDialog({ kind: "memory", id: memory.id, name: memory.name }) },
      separator,
      { label: gettext("Active"), checked: memory.active, key: key("toggle"), disabled: settings || (memory.scope?.kind ? undefined : gettext("Without a place no file asks it. Drag it onto a platform, project or folder first.")), run: () => acts.toggle(memory) },
      memory.kind === "memory" && { label: gettext("Confirmed rows are written into it"), checked: memory.writable, disabled: settings, run: () => acts.change(memory, { writable: !memory.writable }) },
      separator,
      { label: gettext("Cut"), icon: "cut", key: key("cut"), disabled: settings, run: () => acts.take("cut", memory) },
      { label: gettext("Copy"), icon: "copy", key: key("copy"), run: () => acts.take("copy", memory) },
      paste(page, memory.scope),
      { label: gettext("Move to Unassigned"), icon: "inbox", disabled: settings || (memory.scope?.kind ? undefined : gettext("It has no place already.")), run: () => acts.put([memory], null, false) },
      { label: gettext("Rename"), icon: "pencil", key: key("rename"), disabled: settings, run: () => acts.rename(memory) },
      { label: gettext("Copy link"), icon: "link", run: () => acts.copyLink(memory) },
      { label: gettext("Properties…"), icon: "info", key: key("properties"), run: () => properties(page, memory) },
      separator,
      { label: gettext("Move to recycle bin"), icon: "trash", key: key("bin"), danger: true, disabled: whyNot(memory, "delete"), run: () => acts.toBin(memory) },
    ],
    place,
    { label: fmt(gettext("{kind} {name}"), { kind: kindName(memory.kind), name: memory.name }) },
  );
}

/** The menu of a place of the tree, Unassigned too. */
export function placeMenu(page, place, at) {
  openMenu(
    [
      ...makes(page, place),
      separator,
      paste(page, place),
      { label: gettext("Undo"), icon: "undo", key: key("undo"), disabled: page.acts.steps.canUndo ? undefined : gettext("There is nothing to undo."), run: () => page.acts.undo() },
      { label: gettext("Refresh"), icon: "sync", key: key("refresh"), run: () => page.reload() },
    ],
    at,
    { label: place.name },
  );
}

/** Which columns are shown. @param {RecordGrid} grid */
export function columnsMenu(grid, place) {
  const { columns } = grid;
  openMenu(
    [
      ...columns.all.filter((one) => !one.fixed && !one.always).map((one) => ({ label: one.label, checked: one.shown, run: () => columns.toggle(one.id) })),
      separator,
      { label: gettext("Sort by"), icon: "down", items: columns.all.filter((one) => one.sort).map((one) => ({ label: one.label, checked: columns.sort.replace(/^-/u, "") === one.sort, run: () => columns.sortBy(one.sort) })) },
      { label: gettext("As at first"), icon: "undo", run: () => columns.restore() },
    ],
    place,
    { label: gettext("Columns") },
  );
}
