/** Rows that were edited on two sides and that nobody has decided: their marks, and how many there are. */

import { get } from "../core/api.js";
import { debounce, fill, icon, need } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";

const SETTLE_MS = 800;
/** Conflicts come from desktops, some time after an edit: asked for again now and then. */
const ASK_MS = 60_000;

export class ConflictMarks {
  constructor({ grid, filter, fileId }) {
    Object.assign(this, { grid, filter, fileId });
    /** @type {Map<number, string>} what the mark says, by row */
    this.rows = new Map();
    this.chip = need("#conflicts-chip");
    this.chip.addEventListener("click", () => this.filter.apply({ query: "is:conflict" }));
    grid.contribute("conflict", (row) => (row ? this.rows.get(row.id) : undefined));
    this.soon = debounce(() => this.load(), SETTLE_MS);
    grid.addEventListener("remote", () => this.soon());
    document.addEventListener("locanext:conflicts", () => this.soon());
    this.load();
  }

  async load() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), ASK_MS);
    if (document.hidden) return;
    try {
      const found = new Map();
      let cursor = null;
      do {
        const page = await get("conflicts", { query: { file: this.fileId, state: "open", cursor } });
        for (const one of page.items) found.set(one.row_id, this.#words(one));
        cursor = page.next;
      } while (cursor);
      this.#show(found);
    } catch {
      // A mark is a hint: without it the row is what it is. The next time asks again.
    }
  }

  #words(one) {
    const who = one.lost_by?.name;
    return who ? fmt(gettext("Edited twice. The text of {name} is in the inbox."), { name: who }) : gettext("Edited twice. The other text is in the inbox.");
  }

  #show(found) {
    const touched = [...new Set([...this.rows.keys(), ...found.keys()])].filter((id) => this.rows.get(id) !== found.get(id));
    this.rows = found;
    for (const id of touched) this.grid.redraw(id);
    this.chip.hidden = !found.size;
    if (!found.size) return;
    const words = fmt(ngettext("{n} row in conflict", "{n} rows in conflict", found.size), { n: number(found.size) });
    this.chip.title = gettext("Show these rows");
    fill(this.chip, icon("conflict", { small: true }), words);
    this.chip.classList.add("st-conflict");
  }
}

export function attach(editor) {
  editor.conflicts = new ConflictMarks(editor);
}
