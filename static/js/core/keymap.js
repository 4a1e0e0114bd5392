/** The person's own keys for commands: kept on the server, instead of the keys a command comes with. */

import { pref, setPref } from "./prefs.js";

/** @returns {Object<string, string[]>} */
const own = () => pref("keys", {});

/** The keys a command answers to now. @param {{id: string, keys: string[]}} one */
export const keysOf = (one) => own()[one.id] ?? one.keys;

/** Whether a command has keys of the person's own. @param {string} id */
export const isChanged = (id) => id in own();

/** Whether commands answer to letters without Ctrl or Alt: people who speak to their computer switch them off. */
export const lettersOn = () => pref("keys_letters", true) !== false;

/** @param {boolean} on */
export const setLetters = (on) => setPref("keys_letters", on);

/** Give a command other keys; null gives back those it came with. @param {string} id @param {string[]|null} keys */
export function setKeys(id, keys) {
  const next = { ...own() };
  if (keys === null) delete next[id];
  else next[id] = keys;
  setPref("keys", next);
}

/** Give back all keys. */
export const restoreKeys = () => setPref("keys", {});

const MODIFIERS = /^(?:Control|Shift|Alt|Meta|OS)(?:Left|Right)?$/u;
const KEPT_BY_BROWSER = new Set(["Ctrl+KeyN", "Ctrl+KeyW", "Ctrl+Shift+KeyN", "Ctrl+Shift+KeyW", "Ctrl+Equal", "Ctrl+Minus", "Ctrl+Digit0", "Ctrl+NumpadAdd", "Ctrl+NumpadSubtract"]);
const ALONE = /^(?:F\d{1,2}|Enter|Escape|Tab|Delete|Insert|Home|End|PageUp|PageDown|Arrow\w+|ContextMenu)$/u;

/** Whether a press is only a modifier so far. @param {string} combo */
export const isModifier = (combo) => MODIFIERS.test(combo.split("+").pop() || "");

/**
 * Why a key cannot be given to a command, or null.
 * @param {{typing?: boolean}} one @param {string} combo
 * @returns {"altgr"|"browser"|"letter"|null}
 */
export function refusalOf(one, combo) {
  const parts = combo.split("+");
  const key = parts.pop() || "";
  if (parts.includes("Ctrl") && parts.includes("Alt")) return "altgr";
  if (KEPT_BY_BROWSER.has(combo)) return "browser";
  const bare = parts.every((part) => part === "Shift");
  return bare && one.typing && !ALONE.test(key) ? "letter" : null;
}

/**
 * The command that has this key where `one` would answer to it, or null. Commands of different groups that belong to
 * elements (a chosen row, an open editor) do not meet; those of the whole page meet everything.
 * @param {any} one @param {string} combo @param {any[]} all
 */
export function clashOf(one, combo, all) {
  const meets = (other) => other.group === one.group || other.everywhere || one.everywhere;
  return all.find((other) => other.id !== one.id && other.help !== false && other.described !== true && keysOf(other).includes(combo) && meets(other)) ?? null;
}
