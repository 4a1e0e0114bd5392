/** The editor's text drawn with its codes marked, under a text area whose own letters cannot be seen. */

import { h } from "../../core/dom.js";
import { readableColour } from "../colour.js";
import { parse } from "../textmark.js";

const CLASSES = { brace: "cm", param: "cm cm-param", static: "cm cm-static", entity: "cm cm-entity", esc: "cm cm-esc" };

/** Nodes with exactly the letters of `text`: marks have no padding, so that both layers break alike. */
export function mirrorNodes(text, read = parse) {
  const fragment = document.createDocumentFragment();
  let colour = null;
  for (const part of read(text)) {
    if (part.type === "open") colour = readableColour(part.colour);
    if (part.shown) fragment.append(letter(part, colour));
    else if (part.type === "text" && !colour) fragment.append(part.raw);
    else if (part.type === "text") fragment.append(coloured(part.raw, colour));
    else if (part.raw === "\n") fragment.append(h("span", { class: "eol" }), "\n");
    else fragment.append(h("span", { class: part.type === "code" ? CLASSES[part.kind] : "cm cm-esc" }, part.raw));
    if (part.type === "close") colour = null;
  }
  // A last empty line needs something to stand on.
  fragment.append("\u200b");
  return fragment;
}

/** The place of a colour code: its letter takes the room, the mark is drawn by the style sheet. */
function letter(part, colour) {
  const span = h("span", { class: part.type === "open" ? "cm-colour" : "cm-colour is-end", title: part.shown }, part.raw);
  if (colour) span.style.setProperty("--tone", colour);
  return span;
}

function coloured(text, colour) {
  const span = h("span", { class: "tone" }, text);
  span.style.color = colour;
  return span;
}
