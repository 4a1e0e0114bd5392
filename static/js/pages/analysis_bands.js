/** Bands of matches: their order, names, colours, and what their words weigh. */

import { fmt, gettext } from "../core/i18n.js";

/** What costs nothing first. */
export const BANDS = ["102", "101", "100", "repetition", "95-99", "85-94", "75-84", "internal", "50-74", "new"];

/** Fill of a band in charts. */
export const bandClass = (band) => `band-${band === "repetition" || band === "internal" || band === "new" ? band : Number.parseInt(band, 10)}`;

/** @param {string} band */
export function bandName(band) {
  switch (band) {
    case "repetition": return gettext("Repetitions");
    case "internal": return gettext("Internal fuzzy");
    case "new": return gettext("New");
    default: return fmt(gettext("{n} %"), { n: band.replace("-", "–") });
  }
}

/** What a band holds, in a sentence. */
export function bandHint(band) {
  switch (band) {
    case "102": return gettext("Equal source, same key and same neighbours.");
    case "101": return gettext("Equal source, and the same key or the same neighbours.");
    case "100": return gettext("Equal source.");
    case "repetition": return gettext("The same source stands earlier in what was analysed.");
    case "internal": return gettext("A source that stands earlier is more similar than any memory's.");
    case "new": return gettext("No match at 50 or above.");
    default: return gettext("The best match of the memories.");
  }
}

/** Each size is [rows, words, characters, characters without spaces]. */
export const UNITS = ["rows", "words", "characters", "letters"];

/** Words that are paid in full. @param {Object<string, number[]>} bands @param {Object<string, number>} rates in percent */
export const weighted = (bands, rates) => BANDS.reduce((sum, band) => sum + ((bands[band]?.[1] || 0) * (rates[band] ?? 100)) / 100, 0);

/** The share of each band, 0 to 1, in the order of the bands. @param {Object<string, number[]>} bands @param {number} unit */
export function shares(bands, unit) {
  const total = BANDS.reduce((sum, band) => sum + (bands[band]?.[unit] || 0), 0);
  return BANDS.map((band) => ({ band, share: total ? (bands[band]?.[unit] || 0) / total : 0, value: bands[band]?.[unit] || 0 }));
}

/**
 * Files in another order. @param {any[]} files @param {string} by "name", "total", "weighted" or a band
 * @param {boolean} falling @param {number} unit
 */
export function sorted(files, by, falling, unit) {
  const key = (file) => (by === "total" ? file.total[unit] : by === "weighted" ? file.weighted : file.bands[by]?.[unit] || 0);
  const name = (file) => `${file.folder}/${file.name}`;
  const order = (one, other) => (by === "name" ? name(one).localeCompare(name(other), undefined, { numeric: true }) : key(one) - key(other));
  return [...files].sort((one, other) => (falling ? order(other, one) : order(one, other)));
}
