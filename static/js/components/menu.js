/** Menus: at the pointer or under an item, with keys, submenus and no edge that cuts them. */

import { h, icon } from "../core/dom.js";
import { rememberFocus } from "../core/focus.js";
import { isComposing } from "../core/keyboard.js";

/**
 * @typedef {Object} MenuItem
 * @property {string} [label]
 * @property {string} [icon]
 * @property {string} [key] the key as text
 * @property {() => any} [run]
 * @property {boolean} [danger]
 * @property {boolean|undefined} [checked] a choice: true or false
 * @property {string} [disabled] why it cannot be chosen
 * @property {MenuItem[]} [items] a submenu
 * @property {string} [note] a line of text instead of an item
 * @property {"separator"} [type]
 */

/** The separator between groups. @type {MenuItem} */
export const separator = { type: "separator" };

const GAP = 4;
let openMenus = [];
let giveBack = null;

/** Close every open menu; focus goes back to where it was. */
export function closeMenus(restore = true) {
  if (!openMenus.length) return;
  for (const menu of openMenus) menu.remove();
  openMenus = [];
  document.removeEventListener("pointerdown", onOutside, true);
  removeEventListener("blur", onLeave);
  removeEventListener("resize", onLeave);
  const back = giveBack;
  giveBack = null;
  if (restore) back?.();
}

const onLeave = () => closeMenus(false);
const onOutside = (event) => {
  if (!openMenus.some((menu) => menu.contains(event.target))) closeMenus(false);
};

/** A place for a menu: the pointer of a mouse event, or the lower edge of an element. */
export function placeOf(eventOrElement) {
  if (eventOrElement instanceof Element) {
    const box = eventOrElement.getBoundingClientRect();
    return { left: box.left, right: box.right, top: box.top, bottom: box.bottom };
  }
  const { clientX: x, clientY: y } = eventOrElement;
  return { left: x, right: x, top: y, bottom: y };
}

/**
 * @param {(MenuItem|null|false|undefined)[]} items
 * @param {MouseEvent|Element|{left: number, right: number, top: number, bottom: number}} place
 * @param {{label?: string}} [options]
 */
export function openMenu(items, place, options = {}) {
  closeMenus(false);
  giveBack = rememberFocus();
  const at = "bottom" in place && !(place instanceof Element) ? place : placeOf(place);
  show(tidy(items), at, options.label || "", null);
  document.addEventListener("pointerdown", onOutside, true);
  addEventListener("blur", onLeave);
  addEventListener("resize", onLeave);
}

/** No separators at the ends or twice in a row. */
function tidy(items) {
  const kept = [];
  for (const item of items) {
    if (!item) continue;
    if (item.type === "separator" && (!kept.length || kept[kept.length - 1].type === "separator")) continue;
    kept.push(item);
  }
  while (kept.length && kept[kept.length - 1].type === "separator") kept.pop();
  return kept;
}

function show(items, place, label, parent) {
  const menu = h("div", { class: parent ? "menu sub" : "menu", role: "menu", "aria-label": label || null, tabindex: "-1" });
  for (const item of items) menu.append(itemElement(item, menu));
  menu.addEventListener("keydown", (event) => onKey(event, menu, parent));
  menu.addEventListener("contextmenu", (event) => event.preventDefault());
  (document.querySelector("dialog[open]") || document.body).append(menu);
  openMenus.push(menu);
  position(menu, place, parent);
  (usable(menu)[0] || menu).focus({ preventScroll: true });
  return menu;
}

function itemElement(item, menu) {
  if (item.type === "separator") return h("div", { class: "menu-sep", role: "separator" });
  if (item.note) return h("div", { class: "menu-note" }, item.note);
  const choice = item.checked !== undefined;
  const element = h(
    "div",
    {
      class: item.danger ? "menu-item danger" : "menu-item",
      role: choice ? "menuitemcheckbox" : "menuitem",
      "aria-checked": choice ? String(Boolean(item.checked)) : null,
      "aria-disabled": item.disabled ? "true" : null,
      "aria-haspopup": item.items ? "menu" : null,
      title: item.disabled || null,
      tabindex: "-1",
    },
    choice && !item.icon ? checkIcon(item.checked) : item.icon ? icon(item.icon) : h("span", { class: "i" }),
    h("span", null, item.label),
    item.key && h("span", { class: "keys" }, item.key),
    choice && item.icon && h("span", { class: "more" }, checkIcon(item.checked)),
    item.items && h("span", { class: "more" }, icon("right")),
  );
  element.run = () => choose(item, element, menu);
  element.submenu = item.items;
  element.addEventListener("click", element.run);
  element.addEventListener("pointermove", () => {
    const isOpen = item.items && openMenus[openMenus.length - 1] !== menu;
    if (document.activeElement === element && (!item.items || isOpen)) return;
    element.focus({ preventScroll: true });
    closeBelow(menu);
    if (item.items && !item.disabled) openSub(item, element);
  });
  return element;
}

function checkIcon(on) {
  const tick = icon("check", { class: "tick" });
  if (!on) tick.style.visibility = "hidden";
  return tick;
}

function choose(item, element) {
  if (item.disabled) return;
  if (item.items) {
    openSub(item, element)?.querySelector(".menu-item")?.focus();
    return;
  }
  closeMenus();
  item.run?.();
}

function openSub(item, element) {
  closeBelow(element.closest(".menu"));
  const sub = show(tidy(item.items), placeOf(element), item.label, element);
  return sub;
}

function closeBelow(menu) {
  const at = openMenus.indexOf(menu);
  for (const extra of openMenus.splice(at + 1)) extra.remove();
}

function position(menu, place, parent) {
  const box = menu.getBoundingClientRect();
  const rtl = getComputedStyle(document.documentElement).direction === "rtl";
  let left;
  let top;
  if (parent) {
    left = rtl ? place.left - box.width + GAP : place.right - GAP;
    top = place.top - GAP;
    if (left + box.width > innerWidth - GAP) left = place.left - box.width + GAP;
    if (left < GAP) left = place.right - GAP;
  } else {
    left = rtl ? place.right - box.width : place.left;
    top = place.bottom + (place.bottom > place.top ? GAP / 2 : 0);
    if (left + box.width > innerWidth - GAP) left = place.right - box.width;
    if (top + box.height > innerHeight - GAP && place.top - box.height > GAP) top = place.top - box.height - GAP / 2;
  }
  menu.style.left = `${Math.max(GAP, Math.min(left, innerWidth - box.width - GAP))}px`;
  menu.style.top = `${Math.max(GAP, Math.min(top, innerHeight - box.height - GAP))}px`;
}

const usable = (menu) => [...menu.querySelectorAll(".menu-item")];

function onKey(event, menu, parent) {
  if (isComposing(event)) return;
  const all = usable(menu);
  const here = all.indexOf(document.activeElement);
  const go = (index) => {
    all[(index + all.length) % all.length]?.focus();
    closeBelow(menu);
  };
  event.stopPropagation();
  if (event.code === "ArrowDown") go(here + 1);
  else if (event.code === "ArrowUp") go(here < 0 ? -1 : here - 1);
  else if (event.code === "Home") go(0);
  else if (event.code === "End") go(-1);
  else if (event.code === "Enter" || event.code === "Space" || event.code === "NumpadEnter") all[here]?.run();
  else if (event.code === "ArrowRight" && all[here]?.submenu) all[here].run();
  else if (event.code === "ArrowLeft" && parent) {
    closeBelow(openMenus[openMenus.indexOf(menu) - 1]);
    parent.focus();
  } else if (event.code === "Escape" || event.code === "Tab") closeMenus();
  else if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey) {
    const letter = event.key.toLocaleLowerCase();
    const order = [...all.slice(here + 1), ...all.slice(0, here + 1)];
    order.find((item) => item.textContent.trim().toLocaleLowerCase().startsWith(letter))?.focus();
  } else return;
  event.preventDefault();
}
