/** A field that finds a person by name. */

import { get } from "../core/api.js";
import { debounce, fill, freshId, h } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { isComposing } from "../core/keyboard.js";
import { avatar } from "./person.js";

const SHOWN = 30;
/** Some of whom may be left out. */
const ASKED = 300;

/**
 * @param {{label: string, chosen?: {id: number, name: string}|null, none?: string, far?: boolean, isLeftOut?: (id: number) => boolean, onChoose?: (person: any) => void}} options
 *   `isLeftOut`: who is not offered, such as people who have what is given; `none`: words for nobody, where nobody may be chosen; `far`: people of the desktop's server, for what is a copy of its things
 * @returns {{element: HTMLElement, value: () => {id: number, name: string}|null, clear: () => void, again: () => void}} `again`: offers people anew
 */
export function personField({ label, chosen = null, none = "", far = false, isLeftOut, onChoose }) {
  const listId = freshId("people");
  let value = chosen;
  let found = [];
  let at = 0;
  let asked = null;
  const input = h("input", {
    class: "input", type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": listId, "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false",
    value: chosen?.name || "", placeholder: gettext("Part of a name or team"), autofocus: true,
  });
  const list = h("div", { class: "people-list", id: listId, role: "listbox", "aria-label": label });
  const draw = () => {
    fill(
      list,
      found.map((person, index) =>
        h("div", { class: "palette-item", role: "option", id: `${listId}-${index}`, "aria-selected": String(index === at), "data-index": index },
          person.id === null ? h("span", { class: "av av-s" }) : avatar(person, { small: true }), h("span", null, person.name), person.username && h("span", { class: "where" }, person.username))),
      !found.length && h("div", { class: "palette-note" }, gettext("Nobody has this in their name.")),
    );
    input.setAttribute("aria-activedescendant", found.length ? `${listId}-${at}` : "");
  };
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await get(far ? "link/people" : "users", { query: { search: input.value === value?.name ? "" : input.value.trim(), active: "true", limit: isLeftOut ? ASKED : SHOWN }, signal: asked.signal });
      found = (Array.isArray(answer) ? answer : answer.results).map(({ id, name, username }) => ({ id, name, username })).filter((person) => !isLeftOut?.(person.id)).slice(0, SHOWN);
      if (none && !input.value.trim()) found.unshift({ id: null, name: none, username: "" });
      at = Math.max(0, found.findIndex((person) => person.id === (value?.id ?? null)));
      draw();
    } catch (error) {
      if (error.name !== "AbortError") fill(list, h("div", { class: "palette-note" }, error.message));
    }
  };
  const later = debounce(ask, 150);
  const choose = (index) => {
    const person = found[index];
    if (!person) return;
    at = index;
    value = person.id === null ? null : person;
    input.value = person.id === null ? "" : person.name;
    draw();
    onChoose?.(value);
  };
  input.addEventListener("input", () => {
    value = null;
    later();
  });
  input.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.code];
    if (step && found.length) {
      at = Math.max(0, Math.min(found.length - 1, at + step));
      value = found[at].id === null ? null : found[at];
      draw();
      document.getElementById(`${listId}-${at}`)?.scrollIntoView({ block: "nearest" });
      event.preventDefault();
    } else if ((event.code === "Enter" || event.code === "NumpadEnter") && found.length && (onChoose || (!value && input.value.trim()))) {
      choose(at);
      event.preventDefault();
    }
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(Number(option.dataset.index));
  });
  ask();
  return {
    element: h("div", { class: "people-field" }, h("label", { class: "field" }, h("span", null, label), input), list),
    value: () => value,
    again: ask,
    clear: () => {
      value = null;
      input.value = "";
      later();
    },
  };
}
