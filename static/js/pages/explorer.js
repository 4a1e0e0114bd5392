/** The explorer: the tree of places, the list of what is in one, and going from place to place. */

import { fill, h, icon, need } from "../core/dom.js";
import { announce } from "../core/focus.js";
import { number, percent } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { pref, setPref } from "../core/prefs.js";
import { FileList } from "../components/filelist.js";
import { countsText, doneRows, leftText } from "../components/progress.js";
import { sizedTree } from "../components/splitter.js";
import { Tree } from "../components/tree.js";
import { toastError } from "../components/toast.js";
import { Acts } from "./explorer_acts.js";
import { Bin } from "./explorer_bin.js";
import { byKind, columns, columnsMenu, describe, onWidth } from "./explorer_columns.js";
import { above, Branches, iconOf, keyOf, openPlace, pathOfPlace, placeOfPath, samePlace, sumCounts, treeSections } from "./explorer_data.js";
import { Dialogs } from "./explorer_dialogs.js";
import { dragging } from "./explorer_drag.js";
import { Here } from "./explorer_here.js";
import { bindKeys } from "./explorer_keys.js";
import { backgroundMenu, nodesMenu, treeMenu } from "./explorer_menu.js";
import { countOf, whyNot } from "./explorer_words.js";

const SKELETON_AFTER = 200;
/** So many milliseconds away from the page, and it is loaded again. */
const AWAY = 30_000;

export class Explorer {
  constructor() {
    this.main = need("#place");
    this.accept = this.main.dataset.accept || "";
    this.listHost = need("#list-host");
    this.place = placeOfPath(location.pathname);
    this.node = null;
    this.path = [];
    /** What the person may do that belongs to no node. */
    this.may = null;
    this.asked = null;
    this.acts = new Acts(this);
    this.dialogs = new Dialogs(this);
    this.here = new Here(this);
    this.roots = null;
    this.branches = new Branches((place, above) => this.here.placesBelow(place, above));
    const drag = dragging(this);
    this.tree = new Tree(need("#tree"), {
      label: gettext("Places"),
      load: (node) => this.branches.load(node, this.tree.above(node.key)),
      open: (node) => {
        if (need("#tree").classList.contains("is-open")) this.showTree(false);
        return this.go({ kind: node.data.kind, id: node.data.id });
      },
      menu: (node, place) => treeMenu(this, node, place),
      failed: toastError,
      accepts: (node, event) => drag.accepts(node.data, event),
      drop: (node, event) => drag.drop(node.data, event),
      drag: (node, event) => drag.start([node.data], event),
    });
    this.list = new FileList(this.listHost, {
      label: gettext("Files"),
      keyOf, iconOf, describe,
      nameOf: (node) => node.name,
      beside: (node) => (node.restricted ? icon("lock", { small: true, label: gettext("restricted") }) : node.rows_flagged > 0 ? h("span", { class: "pill pill-warn", title: gettext("Rows whose source changed") }, number(node.rows_flagged)) : null),
      group: byKind,
      open: (node) => this.acts.open(node),
      menu: (place) => this.menu(place),
      changed: () => this.drawStatus(),
      columnMenu: (_id, place) => columnsMenu(place, () => this.list.setColumns(columns())),
      sorted: (id, descending) => setPref("explorer.sort", { id, descending }),
      takes: (node) => node.kind !== "file",
      accepts: (node, event) => drag.accepts(node || this.node, event),
      drop: (node, event) => drag.drop(node || this.node, event),
      drag: (nodes, event) => drag.start(nodes, event),
    });
    this.bin = new Bin(this, this.main);
    this.list.sort = pref("explorer.sort", { id: "name", descending: false });
    this.list.setColumns(columns());
    onWidth(() => this.list.setColumns(columns()));
    sizedTree(need("#tree"));
    bindKeys(this);
    need("#tree-toggle").addEventListener("click", () => this.showTree());
  }

  /** To the tree; in a narrow window it comes as a drawer, and goes when a place was chosen. */
  showTree(open = !this.inTree()) {
    need("#tree").classList.toggle("is-open", open);
    need("#tree-toggle").setAttribute("aria-expanded", String(open));
    if (open) this.tree.focus();
    else this.list.focus();
  }

  inTree() {
    return Boolean(document.activeElement?.closest("#tree"));
  }

  above(path) {
    return above(this.place, path);
  }

  menu(place) {
    const chosen = this.list.chosen();
    if (chosen.length) nodesMenu(this, chosen, place);
    else backgroundMenu(this, place);
  }

  /** Go to a place; the browser's back comes here again. */
  async go(place, { choose = [], push = true } = {}) {
    if (push && !samePlace(place, this.place)) history.pushState(this.here.keptOf(place), "", pathOfPlace(place));
    const changed = !samePlace(place, this.place);
    this.place = place;
    await this.show({ choose, fresh: changed });
  }

  /** Show what is in the present place. `fresh`: another place than before. */
  async show({ choose = [], fresh = true } = {}) {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    const slow = setTimeout(() => fresh && this.place.kind !== "trash" && this.#skeleton(), SKELETON_AFTER);
    try {
      if (this.place.kind === "trash") {
        this.node = null;
        this.path = [];
        if (!this.may) await this.loadTree();
        await this.bin.show();
      } else {
        const opened = await this.here.open(this.place, (part) => this.#put(part, choose, fresh), asked.signal);
        if (asked.signal.aborted) return;
        if (opened.roots) this.#putRoots(opened.roots);
        this.#put(opened, choose, fresh);
        const place = this.place;
        this.here.look(opened, place, (nodes) => asked.signal.aborted || this.#mark(nodes, choose), asked.signal);
      }
      this.#drawCrumbs();
      await this.tree.select(keyOf(this.place), this.path.map(keyOf));
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#failed(error);
    } finally {
      clearTimeout(slow);
      this.drawStatus();
    }
  }

  #put(opened, choose, fresh) {
    if (!this.listHost.isConnected) fill(this.main, this.listHost);
    this.node = opened.node;
    this.path = opened.path;
    this.list.setItems(opened.children, { keep: !fresh || this.list.element.dataset.place === keyOf(this.place) });
    this.list.element.dataset.place = keyOf(this.place);
    this.list.setEmpty(opened.children.length ? null : this.#emptyNote());
    if (choose.length) this.list.choose(choose);
    this.drawClipboard();
  }

  /** The list again, with what became known about this PC and the server. */
  #mark(nodes, choose) {
    this.list.setItems(nodes, { keep: true });
    this.list.setEmpty(nodes.length ? null : this.#emptyNote());
    if (choose.length) this.list.choose(choose);
    this.drawClipboard();
    this.drawStatus();
  }

  #emptyNote() {
    const { kind } = this.place;
    const { dialogs, node } = this;
    const step = (label, run, quiet = false) => h("button", { class: quiet ? "btn btn-quiet btn-s" : "btn btn-s", type: "button", onclick: run }, label);
    const note = (words, ...steps) => h("div", { class: "empty" }, icon(kind === "root" ? "files" : kind), h("p", null, words), steps.length > 0 && h("p", { class: "row" }, steps));
    if (kind === "project" || kind === "folder") return note(gettext("Nothing here yet. Drop files, or press Shift F10."), step(gettext("Import files…"), () => dialogs.importInto(node)), step(gettext("New folder…"), () => dialogs.newFolder(node), true));
    const isRoot = kind === "root";
    // Who may make nothing here is not told to.
    if (isRoot ? !this.may?.create_platform : whyNot(node, "create_project")) return note(isRoot ? gettext("No project is open to you yet. A lead makes projects and gives access to them.") : gettext("No project here yet. A lead can make one."));
    const project = step(gettext("New project…"), () => dialogs.newProject(node), isRoot);
    return isRoot ? note(gettext("No platform and no project yet. Press Shift F10 to make one."), step(gettext("New platform…"), () => dialogs.newPlatform()), project) : note(gettext("No project here yet. Press Shift F10 to make one."), project);
  }

  #skeleton() {
    if (!this.listHost.isConnected) fill(this.main, this.listHost);
    this.list.setItems([]);
    this.list.setEmpty(Array.from({ length: 8 }, () => h("div", { class: "list-row skel-row" }, h("span", { class: "skel" }))));
  }

  #failed(error) {
    if (!this.listHost.isConnected) fill(this.main, this.listHost);
    this.node = null;
    this.list.setItems([]);
    this.list.setEmpty(h("div", { class: "empty" }, icon("warn"), h("p", null, error.status === 404 ? gettext("There is nothing here, or you may not see it.") : error.message),
      h("p", { class: "row" }, h("button", { class: "btn btn-s", type: "button", onclick: () => this.reload() }, gettext("Try again")), h("a", { class: "btn btn-quiet btn-s", href: "/" }, gettext("Go to files")))));
  }

  /** Load the place and the tree again; what is chosen stays chosen. */
  async reload({ choose = [] } = {}) {
    this.branches.forget();
    await Promise.all([this.show({ choose, fresh: false }), this.place.kind === "root" ? null : this.loadTree()]);
    await this.tree.reload();
  }

  async loadTree() {
    const { roots } = await openPlace({ kind: "root", id: null }, () => null, new AbortController().signal);
    this.#putRoots(roots);
  }

  #putRoots(roots) {
    this.may = roots.may;
    this.roots = roots;
    this.drawTree();
  }

  /** The tree, with what only the server of a desktop has; `again`: also what is open in it. */
  drawTree(again = false) {
    if (!this.roots) return;
    this.tree.setSections(treeSections(this.roots, this.here.roots || []));
    if (again) this.tree.reload();
  }

  #drawCrumbs() {
    const step = (place, name, current) => h("a", { href: pathOfPlace(place), title: name, "aria-current": current ? "page" : null, onclick: (event) => this.#follow(event, place) }, name);
    const names = [{ place: { kind: "root", id: null }, name: gettext("Files") }, ...this.path.map((one) => ({ place: { kind: one.kind, id: one.id }, name: one.name }))];
    if (this.place.kind === "trash") names.push({ place: this.place, name: gettext("Recycle bin") });
    else if (this.node) names.push({ place: this.place, name: this.node.name });
    fill(need("#crumbs"), names.map((one, index) => [index > 0 && icon("right"), step(one.place, one.name, index === names.length - 1)]));
    document.title = `${names[names.length - 1].name} · LocaNext`;
    announce(names[names.length - 1].name);
  }

  #follow(event, place) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.go(place);
  }

  /** How many are chosen, and the sums of them or of the place. */
  drawStatus() {
    if (!this.list || !this.bin) return;
    const trash = this.place.kind === "trash";
    const list = trash ? this.bin.list : this.list;
    const chosen = list.chosen();
    const all = list.items.length;
    need("#chosen").textContent = chosen.length ? fmt(gettext("{n} of {all} selected"), { n: number(chosen.length), all: number(all) }) : fmt(ngettext("{n} item", "{n} items", all), { n: number(all) });
    const facts = trash ? null : this.#countsShown(chosen);
    need("#facts-sep").hidden = !facts?.rows;
    fill(need("#place-facts"), facts?.rows ? [
      h("span", { title: countsText(facts) }, fmt(gettext("{share} done"), { share: percent(doneRows(facts), facts.rows) })), h("span", { class: "faint" }, leftText(facts)),
    ] : "");
  }

  #countsShown(chosen) {
    if (!chosen.length) return this.node?.counts || sumCounts(this.list.items);
    return sumCounts(chosen);
  }

  /** The note in the status bar, and the dimmed items. */
  drawClipboard() {
    const { clipboard } = this.acts;
    this.list.dimmed = new Set(clipboard?.mode === "cut" ? clipboard.nodes.map(keyOf) : []);
    this.list.paint();
    const note = need("#clipboard");
    note.hidden = !clipboard;
    need("#clipboard-sep").hidden = !clipboard;
    if (!clipboard) return;
    const what = countOf(clipboard.nodes);
    fill(note, h("span", { class: "faint" }, clipboard.mode === "cut" ? fmt(gettext("Cut: {what},"), { what }) : fmt(gettext("Copied: {what},"), { what })), h("kbd", { class: "kbd" }, "Ctrl V"), h("span", { class: "faint" }, gettext("pastes here")));
  }
}

const explorer = new Explorer();
addEventListener("popstate", () => {
  const before = keyOf(explorer.place);
  explorer.go(placeOfPath(location.pathname), { push: false, choose: [before] });
});
// Others work here too: who comes back to the page after a while sees what is there now.
let hiddenAt = 0;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hiddenAt = Date.now();
  else if (hiddenAt && Date.now() - hiddenAt > AWAY) explorer.reload();
});
document.addEventListener("locanext:task-ended", (event) => {
  if (["ldm.import", "ldm.copy", "ldm.apply_plan", "ldm.purge", "sync.mirror", "sync.upload"].includes(event.detail?.kind)) explorer.reload();
});
explorer.show().then(async () => {
  if (!explorer.may) await explorer.loadTree();
  await explorer.tree.select(keyOf(explorer.place), [...explorer.path.map(keyOf), keyOf(explorer.place)]);
  if (explorer.place.kind !== "trash" && (document.activeElement === document.body || !document.activeElement)) explorer.list.focus();
  explorer.main.dataset.ready = "true";
});
