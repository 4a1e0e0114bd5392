/** The keys of the memory page: in the tree, in the entries, and anywhere on it. */

import { need } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { bind, describe } from "../core/keyboard.js";
import { exportMemory, newMemory, properties } from "./memory_dialogs.js";
import { recordMenu } from "./memory_record_menu.js";

// Acts start and answer at once: a press is used up whatever comes of it.
const act = (work) => () => {
  work();
  return true;
};

/** @param {MemoryPage} page */
export function bindKeys(page) {
  const { acts, tree } = page;
  bindTree(page);
  bindRecords(page);
  const anywhere = gettext("Memory");
  const subject = () => Boolean(acts.subject());
  const tab = (n, id) => ({ id: `memory.tab-${id}`, label: panelName(id), group: anywhere, keys: [`Alt+Digit${n}`], typing: true, icon: "panel", when: () => !need(`#tab-${id}`).hidden, run: act(() => page.side.show(`tab-${id}`)) });
  bind(document, [
    { id: "memory.find", label: gettext("Search entries"), group: anywhere, keys: ["Ctrl+KeyF"], typing: true, icon: "search", when: () => Boolean(page.pane), run: act(() => page.pane.search.input.select()) },
    { id: "memory.new", label: gettext("New memory…"), group: anywhere, keys: ["Ctrl+Shift+KeyM"], icon: "memory", run: act(() => newMemory(page, "memory", tree.currentPlace())) },
    { id: "memory.new-terms", label: gettext("New term base…"), group: anywhere, keys: [], icon: "term", run: act(() => newMemory(page, "terms", tree.currentPlace())) },
    { id: "memory.import", label: gettext("Import a file…"), group: anywhere, keys: ["Ctrl+KeyI"], icon: "upload", run: act(() => page.importing.start({ memory: acts.subject(), place: acts.subject() ? null : tree.currentPlace(), files: null })) },
    { id: "memory.export", label: gettext("Export…"), group: anywhere, keys: ["Ctrl+KeyE"], icon: "download", when: subject, run: act(() => exportMemory(page, acts.subject())) },
    { id: "memory.properties", label: gettext("Properties…"), group: anywhere, keys: ["Alt+Enter"], icon: "info", when: subject, run: act(() => properties(page, acts.subject())) },
    { id: "memory.deleted", label: gettext("Deleted entries"), group: anywhere, keys: [], icon: "trash", when: () => Boolean(page.pane?.definition.act), run: act(() => page.pane.setState("deleted")) },
    { id: "memory.side", label: gettext("Side panel"), group: anywhere, keys: ["Ctrl+KeyB"], typing: true, icon: "panel", run: act(() => page.side.toggle()) },
    tab(1, "entry"), tab(2, "quality"), tab(3, "scope"), tab(4, "health"),
    { id: "memory.refresh", label: gettext("Refresh"), group: anywhere, keys: ["F5"], icon: "sync", run: act(() => page.reload({ records: true })) },
    // Outside the entries the browser would offer to save the page.
    { id: "memory.save", label: "", group: anywhere, keys: ["Ctrl+KeyS"], typing: true, help: false, palette: false, run: () => {} },
  ]);
}

function panelName(id) {
  switch (id) {
    case "entry": return gettext("Panel: entry");
    case "quality": return gettext("Panel: quality");
    case "scope": return gettext("Panel: scope");
    default: return gettext("Panel: health");
  }
}

function bindTree(page) {
  const { acts, tree } = page;
  const group = gettext("Memories, in the tree");
  const one = () => Boolean(tree.currentMemory());
  describe([
    { id: "memory.open", label: gettext("Open"), group, keys: ["Enter"] },
    { id: "memory.menu", label: gettext("Menu"), group, keys: ["Shift+F10"] },
    { id: "memory.beside", label: gettext("Open all branches beside"), group, keys: ["char:*"] },
  ]);
  bind(need("#tree"), [
    { id: "memory.rename", label: gettext("Rename"), group, keys: ["F2"], icon: "pencil", when: one, run: act(() => acts.rename()) },
    { id: "memory.toggle", label: gettext("Active or not"), group, keys: ["Ctrl+Space", "Alt+KeyA"], icon: "check", when: one, run: act(() => acts.toggle()) },
    { id: "memory.cut", label: gettext("Cut"), group, keys: ["Ctrl+KeyX"], icon: "cut", when: one, run: act(() => acts.take("cut")) },
    { id: "memory.copy", label: gettext("Copy"), group, keys: ["Ctrl+KeyC"], icon: "copy", when: one, run: act(() => acts.take("copy")) },
    { id: "memory.paste", label: gettext("Paste"), group, keys: ["Ctrl+KeyV"], icon: "paste", when: () => Boolean(acts.clipboard), run: act(() => acts.paste()) },
    { id: "memory.bin", label: gettext("Move to recycle bin"), group, keys: ["Delete"], icon: "trash", when: one, run: act(() => acts.toBin()) },
    { id: "memory.undo", label: gettext("Undo"), group, keys: ["Ctrl+KeyZ"], icon: "undo", run: act(() => acts.undo()) },
    { id: "memory.redo", label: gettext("Redo"), group, keys: ["Ctrl+KeyY", "Ctrl+Shift+KeyZ"], icon: "redo", run: act(() => acts.redo()) },
    { id: "memory.clear", label: gettext("Clear the clipboard"), group, keys: ["Escape"], palette: false, run: () => acts.clear() },
  ]);
}

function bindRecords(page) {
  const group = gettext("Entries");
  const pane = () => page.pane;
  const grid = () => page.pane?.grid;
  const ready = () => Boolean(page.pane) && !page.pane.editing.isOpen;
  const chosen = () => ready() && grid().selection.current >= 0;
  const acts = () => chosen() && Boolean(pane().definition.act || pane().definition.decide);
  const go = (to, extend = false) => () => {
    const at = grid().selection.current;
    grid().goTo(to(at), { extend });
  };
  const pageful = () => Math.max(1, grid().viewport.shown - 1);
  const moving = [
    ["up", ["ArrowUp"], go((at) => at - 1)], ["down", ["ArrowDown"], go((at) => at + 1)],
    ["up-more", ["Shift+ArrowUp"], go((at) => at - 1, true)], ["down-more", ["Shift+ArrowDown"], go((at) => at + 1, true)],
    ["page-up", ["PageUp"], go((at) => at - pageful())], ["page-down", ["PageDown"], go((at) => at + pageful())],
    ["page-up-more", ["Shift+PageUp"], go((at) => at - pageful(), true)], ["page-down-more", ["Shift+PageDown"], go((at) => at + pageful(), true)],
    ["first", ["Home", "Ctrl+Home"], go(() => 0)], ["last", ["End", "Ctrl+End"], go(() => Number.MAX_SAFE_INTEGER)],
    ["first-more", ["Shift+Home"], go(() => 0, true)], ["last-more", ["Shift+End"], go(() => Number.MAX_SAFE_INTEGER, true)],
  ];
  describe([{ id: "entry.extend", label: gettext("Select a range"), group, keys: ["Shift+ArrowUp", "Shift+ArrowDown"] }]);
  bind(need("#middle"), [
    ...moving.map(([id, keys, run]) => ({ id: `entry.${id}`, keys, label: id, group, help: false, palette: false, when: () => ready() && inGrid(), run: act(run) })),
    { id: "entry.edit", label: gettext("Edit"), group, keys: ["Enter", "F2"], icon: "pencil", when: () => chosen() && inGrid() && !grid().record()?.deleted, run: act(() => pane().editing.open(grid().selection.current)) },
    { id: "entry.confirm", label: gettext("Confirm, next"), group, keys: ["Ctrl+KeyS"], icon: "check", when: acts, run: act(() => pane().confirm()) },
    { id: "entry.unconfirm", label: gettext("Withdraw confirmation"), group, keys: ["Ctrl+KeyU"], icon: "ring", when: acts, run: act(() => pane().definition.kind === "entries" && pane().act("unconfirm")) },
    { id: "entry.delete", label: gettext("Delete"), group, keys: ["Delete"], icon: "trash", when: () => acts() && inGrid(), run: act(() => pane().act("delete")) },
    { id: "entry.restore", label: gettext("Restore, in the deleted ones"), group, keys: ["Enter"], icon: "undo", when: () => acts() && inGrid() && Boolean(grid().record()?.deleted), run: act(() => pane().act("restore")) },
    { id: "entry.new", label: gettext("New entry…"), group, keys: ["Ctrl+Enter"], icon: "plus", when: () => ready() && Boolean(pane().definition.create), run: act(() => page.newRecord()) },
    { id: "entry.all", label: gettext("Choose all that match"), group, keys: ["Ctrl+KeyA"], icon: "check2", when: () => chosen() && inGrid(), run: act(() => grid().pickEverything(true)) },
    { id: "entry.copy", label: gettext("Copy source and target"), group, keys: ["Ctrl+KeyC"], icon: "copy", when: () => chosen() && inGrid() && !String(getSelection()), run: act(() => pane().copy()) },
    { id: "entry.undo", label: gettext("Undo"), group, keys: ["Ctrl+KeyZ"], icon: "undo", when: ready, run: act(() => pane().undo()) },
    { id: "entry.redo", label: gettext("Redo"), group, keys: ["Ctrl+KeyY", "Ctrl+Shift+KeyZ"], icon: "redo", when: ready, run: act(() => pane().redo()) },
    { id: "entry.facts", label: gettext("History and all facts"), group, keys: ["Alt+KeyH"], icon: "history", when: chosen, run: act(() => page.side.show("tab-entry")) },
    { id: "entry.menu", label: gettext("Menu"), group, keys: ["Shift+F10", "ContextMenu"], palette: false, when: () => chosen() && inGrid(), run: act(() => {
      const element = grid().viewport.live.get(grid().selection.current);
      if (element) recordMenu(pane(), (element.cells.target || element.cells.source).getBoundingClientRect());
    }) },
    { id: "entry.clear", label: gettext("Clear selection"), group, keys: ["Escape"], palette: false, when: () => ready() && inGrid(), run: () => {
      if (grid().everything) {
        grid().pickEverything(false);
        return true;
      }
      return grid().selection.picked.size ? grid().selection.clear() : false;
    } },
  ]);
}

const inGrid = () => Boolean(document.activeElement?.closest(".rec"));
