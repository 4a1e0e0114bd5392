/** The row statuses: their order, glyph, colour class and name. */

import { icon } from "../core/dom.js";
import { pgettext } from "../core/i18n.js";

/** In the order work moves through them. */
export const STATUSES = ["new", "original", "translated", "confirmed", "reviewed", "approved"];

/** Progress bars stack them from the finished end. */
export const DONE_FIRST = ["approved", "reviewed", "confirmed", "translated", "original"];

const GLYPHS = { new: "ring", original: "half", translated: "dot", confirmed: "check", reviewed: "check2", approved: "check2" };
const COLOURS = { new: "new", original: "original", translated: "translated", confirmed: "reviewed", reviewed: "reviewed", approved: "approved" };

/** The name of a status in the reader's language. */
export function statusName(status) {
  switch (status) {
    case "new": return pgettext("row status", "New");
    case "original": return pgettext("row status", "Original");
    case "translated": return pgettext("row status", "Translated");
    case "confirmed": return pgettext("row status", "Confirmed");
    case "reviewed": return pgettext("row status", "Reviewed");
    case "approved": return pgettext("row status", "Approved");
    default: return status;
  }
}

/** Name of the icon. */
export const statusGlyph = (status) => GLYPHS[status] || "ring";

/** One of new, original, translated, reviewed, approved: what colour classes end with. */
export const statusColour = (status) => COLOURS[status] || "new";

/** The glyph with its name, in its colour. */
export function statusIcon(status) {
  const glyph = icon(statusGlyph(status), { label: statusName(status) });
  glyph.classList.add(`st-${statusColour(status)}`);
  return glyph;
}

/** The class of a memory score: its band gives the colour. @param {number} score */
export const scoreClass = (score) => (score > 100 ? "m-context" : score === 100 ? "m-exact" : score >= 95 ? "m-95" : score >= 85 ? "m-85" : score >= 75 ? "m-75" : "m-50");
