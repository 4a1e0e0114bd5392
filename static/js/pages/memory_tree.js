/** The tree of the memory page: places with the memories that serve them, those without a place, and who is asked in what order. */

import { get } from "../core/api.js";
import { fill, find, h, need } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { startRename } from "../components/filelist_rename.js";
import { Tree } from "../components/tree.js";
import { toastError } from "../components/toast.js";
import { carriesFiles, droppedFiles } from "../components/upload.js";
import { STORAGE_ID } from "./explorer_here_words.js";
import { keyOfMemory, keyOfPlace, memoryNode, Places, placeNode, UNASSIGNED, unassignedNode } from "./memory_data.js";
import { memoryMenu, placeMenu } from "./memory_menu.js";
import { askSentence } from "./memory_words.js";

const TYPE = "application/x-locanext-memory";
const STORE = "memory.tree";

export class MemoryTree {
  /** @param {MemoryPage} page */
  constructor(page) {
    this.page = page;
    this.places = new Places();
    this.folders = new Map();
    this.host = need("#tree");
    this.note = h("div", { class: "tree-note", role: "status" });
    this.tree = new Tree(this.host, {
      label: gettext("Memories"),
      load: (node) => this.load(node),
      open: (node) => this.open(node),
      menu: (node, place) => (node.data.type === "memory" ? memoryMenu(page, this.places.memories.get(node.data.id), place) : placeMenu(page, node.data, place)),
      failed: toastError,
      accepts: (node, event) => this.accepts(node.data, event),
      drop: (node, event) => this.drop(node.data, event),
      drag: (node, event) => this.drag(node.data, event),
    });
    this.host.append(this.note);
    this.dragged = null;
    this.host.addEventListener("contextmenu", (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      placeMenu(page, unassignedNode(0).data, event);
    });
  }

  /** Ask for everything; branches that were open stay open. */
  async reload() {
    const first = !this.places.places.size && !this.places.memories.size;
    this.places = new Places(await get("memories/tree"));
    const known = [...this.folders.values()];
    this.folders.clear();
    for (const asked of known) this.places.add(await asked.catch(() => []));
    if (first) this.#openFirst();
    this.draw();
    await this.tree.reload();
    this.drawNote();
  }

  /** What was open before in this window; else the way to every memory of a small tree. */
  #openFirst() {
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(STORE) || "null");
    } catch {
      // Nothing was kept.
    }
    const memories = [...this.places.memories.values()].slice(0, 60);
    const open = Array.isArray(kept) ? kept : [UNASSIGNED, ...memories.flatMap((memory) => this.places.pathTo(memory.scope))];
    this.tree.expanded = new Set(open);
  }

  keepOpen() {
    try {
      sessionStorage.setItem(STORE, JSON.stringify([...this.tree.expanded]));
    } catch {
      // The tree opens as at first.
    }
  }

  draw() {
    const loose = this.places.memoriesAt(null);
    this.#fillBranches();
    this.tree.setSections([
      { heading: "", nodes: [unassignedNode(loose.length)] },
      ...this.#sections(this.places.placesBelow(null)),
    ]);
  }

  /** On a desktop what was born there stands apart from what is the server's. */
  #sections(places) {
    const own = places.filter((place) => place.id === STORAGE_ID);
    const section = (heading, nodes) => (nodes.length ? [{ heading, nodes: nodes.map((place) => placeNode(place, true)) }] : []);
    return [...section(gettext("Server"), places.filter((place) => place.id !== STORAGE_ID)), ...section(gettext("This PC"), own)];
  }

  /** Branches that are known need not be asked for. */
  #fillBranches() {
    const { tree } = this;
    tree.children.set(UNASSIGNED, this.places.memoriesAt(null).map((memory) => this.#node(memory)));
    for (const place of this.places.places.values()) tree.children.set(keyOfPlace(place), this.#below(place));
    this.keepOpen();
  }

  #node(memory) {
    return memoryNode(memory, this.page.acts.isCut(memory));
  }

  #below(place) {
    const branch = (one) => one.kind !== "folder" || this.places.placesBelow(one).length > 0 || this.places.memoriesAt(one).length > 0;
    return [...this.places.memoriesAt(place).map((memory) => this.#node(memory)), ...this.places.placesBelow(place).map((one) => placeNode(one, branch(one)))];
  }

  /** What a branch holds: folders of a project are asked for once, with its first opening. */
  async load(node) {
    if (node.key === UNASSIGNED) return this.places.memoriesAt(null).map((memory) => this.#node(memory));
    if (node.data.kind === "project") await this.loadFolders(node.data.id);
    return this.#below(node.data);
  }

  async loadFolders(project) {
    if (!this.folders.has(project)) {
      this.folders.set(project, get(`tree/project/${project}/folders`).then((answer) => answer.results.map((folder) => ({
        kind: "folder", id: folder.id, name: folder.name, restricted: false, parent: folder.parent_id === null ? { kind: "project", id: project } : { kind: "folder", id: folder.parent_id },
      }))));
    }
    try {
      this.places.add(await this.folders.get(project));
    } catch (error) {
      this.folders.delete(project);
      throw error;
    }
    for (const place of this.places.places.values()) if (place.kind === "folder") this.tree.children.set(keyOfPlace(place), this.#below(place));
  }

  /** Know a place that the tree has not shown yet: an address may name a folder without a memory. */
  async know(ref) {
    if (!ref || this.places.at(ref)) return;
    const { node, path } = await get(`tree/${ref.kind}/${ref.id}`, { query: { limit: 1 } });
    let parent = null;
    const steps = [...path, node].map((step) => {
      const place = { kind: step.kind, id: step.id, name: step.name, restricted: Boolean(step.restricted), parent };
      parent = { kind: step.kind, id: step.id };
      return place;
    });
    this.places.add(steps);
    const project = steps.find((step) => step.kind === "project");
    if (project) await this.loadFolders(project.id);
    this.draw();
  }

  open(node) {
    if (this.host.classList.contains("is-open")) this.page.showTree(false);
    if (node.data.type === "memory") this.page.go({ memory: node.data.id });
    else if (node.key === UNASSIGNED) this.tree.toggle(node.key);
    else this.page.go({ place: { kind: node.data.kind, id: node.data.id } });
    this.keepOpen();
  }

  /** Show what is opened in the middle. */
  async select({ memory, place }) {
    const found = memory === null ? null : this.places.memories.get(memory);
    const at = found ? found.scope : place;
    const path = at?.kind ? this.places.pathTo(at) : found ? [UNASSIGNED] : [];
    if (place) path.pop();
    await this.tree.select(found ? keyOfMemory(found) : place ? keyOfPlace(place) : "", path);
    this.drawNote();
  }

  /** Open the branches down to a place, so that what is in it shows. */
  async reveal(ref) {
    for (const key of ref ? this.places.pathTo(ref) : [UNASSIGNED]) await this.tree.open(key, false);
    this.tree.draw();
    this.keepOpen();
  }

  /** Below the tree: whom a file asks in the place that is looked at. */
  drawNote() {
    const { memory, place } = this.page.opened;
    const ref = memory === null ? place : this.places.memories.get(memory)?.scope;
    const at = ref?.kind ? this.places.at(ref) : null;
    this.note.hidden = !at && memory === null;
    if (at) fill(this.note, askSentence(at.name, this.places.asked(at)));
    else if (memory !== null) fill(this.note, gettext("No file asks this memory. Drag it onto a place, or cut it and paste it there."));
  }

  /** The memory that the keyboard is at in the tree, or null. */
  currentMemory() {
    const node = this.tree.current();
    return node?.data.type === "memory" ? this.places.memories.get(node.data.id) || null : null;
  }

  /** The place that the keyboard is at, or that of the memory it is at. @returns {any} */
  currentPlace() {
    const node = this.tree.current();
    if (!node) return null;
    if (node.data.type === "place") return node.data;
    const memory = this.places.memories.get(node.data.id);
    return memory?.scope?.kind ? memory.scope : unassignedNode(0).data;
  }

  hasFocus() {
    return Boolean(document.activeElement?.closest("#tree"));
  }

  /** Rename where the name stands. @returns {Promise<string|null>} */
  async rename(memory) {
    const key = keyOfMemory(memory);
    await this.tree.select(this.tree.selected, this.places.pathTo(memory.scope).length ? this.places.pathTo(memory.scope) : [UNASSIGNED]);
    this.tree.focus(key);
    const list = { renaming: null, draw: () => this.tree.draw(), focus: () => this.tree.focus(key) };
    return startRename(list, this.tree.elementOf(key), memory.name);
  }

  // ---- dragging ----
  drag(data, event) {
    this.dragged = data.type === "memory" ? this.places.memories.get(data.id) : null;
    if (!this.dragged) return;
    event.dataTransfer.effectAllowed = "copyMove";
    event.dataTransfer.setData(TYPE, String(data.id));
    event.dataTransfer.setData("text/plain", data.name);
  }

  /** Dropping on a memory is dropping on its place. */
  #placeOf(data) {
    return data.type === "memory" ? this.places.memories.get(data.id)?.scope : data;
  }

  accepts(data, event) {
    if (carriesFiles(event)) {
      event.dataTransfer.dropEffect = "copy";
      return true;
    }
    if (!event.dataTransfer.types.includes(TYPE) || !this.dragged) return false;
    const copying = event.ctrlKey || event.metaKey;
    if (!copying && keyOfPlace(this.#placeOf(data)?.kind === UNASSIGNED ? null : this.#placeOf(data)) === keyOfPlace(this.dragged.scope)) return false;
    event.dataTransfer.dropEffect = copying ? "copy" : "move";
    return true;
  }

  async drop(data, event) {
    const place = this.#placeOf(data);
    if (carriesFiles(event)) {
      const files = await droppedFiles(event.dataTransfer).catch(() => []);
      if (!files.length) return;
      const into = data.type === "memory" ? this.places.memories.get(data.id) : null;
      this.page.importing.start({ memory: into, place, files });
      return;
    }
    const memory = this.dragged;
    this.dragged = null;
    if (memory) await this.page.acts.put([memory], place, event.ctrlKey || event.metaKey);
  }

  /** Draw a memory that changed, without asking for the tree. */
  put(memory) {
    this.places.put(memory);
    this.draw();
    this.drawNote();
  }
}

/** The index of revisions in the top bar. */
export function drawIndexChip(content) {
  const chip = find("#index-chip");
  if (!chip) return;
  chip.hidden = !content;
  if (content) fill(chip, content);
}
