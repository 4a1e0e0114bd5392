/** What makes the editor one's own: the reference column and its keys. */

import { gettext } from "../core/i18n.js";
import { bind } from "../core/keyboard.js";
import { ReferenceColumn } from "./editor_reference.js";

/** @param {{fileId: number, info: any, grid: any, editing: any, status: any, marks: any, memory: any, side: any, filter: any, actions: any, live: any}} editor the parts of the page */
export function attach({ grid, fileId, filter }) {
  const reference = new ReferenceColumn(grid, fileId);
  grid.reference = reference;
  bind(document, [
    { id: "columns.reference", label: gettext("Reference column…"), group: gettext("Screen"), keys: [], icon: "columns", run: () => { reference.ask(); } },
    { id: "find.changed", label: gettext("Rows whose source changed"), group: gettext("Find"), keys: [], icon: "sync", run: () => { filter.apply({ query: "is:changed" }); } },
  ]);
}
