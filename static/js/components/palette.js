/** Ctrl K: every command by name. Ctrl P: every file, folder and row by name, key or text. */

import { get } from "../core/api.js";
import { debounce, fill, freshId, h, icon } from "../core/dom.js";
import { rememberFocus } from "../core/focus.js";
import { gettext } from "../core/i18n.js";
import { commands, isComposing, keyOf } from "../core/keyboard.js";
import { linkTo } from "../core/links.js";

const ICONS = { platform: "platform", project: "project", folder: "folder", file: "file", row: "comment" };

/** @param {"commands"|"search"} mode @param {string} [text] */
export function openPalette(mode, text = "") {
  document.querySelector("dialog.palette")?.close();
  if (document.querySelector("dialog[open]")) return;
  const back = rememberFocus();
  const listId = freshId("palette");
  const hint = mode === "search" ? gettext("Search everything: names, keys, text") : gettext("Type a command");
  const input = h("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": listId, "aria-autocomplete": "list", "aria-label": hint, placeholder: hint, value: text, autocomplete: "off", spellcheck: "false" });
  const list = h("div", { class: "palette-list", id: listId, role: "listbox", "aria-label": hint });
  const element = h("dialog", { class: "dialog palette", "aria-label": hint }, h("label", { class: "palette-box" }, icon("search"), input), list);
  const state = { items: [], at: 0, run: null };
  const find = mode === "search" ? searcher(list, state, input) : finder(list, state, input);
  element.addEventListener("close", () => {
    element.remove();
    back();
    // Only now, so that a command finds the focus where it was.
    state.run?.();
  });
  element.addEventListener("click", (event) => {
    const chosen = event.target.closest?.("[role=option]");
    if (chosen) choose(Number(chosen.dataset.index));
    else if (event.target === element) element.close();
  });
  const choose = (index) => {
    const item = state.items[index];
    if (!item) return;
    state.run = item.run;
    element.close();
  };
  input.addEventListener("input", find);
  input.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.code];
    if (step) mark(list, state, Math.max(0, Math.min(state.items.length - 1, state.at + step)), input);
    else if (event.code === "Enter" || event.code === "NumpadEnter") choose(state.at);
    else return;
    event.preventDefault();
  });
  document.body.append(element);
  element.showModal();
  input.focus();
  find();
}

function draw(list, state, input, empty) {
  let group = null;
  const parts = [];
  state.items.forEach((item, index) => {
    if (item.group && item.group !== group) parts.push(h("div", { class: "label", role: "presentation" }, (group = item.group)));
    parts.push(
      h("div", { class: "palette-item", role: "option", id: `${list.id}-${index}`, "data-index": index, "aria-selected": "false" },
        icon(item.icon || "right", { small: true }), h("span", { class: "clip" }, item.label),
        item.keys && h("span", { class: "keys" }, item.keys), item.where && h("span", { class: "where" }, item.where)),
    );
  });
  fill(list, parts.length ? parts : empty && h("div", { class: "palette-note" }, empty));
  mark(list, state, 0, input);
}

function mark(list, state, index, input) {
  list.querySelector('[aria-selected="true"]')?.setAttribute("aria-selected", "false");
  state.at = index;
  const chosen = document.getElementById(`${list.id}-${index}`);
  chosen?.setAttribute("aria-selected", "true");
  chosen?.scrollIntoView({ block: "nearest" });
  if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
  else input.removeAttribute("aria-activedescendant");
}

function finder(list, state, input) {
  return () => {
    const words = input.value.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
    state.items = commands()
      .filter((one) => one.palette !== false && (!one.when || one.when()))
      .filter((one) => words.every((word) => `${one.label} ${one.group}`.toLocaleLowerCase().includes(word)))
      .map((one) => ({ label: one.label, group: one.group, icon: one.icon, keys: keyOf(one.id), run: () => one.run() }));
    draw(list, state, input, gettext("No command has this in its name."));
  };
}

function searcher(list, state, input) {
  let asked = null;
  const ask = debounce(async () => {
    asked?.abort();
    const q = input.value.trim();
    if (!q) {
      state.items = [];
      draw(list, state, input, gettext("Type a part of a name, a key or a text."));
      return;
    }
    asked = new AbortController();
    try {
      const answer = await get("search", { query: { q, limit: 30, kinds: "platform,project,folder,file,row" }, signal: asked.signal });
      state.items = answer.results.map((result) => ({
        label: result.kind === "row" ? result.match?.snippet || result.name : result.name,
        where: (result.path || []).map((part) => part.name).join(" › "),
        icon: ICONS[result.kind],
        run: () => location.assign(linkTo(result)),
      }));
      draw(list, state, input, gettext("Nothing has this in its name, key or text."));
    } catch (error) {
      if (error.name === "AbortError") return;
      state.items = [];
      draw(list, state, input, error.message);
    }
  }, 150);
  return () => ask();
}
