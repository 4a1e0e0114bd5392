/**
 * A search field that knows a few fields: `author:min-a` beside plain text. Fields are coloured while one types; an
 * unknown one is underlined and a line below names those there are. Enter applies at once, Esc brings the last
 * search back.
 */

import { debounce, fill, freshId, h, icon } from "../core/dom.js";
import { fmt, gettext } from "../core/i18n.js";
import { isComposing } from "../core/keyboard.js";

const TOKEN = /(?<=^|\s)([\p{L}_]+):("[^"]*"?|\S*)/gu;

/**
 * Tokens and the plain text between them.
 * @param {string} text @param {string[]} known
 * @returns {{text: string, tokens: Object<string, string>, unknown: string[], parts: {type: "text"|"field"|"value"|"unknown", raw: string}[]}}
 */
export function parseTokens(text, known) {
  const parts = [];
  const tokens = {};
  const unknown = [];
  let plain = "";
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [raw, name, value] = match;
    const field = name.toLowerCase();
    // Times, addresses and keys have colons too: only a word that stands alone before one is meant as a field.
    if (value.startsWith("//")) continue;
    const before = text.slice(at, match.index);
    if (before) parts.push({ type: "text", raw: before });
    plain += before;
    at = match.index + raw.length;
    if (!known.includes(field)) {
      unknown.push(name);
      plain += raw;
      parts.push({ type: "unknown", raw: `${name}:` }, { type: "text", raw: value });
      continue;
    }
    const words = value.replace(/^"|"$/gu, "");
    if (words) tokens[field] = words;
    parts.push({ type: "field", raw: `${name}:` }, { type: "value", raw: value });
  }
  const rest = text.slice(at);
  if (rest) parts.push({ type: "text", raw: rest });
  return { text: (plain + rest).replace(/\s+/gu, " ").trim(), tokens, unknown, parts: parts.filter((part) => part.raw) };
}

const CLASSES = { field: "q-f", value: "q-s", unknown: "q-bad" };

/**
 * @param {{label: string, hint: string, fields: string[], value?: string, apply: (found: any) => void, key?: string}} options
 * @returns {{element: HTMLElement, input: HTMLInputElement, set: (text: string) => void, say: (sentence: string) => void}}
 */
export function tokenField({ label, hint, fields, value = "", apply, key = "" }) {
  const noteId = freshId("note");
  const input = /** @type {HTMLInputElement} */ (h("input", { type: "text", "aria-label": label, "aria-describedby": noteId, placeholder: hint, autocomplete: "off", spellcheck: "false", value }));
  const mirror = h("span", { class: "q-mirror", "aria-hidden": "true" });
  const note = h("div", { class: "q-note", id: noteId, role: "status", hidden: true });
  const element = h("div", { class: "q-box" }, h("label", { class: "query" }, icon("search", { small: true }), h("span", { class: "q-stack" }, mirror, input), key && h("kbd", { class: "kbd" }, key)), note);
  let applied = value;
  const say = (sentence) => {
    note.hidden = !sentence;
    note.textContent = sentence;
  };
  const draw = () => {
    const found = parseTokens(input.value, fields);
    fill(mirror, found.parts.map((part) => (CLASSES[part.type] ? h("span", { class: CLASSES[part.type] }, part.raw) : part.raw)));
    mirror.scrollLeft = input.scrollLeft;
    say(found.unknown.length ? fmt(gettext("There is no field “{name}”. There are {fields}."), { name: found.unknown[0], fields: fields.map((one) => `${one}:`).join(", ") }) : "");
    return found;
  };
  const soon = debounce(() => {
    applied = input.value;
    apply(parseTokens(input.value, fields));
  }, 250);
  input.addEventListener("input", () => {
    draw();
    soon();
  });
  input.addEventListener("scroll", () => {
    mirror.scrollLeft = input.scrollLeft;
  });
  input.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    if (event.code === "Enter" || event.code === "NumpadEnter") {
      soon();
      soon.flush();
    } else if (event.code === "Escape" && input.value) {
      input.value = input.value === applied ? "" : applied;
      draw();
      soon();
      soon.flush();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  draw();
  return {
    element, input, say,
    set: (text) => {
      input.value = text;
      applied = text;
      draw();
    },
  };
}
