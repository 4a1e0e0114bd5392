/** A tree after the ARIA pattern: arrows, Home and End, * opens what is beside, typing finds. */

import { fill, h, icon } from "../core/dom.js";
import { isComposing } from "../core/keyboard.js";
import { number } from "../core/format.js";
import { TypeAhead } from "./pick.js";

/**
 * @typedef {Object} TreeNode
 * @property {string} key
 * @property {string} name
 * @property {string} icon
 * @property {boolean} [branch] it can be opened
 * @property {number|null} [count]
 * @property {string} [countText] the count as it is written, where it is not the number itself
 * @property {{on: boolean, label: string}} [dot] a disc at the end: on or off
 * @property {boolean} [dim] cut, waiting to be pasted
 * @property {string} [mark] an icon behind the name
 * @property {string} [markLabel] what the mark means
 * @property {any} [data]
 */

/**
 * @typedef {Object} TreeOptions
 * @property {string} label
 * @property {(node: TreeNode) => Promise<TreeNode[]>} load children of a branch
 * @property {(node: TreeNode) => void} open Enter or a click
 * @property {(node: TreeNode, place: any) => void} menu
 * @property {(node: TreeNode, event: DragEvent) => boolean} [accepts] a drag that may be dropped here
 * @property {(node: TreeNode, event: DragEvent) => void} [drop]
 * @property {(node: TreeNode, event: DragEvent) => void} [drag]
 * @property {(error: any) => void} [failed]
 */

const HOLD_TO_OPEN = 700;

export class Tree {
  /** @param {HTMLElement} host @param {TreeOptions} options */
  constructor(host, options) {
    this.host = host;
    this.options = options;
    /** @type {{heading: string, nodes: TreeNode[]}[]} */
    this.sections = [];
    /** @type {Map<string, TreeNode[]>} */
    this.children = new Map();
    this.expanded = new Set();
    this.selected = "";
    this.focused = "";
    this.ahead = new TypeAhead();
    this.element = h("div", { role: "tree", "aria-label": options.label });
    host.append(this.element);
    this.#listen();
  }

  /** @param {{heading: string, nodes: TreeNode[]}[]} sections */
  setSections(sections) {
    this.sections = sections;
    this.draw();
  }

  /** What is shown, from the top: [{node, level, parent, size, place}]. */
  lines() {
    const found = [];
    const walk = (nodes, level, parent) => {
      nodes.forEach((node, index) => {
        found.push({ node, level, parent, size: nodes.length, place: index + 1 });
        if (this.expanded.has(node.key)) walk(this.children.get(node.key) || [], level + 1, node);
      });
    };
    for (const section of this.sections) walk(section.nodes, 1, null);
    return found;
  }

  find(key) {
    return this.lines().find((line) => line.node.key === key)?.node || null;
  }

  /** The node the keyboard is at. */
  current() {
    return this.find(this.focused);
  }

  /** The nodes above one, from the top. */
  above(key) {
    const lines = this.lines();
    const parentOf = (of) => lines.find((line) => line.node.key === of)?.parent;
    const found = [];
    for (let node = parentOf(key); node; node = parentOf(node.key)) found.unshift(node);
    return found;
  }

  draw() {
    const hadFocus = this.element.contains(document.activeElement);
    const lines = this.lines();
    if (!lines.some((line) => line.node.key === this.focused)) this.focused = lines.some((line) => line.node.key === this.selected) ? this.selected : lines[0]?.node.key || "";
    let at = 0;
    const parts = [];
    for (const section of this.sections) {
      if (section.heading) parts.push(h("div", { class: "tree-head", role: "presentation" }, section.heading));
      else if (parts.length) parts.push(h("div", { class: "tree-sep", role: "presentation" }));
      const roots = new Set(section.nodes);
      for (; at < lines.length; at += 1) {
        if (lines[at].level === 1 && !roots.has(lines[at].node)) break;
        parts.push(this.#item(lines[at]));
      }
    }
    fill(this.element, parts);
    if (hadFocus) this.elementOf(this.focused)?.focus({ preventScroll: true });
  }

  #item({ node, level, size, place }) {
    const open = this.expanded.has(node.key);
    const element = h(
      "div",
      {
        class: node.dim ? "tree-item focus-in is-dim" : "tree-item focus-in", role: "treeitem", "aria-level": level, "aria-setsize": size, "aria-posinset": place,
        "aria-expanded": node.branch ? String(open) : null, "aria-selected": String(node.key === this.selected),
        tabindex: node.key === this.focused ? "0" : "-1", draggable: this.options.drag && node.data?.draggable ? "true" : null, "data-key": node.key, title: node.name,
      },
      node.branch ? icon(open ? "down" : "right", { class: "tw" }) : h("span", { class: "tw" }),
      icon(node.icon),
      h("span", { class: "clip" }, node.name),
      node.mark && icon(node.mark, { small: true, label: node.markLabel }),
      node.count || node.countText ? h("span", { class: "n num", title: node.countText ? number(node.count || 0) : null }, node.countText || number(node.count)) : null,
      node.dot && h("span", { class: node.dot.on ? "act-dot on" : "act-dot", role: "img", "aria-label": node.dot.label, title: node.dot.label }),
    );
    element.style.paddingInlineStart = `${0.375 + (level - 1)}rem`;
    return element;
  }

  /** The element of a node, null while it is not shown. */
  elementOf(key) {
    return this.element.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }

  focus(key = this.focused) {
    if (!this.find(key)) return;
    this.focused = key;
    for (const item of this.element.querySelectorAll("[role=treeitem]")) item.tabIndex = item.dataset.key === key ? 0 : -1;
    const element = this.elementOf(key);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest" });
  }

  /** The place that is open in the list. Branches of `path` (keys from the top) are opened to show it. */
  async select(key, path = []) {
    for (const step of path) await this.open(step, false);
    this.selected = key;
    if (!this.element.contains(document.activeElement)) this.focused = key;
    this.draw();
    this.elementOf(key)?.scrollIntoView({ block: "nearest" });
  }

  async open(key, redraw = true) {
    const node = this.find(key);
    if (!node?.branch) return;
    if (!this.children.has(key)) {
      try {
        this.children.set(key, await this.options.load(node));
      } catch (error) {
        this.options.failed?.(error);
        return;
      }
    }
    this.expanded.add(key);
    if (redraw) this.draw();
  }

  close(key) {
    this.expanded.delete(key);
    this.draw();
  }

  /** Forget what was loaded and load again what is open. */
  async reload() {
    const open = [...this.expanded];
    const before = [...this.children.keys()];
    const loaded = new Map();
    const gone = new Set();
    for (const key of open) {
      const node = this.find(key);
      if (!node) {
        gone.add(key);
        continue;
      }
      try {
        loaded.set(key, await this.options.load(node));
        this.children.set(key, loaded.get(key));
      } catch {
        this.expanded.delete(key);
      }
    }
    // What was opened meanwhile is as new as this.
    for (const key of before) if (!loaded.has(key) && (gone.has(key) || !this.expanded.has(key))) this.children.delete(key);
    this.draw();
  }

  #listen() {
    const nodeOf = (event) => {
      const item = event.target.closest?.("[role=treeitem]");
      return item ? this.find(item.dataset.key) : null;
    };
    this.element.addEventListener("click", (event) => {
      const node = nodeOf(event);
      if (!node || event.target.closest("input")) return;
      this.focus(node.key);
      if (event.target.closest(".tw") && node.branch) this.toggle(node.key);
      else this.options.open(node);
    });
    this.element.addEventListener("dblclick", (event) => {
      const node = nodeOf(event);
      if (node?.branch && !event.target.closest(".tw")) this.toggle(node.key);
    });
    this.element.addEventListener("contextmenu", (event) => {
      const node = nodeOf(event);
      event.preventDefault();
      if (!node) return;
      this.focus(node.key);
      this.options.menu(node, event);
    });
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    // Assistive programs set the focus without a key or a click.
    this.element.addEventListener("focusin", (event) => {
      const node = nodeOf(event);
      if (!node || node.key === this.focused) return;
      this.focused = node.key;
      for (const item of this.element.querySelectorAll("[role=treeitem]")) item.tabIndex = item.dataset.key === node.key ? 0 : -1;
    });
    this.#listenDrag(nodeOf);
  }

  toggle(key) {
    if (this.expanded.has(key)) this.close(key);
    else this.open(key);
  }

  #listenDrag(nodeOf) {
    let timer = 0;
    let over = "";
    const leave = () => {
      clearTimeout(timer);
      over = "";
      for (const item of this.element.querySelectorAll(".is-drop")) item.classList.remove("is-drop");
    };
    this.element.addEventListener("dragstart", (event) => {
      const node = nodeOf(event);
      if (node) this.options.drag?.(node, event);
    });
    this.element.addEventListener("dragover", (event) => {
      const node = nodeOf(event);
      if (!node || !this.options.accepts?.(node, event)) {
        leave();
        return;
      }
      event.preventDefault();
      if (over === node.key) return;
      leave();
      over = node.key;
      this.elementOf(node.key)?.classList.add("is-drop");
      timer = setTimeout(() => this.open(node.key), HOLD_TO_OPEN);
    });
    this.element.addEventListener("dragleave", (event) => {
      if (!this.element.contains(event.relatedTarget)) leave();
    });
    this.element.addEventListener("drop", (event) => {
      const node = nodeOf(event);
      leave();
      if (!node || !this.options.accepts?.(node, event)) return;
      event.preventDefault();
      event.stopPropagation();
      this.options.drop?.(node, event);
    });
    this.element.addEventListener("dragend", leave);
  }

  #onKey(event) {
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const lines = this.lines();
    const here = lines.findIndex((line) => line.node.key === this.focused);
    const line = lines[here];
    if (!line) return;
    const { node } = line;
    const rtl = getComputedStyle(this.element).direction === "rtl";
    const code = rtl && event.code === "ArrowLeft" ? "ArrowRight" : rtl && event.code === "ArrowRight" ? "ArrowLeft" : event.code;
    const go = (index) => lines[index] && this.focus(lines[index].node.key);
    if (code === "ArrowDown") go(here + 1);
    else if (code === "ArrowUp") go(here - 1);
    else if (code === "Home") go(0);
    else if (code === "End") go(lines.length - 1);
    else if (code === "ArrowRight") {
      if (node.branch && !this.expanded.has(node.key)) this.open(node.key);
      else if (lines[here + 1]?.parent === node) go(here + 1);
    } else if (code === "ArrowLeft") {
      if (this.expanded.has(node.key)) this.close(node.key);
      else if (line.parent) this.focus(line.parent.key);
    } else if (code === "Enter" || code === "NumpadEnter" || code === "Space") this.options.open(node);
    else if (code === "ContextMenu" || (event.shiftKey && code === "F10")) this.options.menu(node, this.elementOf(node.key));
    else if (event.key === "*") this.#openBeside(line, lines);
    else if (event.key.length === 1 && event.key !== " " && this.ahead.takes(event)) {
      const found = this.ahead.find(event.key, lines.map((one) => one.node.name), here, event.timeStamp);
      if (found < 0) return;
      go(found);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async #openBeside(line, lines) {
    const beside = lines.filter((one) => one.parent === line.parent && one.node.branch);
    for (const one of beside) await this.open(one.node.key, false);
    this.draw();
  }
}
