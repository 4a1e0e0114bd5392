/** Words of the interface in the reader's language, from Django's catalogue (loaded before any module). */

const catalogue = globalThis.django || {};

/** @param {string} text @returns {string} */
export const gettext = (text) => (catalogue.gettext ? catalogue.gettext(text) : text);

/** The form for a number. @param {string} one @param {string} many @param {number} count */
export const ngettext = (one, many, count) => (catalogue.ngettext ? catalogue.ngettext(one, many, count) : count === 1 ? one : many);

/** A word that means two things in English. @param {string} context @param {string} text */
export const pgettext = (context, text) => (catalogue.pgettext ? catalogue.pgettext(context, text) : text);

/**
 * Puts values into `{name}` places. Values are put in once and never scanned again.
 * @param {string} pattern
 * @param {Object<string, string|number>} values
 */
export function fmt(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * The same for content of an element: values may be nodes or lists of them.
 * @param {string} pattern
 * @param {Object<string, any>} values
 * @returns {any[]} pieces in order
 */
export function fmtParts(pattern, values) {
  return pattern.split(/(\{\w+\})/u).map((piece) => {
    const name = piece.startsWith("{") && piece.endsWith("}") ? piece.slice(1, -1) : "";
    return name && name in values ? values[name] : piece;
  });
}

/** The language of the interface, as the page says it. */
export const interfaceLanguage = () => globalThis.document?.documentElement.lang || "en";
