/** Codes as pills: what they look like and what they are called. */

import { h } from "../../core/dom.js";
import { fmt, gettext } from "../../core/i18n.js";
import { widthFont } from "./widthfont.js";

const CLASSES = { brace: "code", param: "code code-param", static: "code code-static", entity: "code code-entity", esc: "code code-esc" };
const LONGEST = 44;
const HEAD = 30;
const TAIL = 12;
/** The letter that stands at both ends of a pill, so that lines break beside it as beside a letter of a text area. */
const GLUE = 0xe000;

// Without the font nothing stands there: the page says by a class that it has it.
if (globalThis.FontFace && globalThis.document?.fonts) {
  try {
    const face = new FontFace("code-glue", widthFont(GLUE, [0]), { unicodeRange: "U+E000" });
    document.fonts.add(face);
    face.load().then(() => document.documentElement.classList.add("has-glue"), () => {});
  } catch {
    // Pills stay boxes of their own; lines may break at them elsewhere than in the editor.
  }
}

/** What a person is told of a code. */
export function codeName(part) {
  if (part.type === "open") return part.colour ? fmt(gettext("colour {name}"), { name: `#${part.colour}` }) : gettext("colour");
  if (part.type === "close") return gettext("end of the colour");
  if (part.kind === "brace") return fmt(gettext("placeholder {name}"), { name: part.raw.slice(1, -1) });
  if (part.kind === "param") return fmt(gettext("parameter {name}"), { name: part.raw });
  if (part.kind === "static") return fmt(gettext("link {name}"), { name: part.raw.slice(1, -1) });
  return fmt(gettext("code {name}"), { name: part.raw });
}

/** What stands in the pill: long codes are cut in their middle, so that a pill fits on a line. */
export function codeLabel(raw) {
  return raw.length > LONGEST ? `${raw.slice(0, HEAD)}…${raw.slice(-TAIL)}` : raw;
}

/** A pill of a code. @param {any} part @param {string} [more] further classes @param {string} [title] */
export function codePill(part, more = "", title = "") {
  const label = codeLabel(part.raw);
  const tip = [title, label === part.raw ? "" : part.raw].filter(Boolean).join("\n");
  return h("span", { class: `${CLASSES[part.kind] || CLASSES.esc}${more ? ` ${more}` : ""}`, role: "img", "aria-label": codeName(part), title: tip || null }, label);
}
