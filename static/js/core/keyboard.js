/**
 * Commands and their keys. Keys are matched by `event.code`, so that letters work with the Hangul
 * layout on, and never while an input method composes. The help list, menus and Ctrl K read from here.
 *
 * A key is written "Ctrl+Shift+KeyS", "Alt+ArrowLeft", "F6"; "char:?" matches what was typed instead.
 * Ctrl is the command key on a Mac. Two keys in a row are written "KeyG KeyF".
 */

import { isTextField } from "./dom.js";
import { keysOf, lettersOn } from "./keymap.js";

export const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform || "");

/**
 * @typedef {Object} Command
 * @property {string} id
 * @property {string} label what it does, verb first
 * @property {string} group heading in the help list
 * @property {string[]} keys
 * @property {(event?: KeyboardEvent) => any} run returns false when there was nothing to do
 * @property {() => boolean} [when] whether it applies now
 * @property {boolean} [typing] also works while a text field has the focus
 * @property {boolean} [palette] shown in the command list (default true)
 * @property {boolean} [help] shown in the help list (default true)
 * @property {string} [icon]
 * @property {boolean} [everywhere] answers on the whole page: set by bind
 * @property {boolean} [described] the element handles its keys itself: set by describe
 */

/** @type {Map<string, Command>} */
const registry = new Map();

/** All commands in the order they were registered. */
export const commands = () => [...registry.values()];

/** @param {string} id */
export const command = (id) => registry.get(id);

/** Whether an input method is composing: such a press belongs to it alone. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** "Ctrl+Shift+KeyS" of a key press. */
export function comboOf(event) {
  const parts = [];
  if (isMac ? event.metaKey : event.ctrlKey) parts.push("Ctrl");
  if (isMac && event.ctrlKey) parts.push("Control");
  if (!isMac && event.metaKey) parts.push("Meta");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey) parts.push("Shift");
  const code = event.code === "NumpadEnter" ? "Enter" : event.code;
  return [...parts, code].join("+");
}

const NAMES = {
  ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", Delete: "Del", PageUp: "PgUp", PageDown: "PgDn", ContextMenu: "Menu", NumpadAdd: "Num +", NumpadSubtract: "Num −",
  Period: ".", Comma: ",", Slash: "/", Minus: "−", Equal: "+", Backquote: "`",
};

/** "Ctrl+Shift+KeyS" -> "Ctrl Shift S" */
export function keyLabel(key) {
  if (key.startsWith("char:")) return key.slice(5);
  return key
    .split(" ")
    .map((press) =>
      press
        .split("+")
        .map((part) => {
          if (part === "Ctrl" && isMac) return "⌘";
          if (part === "Alt" && isMac) return "⌥";
          return NAMES[part] || part.replace(/^Key|^Digit/, "");
        })
        .join(" "),
    )
    .join(" ");
}

/** The first key of a command, for a menu or a tip. */
export function keyOf(id) {
  const found = registry.get(id);
  const [first] = found ? keysOf(found) : [];
  return first ? keyLabel(first) : "";
}

/**
 * Register commands that answer to keys pressed inside `target` (document: anywhere).
 * @param {EventTarget} target
 * @param {Command[]} list
 * @returns {() => void} takes them away again
 */
export function bind(target, list) {
  for (const one of list) {
    one.everywhere = target === document;
    registry.set(one.id, one);
  }
  let first = "";
  let firstAt = 0;
  const onKey = (event) => {
    if (event.defaultPrevented || isComposing(event)) return;
    const combo = comboOf(event);
    const typing = isTextField(event.target);
    // A letter alone may be switched off: "?", and pairs such as G F.
    if (!lettersOn() && /^(?:Shift\+)?(?:Key[A-Z]|Slash)$/u.test(combo)) return;
    const pair = first && event.timeStamp - firstAt < 1200 ? `${first} ${combo}` : "";
    for (const one of list) {
      if (typing && !one.typing) continue;
      const hit = keysOf(one).some((key) => (key.startsWith("char:") ? !typing && event.key === key.slice(5) && !event.ctrlKey && !event.metaKey : key === combo || key === pair));
      if (!hit || (one.when && !one.when())) continue;
      if (one.run(event) === false) continue;
      event.preventDefault();
      event.stopPropagation();
      first = "";
      return;
    }
    first = typing ? "" : combo;
    firstAt = event.timeStamp;
  };
  target.addEventListener("keydown", onKey);
  return () => {
    target.removeEventListener("keydown", onKey);
    for (const one of list) if (registry.get(one.id) === one) registry.delete(one.id);
  };
}

/** Name keys that an element handles itself, so that the help list and menus know them. */
export function describe(list) {
  for (const one of list) registry.set(one.id, { palette: false, run: () => false, ...one, described: true });
}
