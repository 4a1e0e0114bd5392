/** Building and finding elements. Text always goes in as text, never as markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. Props: `class`, `data-*`, `aria-*` and other attributes by name; `on…` functions are
 * listeners; true writes an empty attribute, false, null and undefined write none.
 * @param {string} tag
 * @param {Object<string, any>|null} [props]
 * @param {...(Node|string|number|null|undefined|false|Array<any>)} children
 * @returns {HTMLElement}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  setProps(element, props || {});
  append(element, children);
  return element;
}

/** The same for SVG elements. */
export function svg(tag, props, ...children) {
  const element = document.createElementNS(SVG, tag);
  setProps(element, props || {});
  append(element, children);
  return element;
}

function setProps(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") {
      element.addEventListener(name.slice(2).toLowerCase(), value);
    } else if (name === "value" || name === "checked" || name === "disabled") {
      element[name] = value;
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
}

function append(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : String(child));
  }
}

/** Replace all children of an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** The first match below `root`; throws where the page lacks a part it must have. */
export function need(selector, root = document) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`The page has no ${selector}`);
  return /** @type {HTMLElement} */ (found);
}

/** The first match or null. */
export const find = (selector, root = document) => /** @type {HTMLElement|null} */ (root.querySelector(selector));

/** A fresh copy of the only element of a <template>. */
export function copyTemplate(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return /** @type {HTMLElement} */ (template.content.firstElementChild.cloneNode(true));
}

/**
 * An icon of the sprite. With a label it is an image with a name, without one it is decoration.
 * @param {string} name without "i-"
 * @param {{small?: boolean, label?: string, class?: string}} [options]
 */
export function icon(name, options = {}) {
  const classes = ["i", options.small && "i-s", options.class].filter(Boolean).join(" ");
  const named = options.label ? { role: "img", "aria-label": options.label } : { "aria-hidden": "true" };
  return svg("svg", { class: classes, ...named }, svg("use", { href: `${inPage ? "" : sprite()}#i-${name}` }));
}

const sprite = () => document.documentElement.dataset.icons || "/static/icons.svg";
let inPage = false;

/** Take the sprite into the page, so that icons made later are there at once and without a network. */
export async function loadIcons() {
  try {
    const answer = await fetch(sprite());
    const drawing = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
    if (!answer.ok || drawing.localName !== "svg") return;
    const symbols = document.importNode(drawing, true);
    symbols.setAttribute("aria-hidden", "true");
    symbols.setAttribute("class", "sprite");
    document.body.append(symbols);
    inPage = true;
  } catch {
    // Icons keep coming from the file.
  }
}

/** Whether a key press in this element types text. */
export function isTextField(element) {
  if (!(element instanceof HTMLElement)) return false;
  if (element.isContentEditable || element.tagName === "TEXTAREA" || element.tagName === "SELECT") return true;
  return element.tagName === "INPUT" && !["checkbox", "radio", "button", "submit", "range", "file"].includes(element.type);
}

let lastId = 0;
/** An id no other element of the page has. */
export const freshId = (prefix = "x") => `${prefix}-${++lastId}`;

/** Calls of `run` are put off until `ms` milliseconds pass without another; `.flush()` runs at once. */
export function debounce(run, ms) {
  let timer = 0;
  let waiting = null;
  const fire = () => {
    clearTimeout(timer);
    timer = 0;
    const args = waiting;
    waiting = null;
    if (args) run(...args);
  };
  const call = (...args) => {
    waiting = args;
    clearTimeout(timer);
    timer = setTimeout(fire, ms);
  };
  call.flush = fire;
  return call;
}
