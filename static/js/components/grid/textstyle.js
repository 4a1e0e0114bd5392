/** Face, size and weight of the grid's text, apart from the interface; kept per person. */

import { gettext } from "../../core/i18n.js";
import { pref, setPref } from "../../core/prefs.js";

const LEAST = 11;
const MOST = 24;
const NORMAL = 14;

/** Faces that are asked of the system; the first that it has is taken, the language's own one after it. */
export const FACES = [
  ["", gettext("As the language asks")],
  ["noto", "Noto Sans"],
  ["malgun", "Malgun Gothic"],
  ["serif", gettext("With serifs")],
  ["mono", gettext("Fixed width")],
];
const STACKS = {
  noto: '"Noto Sans", "Noto Sans KR", "Noto Sans CJK KR", sans-serif',
  malgun: '"Malgun Gothic", "Apple SD Gothic Neo", "Noto Sans KR", "Noto Sans CJK KR", sans-serif',
  serif: '"Noto Serif", "Noto Serif KR", "Noto Serif CJK KR", Batang, serif',
  mono: "var(--font-mono)",
};

export class TextStyle {
  /** @param {HTMLElement} element of the grid @param {() => void} onChange rows have other heights */
  constructor(element, onChange) {
    this.element = element;
    this.onChange = onChange;
    this.value = { size: 0, bold: false, face: "", ...pref("grid.text", {}) };
    this.apply();
  }

  get size() {
    return this.value.size || (document.documentElement.dataset.density === "tight" ? NORMAL - 1 : NORMAL);
  }

  apply() {
    const { style } = this.element;
    const { size, bold, face } = this.value;
    style.setProperty("--grid-fs", size ? `${size / 16}rem` : "");
    style.setProperty("--grid-lh", size ? `${Math.round(size * 1.57) / 16}rem` : "");
    style.setProperty("--grid-fw", bold ? "500" : "");
    style.setProperty("--grid-face", STACKS[face] || "");
    this.element.classList.toggle("has-face", Boolean(STACKS[face]));
  }

  set(change) {
    Object.assign(this.value, change);
    setPref("grid.text", this.value);
    this.apply();
    this.onChange();
  }

  /** Larger (1) or smaller (-1). */
  grow(step) {
    this.set({ size: Math.max(LEAST, Math.min(MOST, this.size + step)) });
  }
}
