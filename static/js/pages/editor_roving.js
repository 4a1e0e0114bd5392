/** Moving through the items of a panel with the arrow keys: one tab stop; Enter uses, Shift F10 opens the menu. */

import { isTextField } from "../core/dom.js";
import { isComposing } from "../core/keyboard.js";

/**
 * @param {HTMLElement} host its items have data-item
 * @param {{use: (item: HTMLElement) => void, menu: (item: HTMLElement) => void, focused?: (item: HTMLElement) => void, leave: () => void}} acts
 * @returns {{refresh: () => void, keep: (draw: () => void) => void, first: () => boolean}}
 */
export function makeRoving(host, acts) {
  const items = () => /** @type {HTMLElement[]} */ ([...host.querySelectorAll("[data-item]")]);
  const here = () => items().indexOf(/** @type {HTMLElement} */ (document.activeElement?.closest?.("[data-item]")));
  const stop = (item) => {
    for (const one of items()) one.tabIndex = one === item ? 0 : -1;
  };
  const go = (index) => {
    const all = items();
    const item = all[Math.max(0, Math.min(all.length - 1, index))];
    item?.focus();
    return Boolean(item);
  };
  host.addEventListener("focusin", (event) => {
    const item = /** @type {HTMLElement} */ (event.target).closest("[data-item]");
    if (!item) return;
    stop(item);
    acts.focused?.(/** @type {HTMLElement} */ (item));
  });
  host.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.defaultPrevented || event.altKey || event.metaKey || event.ctrlKey) return;
    const at = here();
    const item = items()[at];
    if (isTextField(event.target)) {
      // From the search field down into what it found.
      const below = event.code === "ArrowDown" && items().findIndex((one) => event.target.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
      if (below === false || below < 0) return;
      go(below);
    } else if (event.code === "Escape") acts.leave();
    else if (event.code === "ArrowDown" && !event.shiftKey) go(at + 1);
    else if (event.code === "ArrowUp" && !event.shiftKey) go(at < 0 ? 0 : at - 1);
    else if (event.code === "Home") go(0);
    else if (event.code === "End") go(items().length - 1);
    else if (item && ["Enter", "NumpadEnter"].includes(event.code)) acts.use(item);
    else if (item && (event.code === "ContextMenu" || (event.code === "F10" && event.shiftKey))) acts.menu(item);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    refresh: () => {
      const all = items();
      if (all.length && !all.some((item) => item.tabIndex === 0)) all[0].tabIndex = 0;
    },
    /** Draw anew; the item with the focus has it again where it is still there. */
    keep: (draw) => {
      const focused = host.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement)?.closest("[data-item]") : null;
      draw();
      if (!focused || focused.isConnected) return;
      const again = items().find((item) => item.dataset.item === focused.dataset.item) || items()[0] || host;
      again.focus({ preventScroll: true });
    },
    first: () => go(0),
  };
}
