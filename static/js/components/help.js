/** The list of shortcuts, from the registered commands, with a box to find one and a way to change them. */

import { fill, h, icon } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { commands, keyLabel } from "../core/keyboard.js";
import { isChanged, keysOf, lettersOn, restoreKeys, setKeys, setLetters } from "../core/keymap.js";
import { openDialog } from "./dialog.js";
import { askKey } from "./keycapture.js";

/** Commands by group: those with keys, and while keys are changed those without as well. */
function groups(text, changing) {
  const wanted = text.trim().toLocaleLowerCase();
  const found = new Map();
  for (const one of commands()) {
    if (one.help === false || !one.label || !(keysOf(one).length || (changing && !one.described))) continue;
    const keys = keysOf(one).map(keyLabel).join(" ");
    if (wanted && !`${one.label} ${keys}`.toLocaleLowerCase().includes(wanted)) continue;
    if (!found.has(one.group)) found.set(one.group, []);
    found.get(one.group).push(one);
  }
  return found;
}

/** Open the list. @param {{changing?: boolean}} [how] */
export function openHelp({ changing = false } = {}) {
  const search = h("input", { class: "help-find", type: "search", "aria-label": gettext("Find a shortcut"), placeholder: gettext("Find a shortcut"), autocomplete: "off", spellcheck: "false" });
  const box = h("label", { class: "query fill" }, icon("search", { small: true }), search);
  const list = h("div", { class: "help-cols" });
  const change = h("button", { class: "btn btn-s", type: "button", "aria-pressed": "false", onclick: () => toggle() }, gettext("Change keys"));
  const restore = h("button", { class: "btn btn-quiet btn-s", type: "button", hidden: true, onclick: () => { restoreKeys(); draw(); } }, gettext("All as at first"));
  const letters = h("input", { type: "checkbox", checked: lettersOn(), onchange: (event) => setLetters(event.target.checked) });
  const lettersRow = h("label", { class: "check help-letters", hidden: true }, letters, gettext("Keys without Ctrl or Alt: ?, G F"));

  const caps = (one) => keysOf(one).map((key) => h("kbd", { class: "kbd" }, keyLabel(key)));
  const entry = (one) => {
    const row = h("div", isChanged(one.id) ? { class: "is-changed" } : null, h("dt", null, one.label), h("dd", null, caps(one), changing && !one.described && editor(one, () => row)));
    return row;
  };
  /** The button that asks for another key of a command, and the one that gives back the first. */
  const editor = (one, rowOf) => [
    isChanged(one.id) && h("button", { class: "btn btn-icon btn-s", type: "button", title: gettext("As at first"), "aria-label": gettext("As at first"), onclick: () => give(one, null) }, icon("undo", { small: true })),
    h("button", { class: "btn btn-icon btn-s", type: "button", "data-command": one.id, "aria-label": `${gettext("Other keys")}: ${one.label}`, title: gettext("Other keys"), onclick: () => askKey({ one, host: rowOf(), all: commands(), done: (keys, freed) => give(one, keys, freed) }) }, icon("keyboard", { small: true })),
  ];
  const give = (one, keys, freed) => {
    if (keys !== undefined) setKeys(one.id, keys);
    if (freed) setKeys(freed.id, keysOf(freed).filter((key) => !keys.includes(key)));
    draw();
    /** @type {HTMLElement|null} */ (list.querySelector(`[data-command="${CSS.escape(one.id)}"]`))?.focus();
  };
  const draw = () => {
    const sections = [...groups(search.value, changing)].map(([name, items]) => h("section", null, h("h3", { class: "label" }, name), h("dl", null, items.map(entry))));
    fill(list, sections.length ? sections : h("p", { class: "dim" }, gettext("No shortcut has this in its name.")));
  };
  const toggle = () => {
    changing = !changing;
    for (const element of [restore, lettersRow]) element.hidden = !changing;
    change.setAttribute("aria-pressed", String(changing));
    draw();
  };

  search.addEventListener("input", draw);
  if (changing) {
    changing = false;
    toggle();
  } else draw();
  openDialog({
    title: gettext("Shortcuts"),
    class: "help",
    head: box,
    body: [lettersRow, list],
    foot: [
      change,
      restore,
      h("span", { class: "faint" }, gettext("In a browser, Ctrl T belongs to the browser: Alt T does the same everywhere.")),
      h("span", { class: "fill" }),
      h("span", { class: "faint" }, h("kbd", { class: "kbd" }, "Esc"), " ", gettext("closes, and the cursor is where it was.")),
    ],
  });
  search.focus();
}
