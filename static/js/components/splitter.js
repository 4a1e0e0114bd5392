/** A divider that is dragged, or moved with Alt and the arrows when it has the focus. */

import { h } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { pref, setPref } from "../core/prefs.js";

const STEP = 16;

/**
 * @param {{label: string, min: number, max: number, value: () => number, set: (px: number) => void, done?: (px: number) => void,
 *   side: "start"|"end"}} options `side`: which side of the divider the sized pane is on
 */
export function splitter(options) {
  const element = h("div", { class: "splitter", role: "separator", tabindex: "0", "aria-orientation": "vertical", "aria-label": options.label, "aria-valuemin": options.min, "aria-valuemax": options.max });
  const rtl = () => (getComputedStyle(element).direction === "rtl" ? -1 : 1);
  const grow = () => (options.side === "start" ? 1 : -1) * rtl();
  const put = (px) => {
    const size = Math.round(Math.max(options.min, Math.min(options.max, px)));
    options.set(size);
    element.setAttribute("aria-valuenow", String(size));
    return size;
  };
  element.setAttribute("aria-valuenow", String(Math.round(options.value())));
  dragging(element, (startX) => {
    const before = options.value();
    return {
      move: (x) => put(before + (x - startX) * grow()),
      end: () => options.done?.(options.value()),
    };
  });
  element.addEventListener("keydown", (event) => {
    if (!event.altKey || (event.code !== "ArrowLeft" && event.code !== "ArrowRight")) return;
    event.preventDefault();
    event.stopPropagation();
    options.done?.(put(options.value() + (event.code === "ArrowRight" ? STEP : -STEP) * grow()));
  });
  return element;
}

/** A divider after the tree of places. It has the width that the person gave it, where there is room. */
export function sizedTree(tree) {
  const set = (px) => tree.style.setProperty("width", `${px}px`);
  const kept = pref("panes.tree");
  if (kept && innerWidth >= 1200) set(kept);
  tree.after(splitter({ label: gettext("Width of the tree"), min: 160, max: 480, side: "start", value: () => tree.getBoundingClientRect().width, set, done: (px) => setPref("panes.tree", px) }));
}

/** Pointer dragging of a divider; `begin(x)` answers with what moves and what ends it. */
export function dragging(element, begin) {
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    const { move, end } = begin(event.clientX);
    element.classList.add("is-dragging");
    document.body.classList.add("is-resizing");
    const onMove = (now) => move(now.clientX);
    const onEnd = () => {
      element.removeEventListener("pointermove", onMove);
      element.removeEventListener("pointerup", onEnd);
      element.removeEventListener("pointercancel", onEnd);
      element.classList.remove("is-dragging");
      document.body.classList.remove("is-resizing");
      end();
    };
    element.addEventListener("pointermove", onMove);
    element.addEventListener("pointerup", onEnd);
    element.addEventListener("pointercancel", onEnd);
  });
}
