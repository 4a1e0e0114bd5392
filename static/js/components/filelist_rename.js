/** Renaming in a list or tree where the name stands. */

import { h } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { isComposing } from "../core/keyboard.js";

/**
 * @param {{renaming?: any, draw: () => void, focus: () => void}} list
 * @param {HTMLElement|null} row
 * @param {string} name
 * @returns {Promise<string|null>} the new name; null when it stays
 */
export function startRename(list, row, name) {
  if (!row) return Promise.resolve(null);
  const place = row.querySelector(".name .clip") || row.querySelector(".clip");
  const input = h("input", { class: "input rename", type: "text", value: name, "aria-label": gettext("New name"), autocomplete: "off", spellcheck: "false", maxlength: "255" });
  row.draggable = false;
  place.replaceWith(input);
  list.renaming = input;
  input.focus();
  // The ending is part of the name, but rarely what one wants to change.
  const dot = name.lastIndexOf(".");
  input.setSelectionRange(0, dot > 0 ? dot : name.length);
  return new Promise((resolve) => {
    let over = false;
    const finish = (value, back) => {
      if (over) return;
      over = true;
      list.renaming = null;
      list.draw();
      if (back) list.focus();
      resolve(value && value !== name ? value : null);
    };
    input.addEventListener("keydown", (event) => {
      if (isComposing(event)) return;
      event.stopPropagation();
      if (event.code === "Enter" || event.code === "NumpadEnter") finish(input.value.trim(), true);
      else if (event.code === "Escape") finish(null, true);
      else return;
      event.preventDefault();
    });
    input.addEventListener("blur", () => finish(input.value.trim(), false));
  });
}
