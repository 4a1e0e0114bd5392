/** The keys of the Memory tab. */

import { fmt, gettext } from "../core/i18n.js";
import { bind, describe } from "../core/keyboard.js";

const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** @param {{grid: any, editing: any, side: any, memory: any, marks: any}} parts of the page */
export function bindMemoryKeys({ grid, side, memory, marks }) {
  const group = gettext("Memory and terms");
  const shown = () => side.isOpen && side.tab === "tab-memory" && grid.selection.current >= 0;
  const listed = (n) => ({ help: false, palette: n < 4 });
  bind(document, [
    ...NUMBERS.map((n) => ({ id: `memory.use-${n}`, label: fmt(gettext("Use match {n}"), { n }), group, keys: [`Ctrl+Digit${n}`], typing: true, icon: "memory", when: shown, run: () => memory.useNumber(n - 1), ...listed(n) })),
    ...NUMBERS.map((n) => ({ id: `memory.term-${n}`, label: fmt(gettext("Insert term {n}"), { n }), group, keys: [`Ctrl+Shift+Digit${n}`], typing: true, icon: "term", when: shown, run: () => memory.insertTerm(n - 1), ...listed(n) })),
    { id: "memory.concordance", label: gettext("Concordance of the selection"), group, keys: ["Ctrl+F3"], typing: true, icon: "search", run: () => { side.show("tab-memory"); memory.concordance.open(); } },
    { id: "memory.marks", label: gettext("Marks of rows with a match"), group, keys: [], icon: "memory", run: () => marks.toggle() },
  ]);
  describe([
    { id: "memory.use", label: gettext("Use a match"), group, keys: ["Ctrl+Digit1"] },
    { id: "memory.term", label: gettext("Insert a term"), group, keys: ["Ctrl+Shift+Digit1"] },
  ]);
}
