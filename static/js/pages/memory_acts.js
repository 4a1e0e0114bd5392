/** What can be done to memories: clipboard, moving, switching on and off, renaming, the recycle bin, and the way back. */

import { patch, pollTask, post, remove } from "../core/api.js";
import { fill, h, need } from "../core/dom.js";
import { announce } from "../core/focus.js";
import { fmt, gettext } from "../core/i18n.js";
import { confirmDialog } from "../components/dialog.js";
import { toast } from "../components/toast.js";
import { Turns } from "../components/turns.js";
import { UndoStack } from "../components/undo.js";
import { keyOfPlace, refOfPlace } from "./memory_data.js";
import { whyNot } from "./memory_words.js";

/** The entry of the recycle bin that a deletion made. */
const trashOf = (answer) => answer?.trash?.id ?? answer?.trash_id ?? answer?.id ?? null;

export class MemoryActs extends Turns {
  /** @param {MemoryPage} page */
  constructor(page) {
    super();
    this.page = page;
    this.steps = new UndoStack(null, "memory.steps");
    /** @type {{mode: "cut"|"copy", memory: any}|null} */
    this.clipboard = null;
  }

  /** Whether an act may be done; says why where it may not. */
  allowed(memory, what) {
    const why = whyNot(memory, what);
    if (why) this.refuse(why);
    return !why;
  }

  /** The memory an act is about: where the tree's cursor is when it has the focus, else the one that is open. */
  subject() {
    const { tree } = this.page;
    return tree.hasFocus() ? tree.currentMemory() : this.page.memory;
  }

  // ---- settings ----
  /** Change settings and remember how they were. @param {Object<string, any>} changes */
  change(memory, changes) {
    if (!this.allowed(memory, "settings")) return Promise.resolve(null);
    return this.run(() => this.save(memory, changes));
  }

  /** The same, raising what the server refuses. */
  async save(memory, changes) {
    const before = Object.fromEntries(Object.keys(changes).map((name) => [name, memory[name]]));
    const now = await patch(`memories/${memory.id}`, changes);
    this.steps.push({ type: "change", id: memory.id, name: memory.name, before, after: changes });
    this.page.changed(now);
    return now;
  }

  async toggle(memory = this.subject()) {
    if (!memory) return;
    if (!memory.active && !memory.scope?.kind) {
      this.refuse(gettext("Without a place no file asks it. Drag it onto a platform, project or folder first."));
      return;
    }
    const now = await this.change(memory, { active: !memory.active });
    if (now) announce(now.active ? fmt(gettext("{name}: active"), { name: now.name }) : fmt(gettext("{name}: not active"), { name: now.name }));
  }

  async rename(memory = this.subject()) {
    if (!memory || !this.allowed(memory, "settings")) return;
    const name = await this.page.tree.rename(memory);
    if (name) await this.change(memory, { name });
  }

  // ---- clipboard ----
  take(mode, memory = this.subject()) {
    if (!memory) return false;
    if (mode === "cut" && !this.allowed(memory, "settings")) return true;
    this.clipboard = { mode, memory };
    this.drawClipboard();
    return true;
  }

  isCut(memory) {
    return this.clipboard?.mode === "cut" && this.clipboard.memory.id === memory.id;
  }

  clear() {
    if (!this.clipboard) return false;
    this.clipboard = null;
    this.drawClipboard();
    return true;
  }

  drawClipboard() {
    const { clipboard } = this;
    this.page.tree.draw();
    const note = need("#clipboard");
    note.hidden = !clipboard;
    const what = clipboard?.memory.name;
    if (clipboard) fill(note, h("span", { class: "faint" }, clipboard.mode === "cut" ? fmt(gettext("Cut: {what},"), { what }) : fmt(gettext("Copied: {what},"), { what })), h("kbd", { class: "kbd" }, "Ctrl V"), h("span", { class: "faint" }, gettext("pastes where the cursor of the tree is")));
    this.page.drawChosen();
  }

  async paste(place = this.page.tree.currentPlace()) {
    if (!this.clipboard || !place) return;
    const { mode, memory } = this.clipboard;
    if ((await this.put([memory], place, mode === "copy")) && mode === "cut") this.clear();
  }

  /** Move or copy memories to a place; `place` without an id is Unassigned. */
  put(memories, place, copying) {
    const to = refOfPlace(place);
    if (!copying && !memories.every((memory) => this.allowed(memory, "settings"))) return Promise.resolve(false);
    const ids = memories.map((memory) => memory.id);
    return this.run(async () => {
      if (copying) {
        const { task } = await post("memories/copy", { ids, to });
        await pollTask(task);
        await this.page.reload();
        await this.page.tree.reveal(to);
        toast(fmt(gettext("{name} is copied."), { name: memories[0].name }), { kind: "done" });
        return true;
      }
      const moving = memories.filter((memory) => keyOfPlace(memory.scope) !== keyOfPlace(to));
      if (!moving.length) return true;
      const from = refOfPlace(moving[0].scope);
      const active = moving[0].active;
      await post("memories/move", { ids: moving.map((memory) => memory.id), to });
      this.steps.push({ type: "move", ids: moving.map((memory) => memory.id), name: moving[0].name, from, to, active });
      await this.page.reload();
      await this.page.tree.reveal(to);
      const words = to ? fmt(gettext("{name} serves {place} now."), { name: moving[0].name, place: place.name }) : fmt(gettext("{name} is unassigned and not active now."), { name: moving[0].name });
      toast(words, { kind: "done", id: "moved", actions: [{ label: gettext("Undo"), key: "Ctrl Z", run: () => this.undo() }] });
      return true;
    });
  }

  // ---- the bin ----
  async toBin(memory = this.subject()) {
    if (!memory || !this.allowed(memory, "delete")) return;
    const yes = await confirmDialog({ title: fmt(gettext("Move {name} to the recycle bin?"), { name: memory.name }), text: gettext("It stays there for 30 days with its entries and history. Files stop asking it at once."), action: gettext("Move to recycle bin"), danger: true });
    if (!yes) return;
    await this.run(async () => {
      const trash = trashOf(await remove(`memories/${memory.id}`));
      if (trash !== null) this.steps.push({ type: "delete", id: memory.id, name: memory.name, trash });
      if (this.clipboard?.memory.id === memory.id) this.clear();
      if (this.page.opened.memory === memory.id) await this.page.go({ place: refOfPlace(memory.scope) }, { reload: false });
      await this.page.reload();
      toast(fmt(gettext("{name} is in the recycle bin."), { name: memory.name }), { kind: "done", icon: "trash", actions: trash === null ? [] : [{ label: gettext("Undo"), key: "Ctrl Z", run: () => this.undo() }] });
    });
  }

  // ---- undo ----
  undo() {
    return this.run(async () => {
      if (!this.steps.canUndo) return this.refuse(gettext("There is nothing to undo."));
      const step = await this.steps.undo((one) => this.#back(one));
      await this.page.reload();
      toast(fmt(gettext("Undone: {what}"), { what: stepName(step) }), { kind: "done", icon: "undo", id: "undo", actions: [{ label: gettext("Redo"), key: "Ctrl Y", run: () => this.redo() }] });
      return undefined;
    });
  }

  redo() {
    return this.run(async () => {
      if (!this.steps.canRedo) return this.refuse(gettext("There is nothing to do again."));
      const step = await this.steps.redo((one) => this.#again(one));
      await this.page.reload();
      toast(fmt(gettext("Done again: {what}"), { what: stepName(step) }), { kind: "done", icon: "redo", id: "undo" });
      return undefined;
    });
  }

  async #back(step) {
    if (step.type === "change") await patch(`memories/${step.id}`, step.before);
    else if (step.type === "delete") {
      await post(`trash/${step.trash}/restore`);
      await this.page.go({ memory: step.id });
    } else {
      await post("memories/move", { ids: step.ids, to: step.from });
      // A memory that came back from nowhere is as active as it was.
      if (step.from && !step.active) for (const id of step.ids) await patch(`memories/${id}`, { active: false });
    }
    return step;
  }

  async #again(step) {
    if (step.type === "change") await patch(`memories/${step.id}`, step.after);
    else if (step.type === "move") await post("memories/move", { ids: step.ids, to: step.to });
    else return { ...step, trash: trashOf(await remove(`memories/${step.id}`)) };
    return step;
  }

  async copyLink(memory) {
    const address = `${location.origin}/memory/${memory.id}/`;
    try {
      await navigator.clipboard.writeText(address);
      toast(gettext("The link is on the clipboard."), { kind: "done" });
    } catch {
      toast(address, { kind: "info" });
    }
  }
}

function stepName(step) {
  if (step.type === "delete") return gettext("Move to recycle bin");
  if (step.type === "move") return fmt(gettext("Move {name}"), { name: step.name });
  return fmt(gettext("Settings of {name}"), { name: step.name });
}
