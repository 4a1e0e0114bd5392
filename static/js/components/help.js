/** The list of shortcuts, from the registered commands, with a box to find one. */

import { fill, h, icon } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { commands, keyLabel } from "../core/keyboard.js";
import { openDialog } from "./dialog.js";

function groups(text) {
  const wanted = text.trim().toLocaleLowerCase();
  const found = new Map();
  for (const one of commands()) {
    if (one.help === false || !one.keys.length) continue;
    const keys = one.keys.map(keyLabel).join(" ");
    if (wanted && !`${one.label} ${keys}`.toLocaleLowerCase().includes(wanted)) continue;
    if (!found.has(one.group)) found.set(one.group, []);
    found.get(one.group).push(one);
  }
  return found;
}

/** Open the list. */
export function openHelp() {
  const search = h("input", { class: "help-find", type: "search", "aria-label": gettext("Find a shortcut"), placeholder: gettext("Find a shortcut"), autocomplete: "off", spellcheck: "false" });
  const box = h("label", { class: "query fill" }, icon("search", { small: true }), search);
  const list = h("div", { class: "help-cols" });
  const draw = () => {
    const sections = [...groups(search.value)].map(([name, items]) =>
      h("section", null, h("h3", { class: "label" }, name),
        h("dl", null, items.map((one) => h("div", null, h("dt", null, one.label), h("dd", null, one.keys.map((key) => h("kbd", { class: "kbd" }, keyLabel(key)))))))),
    );
    fill(list, sections.length ? sections : h("p", { class: "dim" }, gettext("No shortcut has this in its name.")));
  };
  search.addEventListener("input", draw);
  draw();
  openDialog({
    title: gettext("Shortcuts"),
    class: "help",
    head: box,
    body: list,
    foot: [
      h("span", { class: "faint" }, gettext("In a browser, Ctrl T belongs to the browser: Alt T does the same everywhere.")),
      h("span", { class: "fill" }),
      h("span", { class: "faint" }, h("kbd", { class: "kbd" }, "Esc"), " ", gettext("closes, and the cursor is where it was.")),
    ],
  });
  search.focus();
}
