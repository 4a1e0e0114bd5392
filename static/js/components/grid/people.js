/** Others in the rows: who holds one and what they type, who else stands on one. */

import { h, icon } from "../../core/dom.js";
import { fmt, gettext } from "../../core/i18n.js";
import { avatar, personColour } from "../person.js";

/**
 * @typedef {{id: number, name: string, text: string|null}} Held somebody's lease; the text as they type it, once known
 * @typedef {{id: number, name: string}[]} On people whose cursor is on the row
 */

/** The classes of a row somebody holds or stands on. @param {HTMLElement} element @param {{held?: Held, on?: On}} extra */
export function markPeople(element, { held, on }) {
  const person = held || on?.[0];
  const colour = person ? personColour(person) : "";
  element.classList.toggle("is-held", Boolean(held));
  element.classList.toggle("is-visited", Boolean(on) && !held);
  for (let number = 1; number <= 6; number += 1) element.classList.toggle(`p${number}`, colour === `p${number}`);
}

/** The lock in place of the status. */
export const heldGlyph = (held) => h("span", { class: "st-lease" }, icon("lock", { label: fmt(gettext("{name} is editing this row."), { name: held.name }) }));

/** Their caret at the end of the text, and their name on the frame. @param {HTMLElement} shown the text @param {Held} held */
export function drawHolder(shown, held) {
  if (held.text !== null) shown.append(h("span", { class: "caret caret-other", "aria-hidden": "true" }));
  return h("span", { class: "holder" }, fmt(gettext("{name} is editing"), { name: held.name }));
}

/** Discs in the column of marks: the holder alone, else at most two of those who stand there. */
export function peopleMarks({ held, on }) {
  if (held) return [avatar(held, { small: true })];
  return (on || []).slice(0, 2).map((person) => avatar(person, { small: true }));
}
