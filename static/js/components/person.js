/** People as small discs: initials in the colour that belongs to their id, the same for everybody. */

import { h } from "../core/dom.js";

/** "Seo-yeon Han" -> "SH", "민아" -> "민" */
export function initials(name) {
  const words = String(name || "?").trim().split(/\s+/u);
  if (/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/u.test(words[0])) return [...words[0]][0];
  const first = [...words[0]][0] || "?";
  const last = words.length > 1 ? [...words[words.length - 1]][0] : "";
  return (first + last).toLocaleUpperCase();
}

/** The class of the colour that belongs to a person's id: p1 to p6. */
export const personColour = (person) => `p${(Math.abs(Number(person.id) || 0) % 6) + 1}`;

/** @param {{id: number, name: string}|null} person @param {{small?: boolean}} [options] */
export function avatar(person, options = {}) {
  if (!person) return h("span");
  const text = initials(person.name);
  return h("span", { class: `av ${personColour(person)}${options.small ? " av-s" : ""}`, title: person.name, "aria-hidden": "true" }, options.small ? [...text][0] : text);
}

/** Disc and name. */
export const personLine = (person) => (person ? h("span", { class: "row" }, avatar(person, { small: true }), h("span", { class: "person-name" }, person.name)) : h("span", { class: "faint" }, "–"));
