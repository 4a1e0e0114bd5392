/** Names in the order people count: "file2" before "file10". */

import { interfaceLanguage } from "./i18n.js";

let collator = null;

/** @param {string} a @param {string} b @returns {number} */
export function naturalCompare(a, b) {
  collator ||= new Intl.Collator(interfaceLanguage(), { numeric: true, sensitivity: "base" });
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
