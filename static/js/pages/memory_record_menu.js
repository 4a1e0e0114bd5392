/** The context menu of entries and terms. */

import { fmt, gettext } from "../core/i18n.js";
import { number } from "../core/format.js";
import { keyOf } from "../core/keyboard.js";
import { openMenu, separator } from "../components/menu.js";

const key = (name) => keyOf(`entry.${name}`);

/** @param {RecordsPane} pane */
export function recordMenu(pane, place) {
  const { grid, definition } = pane;
  const [record] = grid.chosen();
  if (!record) return;
  if (definition.menu) {
    definition.menu(pane, record, place);
    return;
  }
  const n = pane.chosenCount;
  const one = n === 1;
  const deleted = record.deleted;
  const why = deleted ? undefined : definition.whyNot(record);
  const entries = definition.kind === "entries";
  openMenu(
    [
      one && !deleted && { label: gettext("Edit"), icon: "pencil", key: key("edit"), disabled: why, run: () => pane.editing.open(grid.selection.current) },
      entries && !deleted && { label: gettext("Confirm"), icon: "check", key: key("confirm"), disabled: why || (one && record.confirmed ? gettext("It is confirmed already.") : undefined), run: () => pane.act("confirm") },
      entries && !deleted && { label: gettext("Withdraw confirmation"), icon: "ring", key: key("unconfirm"), disabled: why || (one && !record.confirmed ? gettext("Nobody has confirmed it.") : undefined), run: () => pane.act("unconfirm") },
      deleted && { label: gettext("Restore"), icon: "undo", key: key("restore"), run: () => pane.act("restore") },
      separator,
      { label: gettext("Copy source and target"), icon: "copy", key: key("copy"), disabled: grid.everything ? gettext("Choose fewer, or export the memory.") : undefined, run: () => pane.copy() },
      one && { label: gettext("More by this person"), icon: "user", disabled: record.changed_by ? undefined : gettext("It has no author."), run: () => pane.page.searchAuthor(record.changed_by) },
      one && { label: gettext("History and all facts"), icon: "history", key: key("facts"), run: () => pane.page.side.show("tab-entry") },
      { label: gettext("Choose all that match"), icon: "check2", key: key("all"), run: () => grid.pickEverything(true) },
      separator,
      !deleted && { label: gettext("Delete"), icon: "trash", key: key("delete"), danger: true, disabled: why, run: () => pane.act("delete") },
    ],
    place,
    { label: one ? definition.describe(record) : fmt(gettext("{n} chosen"), { n: number(n) }) },
  );
}
