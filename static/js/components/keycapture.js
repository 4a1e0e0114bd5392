/** Asking for a key: the next press is the answer, a clash is shown at once and decided in place. */

import { h } from "../core/dom.js";
import { announce } from "../core/focus.js";
import { fmt, gettext } from "../core/i18n.js";
import { comboOf, isComposing, keyLabel } from "../core/keyboard.js";
import { clashOf, isModifier, refusalOf } from "../core/keymap.js";

const REFUSALS = () => ({
  altgr: gettext("Ctrl with Alt types letters on many keyboards. Choose other keys."),
  browser: gettext("The browser keeps these keys for itself. Choose others."),
  letter: gettext("This letter would be typed into a text. Add Ctrl or Alt."),
});

/**
 * @param {{one: any, host: HTMLElement, all: any[], done: (keys: string[]|undefined, freed?: any) => void}} options
 * `done` gets the keys, undefined when nothing changes, and the command that gives its key up
 */
export function askKey({ one, host, all, done }) {
  const words = h("span", { role: "status" }, gettext("Press the keys. Esc keeps the old ones, Del takes them away."));
  const line = h("div", { class: "help-ask", tabindex: "-1" }, words);
  host.replaceChildren(h("dt", null, one.label), line);
  line.focus();
  const finish = (keys, freed) => {
    line.removeEventListener("keydown", onKey);
    done(keys, freed);
  };
  const onKey = (event) => {
    if (isComposing(event)) return;
    event.preventDefault();
    event.stopPropagation();
    const combo = comboOf(event);
    if (isModifier(combo)) return;
    if (combo === "Escape") return finish(undefined);
    if (combo === "Delete" || combo === "Backspace") return finish([]);
    const refusal = refusalOf(one, combo);
    if (refusal) {
      words.textContent = REFUSALS()[refusal];
      return;
    }
    const other = clashOf(one, combo, all);
    if (!other) return finish([combo]);
    decide(combo, other);
  };
  const decide = (combo, other) => {
    line.removeEventListener("keydown", onKey);
    const sentence = fmt(gettext("{keys} is: {command}."), { keys: keyLabel(combo), command: other.label });
    const take = h("button", { class: "btn btn-s", type: "button", onclick: () => finish([combo], other) }, gettext("Use it here"));
    line.replaceChildren(h("span", { class: "st-warn" }, sentence), take, h("button", { class: "btn btn-quiet btn-s", type: "button", onclick: () => finish(undefined) }, gettext("Keep it there")));
    announce(sentence);
    take.focus();
  };
  line.addEventListener("keydown", onKey);
}
