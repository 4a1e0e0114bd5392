/** Ctrl K: every command by name. Ctrl P: every file, folder and row by name, key or text. A place to choose, by name. */

import { get } from "../core/api.js";
import { debounce, fill, freshId, h, icon } from "../core/dom.js";
import { rememberFocus } from "../core/focus.js";
import { fmt, gettext } from "../core/i18n.js";
import { commands, isComposing, keyOf } from "../core/keyboard.js";
import { linkTo, searchLink } from "../core/links.js";

const ICONS = { platform: "platform", project: "project", folder: "folder", file: "file", row: "comment" };
const PLACES = "platform,project,folder,file";

/**
 * @typedef {Object} Item
 * @property {string} label
 * @property {() => any} run
 * @property {string} [icon]
 * @property {string} [group]
 * @property {string} [keys]
 * @property {string} [where]
 */

/** @param {"commands"|"search"} mode @param {string} [text] */
export function openPalette(mode, text = "") {
  if (mode === "commands") openList(gettext("Type a command"), text, finder);
  else openList(gettext("Search everything: names, keys, text"), text, (show) => searcher(show, `${PLACES},row`, (result) => location.assign(linkTo(result)), true));
}

/** Let a person choose a platform, project, folder or file by its name. @param {(place: {kind: string, id: number, name: string, path: any[]}) => void} onChoose */
export function choosePlace(onChoose) {
  openList(gettext("Name of a platform, project, folder or file"), "", (show) => searcher(show, PLACES, onChoose, false));
}

/**
 * A box to type in and what it finds below.
 * @param {string} hint @param {string} text
 * @param {(show: (items: Item[], empty: string) => void) => (typed: string) => void} find
 */
function openList(hint, text, find) {
  document.querySelector("dialog.palette")?.close();
  if (document.querySelector("dialog[open]")) return;
  const back = rememberFocus();
  const listId = freshId("palette");
  const input = h("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": listId, "aria-autocomplete": "list", "aria-label": hint, placeholder: hint, value: text, autocomplete: "off", spellcheck: "false" });
  const list = h("div", { class: "palette-list", id: listId, role: "listbox", "aria-label": hint });
  const element = h("dialog", { class: "dialog palette", "aria-label": hint }, h("label", { class: "palette-box" }, icon("search"), input), list);
  const state = { items: [], at: 0, run: null };
  const look = find((items, empty) => {
    state.items = items;
    draw(list, state, input, empty);
  });
  element.addEventListener("close", () => {
    element.remove();
    back({ unlessTaken: true });
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
  input.addEventListener("input", () => look(input.value));
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
  look(input.value);
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
  const note = empty && h("div", { class: "palette-note" }, empty);
  fill(list, note, parts);
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

/** What every page has comes after what this page can do. */
const isGeneral = (command) => /^(?:app|go|theme|density)\./u.test(command.id);

function finder(show) {
  return (typed) => {
    const words = typed.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
    const items = commands()
      .filter((one) => one.palette !== false && (!one.when || one.when()))
      .filter((one) => words.every((word) => `${one.label} ${one.group}`.toLocaleLowerCase().includes(word)))
      .sort((a, b) => Number(isGeneral(a)) - Number(isGeneral(b)))
      .map((one) => ({ label: one.label, group: one.group, icon: one.icon, keys: keyOf(one.id), run: () => one.run() }));
    show(items, items.length ? "" : gettext("No command has this in its name."));
  };
}

/** Names, and rows where they are asked for; with `more` the last item leads to the page of every row that was found. */
function searcher(show, kinds, onChoose, more) {
  let asked = null;
  const ask = debounce(async (typed) => {
    asked?.abort();
    const q = typed.trim();
    if (!q) {
      show([], more ? gettext("Type a part of a name, a key or a text.") : gettext("Type a part of a name."));
      return;
    }
    asked = new AbortController();
    const all = more ? [{ label: fmt(gettext("All results for “{text}”"), { text: q }), icon: "search", run: () => location.assign(searchLink({ q })) }] : [];
    try {
      const answer = await get("search", { query: { q, limit: 30, kinds }, signal: asked.signal });
      const found = answer.results.map((result) => ({
        label: result.kind === "row" ? result.match?.snippet || result.name : result.name,
        where: (result.path || []).map((part) => part.name).join(" › "),
        icon: ICONS[result.kind],
        run: () => onChoose(result),
      }));
      show([...found, ...all], found.length ? "" : more ? gettext("Nothing has this in its name, key or text.") : gettext("Nothing has this in its name."));
    } catch (error) {
      if (error.name !== "AbortError") show(all, error.message);
    }
  }, 150);
  return (typed) => ask(typed);
}
