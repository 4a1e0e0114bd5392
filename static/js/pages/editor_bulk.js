/** Acts on many rows in the editor: the bar of chosen rows, their menu and keys, find and replace, paste, repeats. */

import { h, icon, need } from "../core/dom.js";
import { announce } from "../core/focus.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { bind, keyOf } from "../core/keyboard.js";
import { Acts } from "./editor_acts.js";
import { BulkActs } from "./editor_bulk_acts.js";
import { CopyPaste } from "./editor_paste.js";
import { bindReplace, ReplacePanel } from "./editor_replace.js";
import { Repeats } from "./editor_repeats.js";
import { rowMenu } from "./editor_menu.js";

/** @param {{fileId: number, info: any, grid: any, editing: any, status: any, marks: any, memory: any, side: any, filter: any, actions: any, live: any, acts?: any}} editor the parts of the page */
export function attach(editor) {
  const { actions, grid } = editor;
  editor.acts = new Acts(editor);
  const bulk = new BulkActs(editor);
  const panel = new ReplacePanel(editor);
  const copy = new CopyPaste(editor);
  const repeats = new Repeats(editor);
  actions.bulk = bulk;
  actions.copyPaste = copy;
  bindReplace(panel);
  bulk.bindKeys();
  copy.bindKeys();
  repeats.bindKeys();
  actions.contribute("text", () => [
    ...bulk.items(),
    !actions.many && repeats.item(),
    { label: gettext("Find and replace…"), icon: "swap", key: keyOf("find.replace"), run: () => panel.open({ scope: actions.many ? "selection" : undefined }) },
    { label: gettext("Paste…"), icon: "paste", key: keyOf("row.paste"), disabled: actions.may.edit_rows === false ? gettext("You may not edit this file.") : undefined, run: () => copy.pasteAsked() },
  ]);
  chosenBar(grid, actions);
  bind(document, [
    { id: "file.repeats", label: gettext("Repeats of the file"), group: gettext("Review"), keys: ["Alt+Shift+KeyR"], typing: true, icon: "same", run: () => location.assign(`/files/${editor.fileId}/repeats/`) },
  ]);
}

/** How many rows are chosen, beside the filter's count; one button for what can be done to them, one to let them go. */
function chosenBar(grid, actions) {
  const words = h("span", { class: "num" });
  const menu = h("button", { class: "btn btn-s", type: "button", "aria-haspopup": "menu" }, gettext("Acts"), icon("down", { small: true }));
  const none = h("button", { class: "btn btn-icon btn-s", type: "button", "aria-label": gettext("Clear selection"), title: `${gettext("Clear selection")} (Esc)` }, icon("close"));
  const bar = h("span", { class: "chosen", id: "chosen", role: "group", "aria-label": gettext("Chosen rows"), hidden: true }, words, menu, none);
  need("#count").after(bar);
  menu.addEventListener("click", () => rowMenu(actions, menu));
  none.addEventListener("click", () => {
    grid.selection.clear();
    grid.focusRow(grid.selection.current);
  });
  let last = 0;
  const draw = () => {
    const n = grid.selection.count(grid.windows.total);
    bar.hidden = !grid.selection.isMany;
    need("#count").hidden = !bar.hidden;
    if (bar.hidden) {
      last = 0;
      return;
    }
    words.textContent = fmt(ngettext("{n} row chosen", "{n} rows chosen", n), { n: number(n) });
    if (n !== last) announce(words.textContent);
    last = n;
  };
  grid.addEventListener("selection", draw);
  grid.addEventListener("view", draw);
}
