/** The letters of an editor's codes get the widths of their pills, by a font that is made for this editor alone. */

import { h } from "../../core/dom.js";
import { renderParts } from "../textmark.js";
import { widthFont } from "../codes/widthfont.js";

let made = 0;

export class LetterWidths {
  /** @param {HTMLTextAreaElement} area @param {HTMLElement} stack where the area lies; pills are measured in it */
  constructor(area, stack) {
    this.area = area;
    this.family = `codes-${(made += 1)}`;
    this.probe = h("div", { class: "ed-probe ed-mirror", "aria-hidden": "true" });
    stack.append(this.probe);
    /** @type {FontFace[]} */
    this.faces = [];
    /** @type {{letter: string, part: any, element: HTMLElement}[]} */
    this.known = [];
    this.watch = new ResizeObserver(() => this.again());
    this.watch.observe(this.probe);
  }

  /** Give letters their widths. @param {{letter: string, part: any}[]} letters one after the other */
  add(letters) {
    if (!letters.length) return;
    for (const { letter, part } of letters) {
      const element = h("span", { class: "ed-slot" }, slotOf(part));
      this.probe.append(element);
      this.known.push({ letter, part, element });
    }
    this.make(this.known.slice(-letters.length));
  }

  /** Pills have another size: the text grew, another face. */
  again() {
    const size = this.probe.offsetWidth;
    if (size === this.size) return;
    this.size = size;
    this.forget();
    if (this.known.length) this.make(this.known);
  }

  make(letters) {
    const style = getComputedStyle(this.area);
    const em = parseFloat(style.fontSize);
    const first = letters[0].letter.charCodeAt(0);
    const widths = letters.map(({ element }) => element.getBoundingClientRect().width / em);
    const last = first + widths.length - 1;
    const face = new FontFace(this.family, widthFont(first, widths), { unicodeRange: `U+${first.toString(16)}-${last.toString(16)}` });
    document.fonts.add(face);
    this.faces.push(face);
    this.size = this.probe.offsetWidth;
    this.area.style.fontFamily = "";
    this.area.style.fontFamily = `${this.family}, ${getComputedStyle(this.area).fontFamily}`;
  }

  forget() {
    for (const face of this.faces) document.fonts.delete(face);
    this.faces = [];
  }

  close() {
    this.watch.disconnect();
    this.forget();
  }
}

/** What stands in the cell where the letter stands in the area. */
function slotOf(part) {
  if (part.type === "open" || part.type === "close") return h("span", { class: "tone-end" });
  return renderParts([part]);
}
