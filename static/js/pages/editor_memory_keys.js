/** The keys of the Memory tab. */

import { fmt, gettext } from "../core/i18n.js";
import { bind, describe } from "../core/keyboard.js";

const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const IN_PALETTE = 3;

/** @param {{grid: any, side: any, memory: any, marks: any}} parts of the page */
export function bindMemoryKeys({ grid, side, memory, marks }) {
  const group = gettext("Memory and terms");
  const shown = () => side.isOpen && side.tab === "tab-memory" && grid.selection.current >= 0;
  const listed = (n) => ({ help: false, palette: n <= IN_PALETTE });
  const open = () => side.show("tab-memory");
  bind(document, [
    ...NUMBERS.map((n) => ({ id: `memory.use-${n}`, label: fmt(gettext("Use match {n}"), { n }), group, keys: [`Ctrl+Digit${n}`], typing: true, icon: "memory", when: shown, run: () => memory.useNumber(n - 1), ...listed(n) })),
    ...NUMBERS.map((n) => ({ id: `memory.term-${n}`, label: fmt(gettext("Insert term {n}"), { n }), group, keys: [`Ctrl+Shift+Digit${n}`], typing: true, icon: "term", when: shown, run: () => memory.insertTerm(n - 1), ...listed(n) })),
    { id: "memory.concordance", label: gettext("Concordance of the selection"), group, keys: ["Ctrl+F3"], typing: true, icon: "search", run: () => { open(); memory.concordance.open(); } },
    { id: "memory.go", label: gettext("Go to the matches"), group, keys: [], icon: "memory", run: () => { open(); memory.roving.first(); } },
    { id: "memory.marks", label: gettext("Marks of rows with a match"), group, keys: [], icon: "memory", run: () => marks.toggle() },
  ]);
  describe([
    { id: "memory.use", label: gettext("Use match 1 to 9"), group, keys: ["Ctrl+Digit1", "Ctrl+Digit9"] },
    { id: "memory.term", label: gettext("Insert term 1 to 9"), group, keys: ["Ctrl+Shift+Digit1", "Ctrl+Shift+Digit9"] },
    { id: "memory.walk", label: gettext("In the panel: next, previous"), group, keys: ["ArrowDown", "ArrowUp"] },
    { id: "memory.enter", label: gettext("In the panel: use, or open the entry"), group, keys: ["Enter"] },
    { id: "memory.menu", label: gettext("In the panel: menu"), group, keys: ["Shift+F10"] },
  ]);
}
