/** What can be done in the explorer. Every act works on what is chosen, in the pane that has the focus. */

import { get } from "../core/api.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { confirmDialog } from "../components/dialog.js";
import { toast, toastError } from "../components/toast.js";
import { Turns } from "../components/turns.js";
import { UndoStack } from "../components/undo.js";
import { keyOf, pathOfPlace, refOf, samePlace } from "./explorer_data.js";
import * as steps from "./explorer_steps.js";
import { binQuestion, countOf, whyNot, whyNotAll } from "./explorer_words.js";

export class Acts extends Turns {
  /** @param {Explorer} explorer */
  constructor(explorer) {
    super();
    this.explorer = explorer;
    let storage = null;
    try {
      storage = sessionStorage;
    } catch {
      // A private window may refuse storage.
    }
    this.steps = new UndoStack(storage, "explorer.steps");
    /** @type {{mode: "copy"|"cut", nodes: any[]}|null} */
    this.clipboard = null;
  }

  /** What an act is about: the node of the tree when the tree has the focus, else what is chosen in the list. */
  subject() {
    const { explorer } = this;
    if (explorer.inTree()) {
      const node = explorer.tree.current()?.data;
      return node && node.kind !== "trash" ? [node] : [];
    }
    return explorer.place.kind === "trash" ? [] : explorer.list.chosen();
  }

  /** Nodes of the tree carry no permissions of folders: ask for them. */
  async whole(nodes) {
    return Promise.all(nodes.map(async (node) => (node.may ? node : (await get(`tree/${node.kind}/${node.id}`, { query: { limit: 1 } })).node)));
  }

  open(node) {
    if (!node) return;
    if (node.kind === "file") this.explorer.here.openFile(node);
    else this.explorer.go({ kind: node.kind, id: node.id });
  }

  up() {
    const { place, path } = this.explorer;
    if (place.kind === "root") return;
    const here = keyOf(place);
    this.explorer.go(place.kind === "trash" ? { kind: "root", id: null } : this.explorer.above(path), { choose: [here] });
  }

  async rename() {
    const { explorer } = this;
    const [given, ...more] = this.subject();
    if (!given || more.length) return;
    if (explorer.inTree() && !explorer.list.byKey.has(keyOf(given))) {
      const [node] = await this.whole([given]);
      return explorer.dialogs.rename(node);
    }
    const node = explorer.list.byKey.get(keyOf(given)) || given;
    const why = whyNot(node, "rename");
    if (why) return this.refuse(why);
    const name = await explorer.list.rename(keyOf(node));
    if (name) await this.renameTo(node, name);
    return undefined;
  }

  /** @returns {Promise<string|null>} the refusal, or null */
  async renameTo(node, name) {
    try {
      const now = await steps.rename(refOf(node), name);
      this.steps.push({ type: "rename", ref: refOf(node), before: node.name, after: now.name });
      await this.explorer.reload({ choose: [keyOf(node)] });
      return null;
    } catch (error) {
      toastError(error);
      return error.message;
    }
  }

  async toBin() {
    await this.run(async () => {
      const nodes = await this.whole(this.subject());
      if (!nodes.length) return undefined;
      const why = whyNotAll(nodes, "delete");
      if (why) return this.refuse(why);
      const { title, text } = binQuestion(nodes);
      if (!(await confirmDialog({ title, text, action: gettext("Move to recycle bin"), danger: true }))) return undefined;
      const refs = nodes.map(refOf);
      const { ids: trash, memories } = await steps.throwAway(refs);
      this.steps.push({ type: "delete", refs, trash });
      this.dropFromClipboard(refs);
      const { place, path } = this.explorer;
      const gone = refs.find((ref) => samePlace(ref, place) || path.some((step) => keyOf(step) === keyOf(ref)));
      if (gone) await this.explorer.go({ kind: "root", id: null });
      else await this.explorer.reload();
      const done = nodes.length === 1 ? fmt(gettext("{name} is in the recycle bin."), { name: nodes[0].name }) : fmt(gettext("In the recycle bin: {what}."), { what: countOf(nodes) });
      const unassigned = memories > 0 ? ` ${fmt(ngettext("{n} memory is unassigned now.", "{n} memories are unassigned now.", memories), { n: memories })}` : "";
      toast(done + unassigned, { kind: "done", icon: "trash", actions: [{ label: gettext("Undo"), key: "Ctrl Z", run: () => this.undo() }] });
      return undefined;
    });
  }

  // ---- clipboard ----
  async cut() {
    const nodes = this.subject();
    if (!nodes.length) return false;
    return this.run(async () => this.#take("cut", await this.whole(nodes), "move"));
  }

  async copy() {
    const nodes = this.subject();
    if (!nodes.length) return false;
    return this.run(async () => this.#take("copy", await this.whole(nodes), "copy"));
  }

  #take(mode, nodes, right) {
    const why = whyNotAll(nodes, right);
    if (why) return this.refuse(why);
    this.clipboard = { mode, nodes };
    this.explorer.drawClipboard();
    return undefined;
  }

  clearClipboard() {
    if (!this.clipboard) return false;
    this.clipboard = null;
    this.explorer.drawClipboard();
    return true;
  }

  dropFromClipboard(refs) {
    const gone = new Set(refs.map(keyOf));
    if (this.clipboard?.nodes.some((node) => gone.has(keyOf(node)))) this.clearClipboard();
  }

  /** Into which place, from what has the focus. @returns {any} a node; null for the top */
  target() {
    const { explorer } = this;
    if (explorer.inTree()) return explorer.tree.current()?.data ?? explorer.node;
    return explorer.node;
  }

  async paste(into = this.target()) {
    await this.last;
    if (!this.clipboard) return;
    const { mode, nodes } = this.clipboard;
    if ((await this.put(nodes, into, mode === "copy")) && mode === "cut") this.clearClipboard();
  }

  /** Why these cannot go there; undefined when the server may be asked. */
  whyNotInto(nodes, into, copying = false) {
    if (into?.kind === "trash") return gettext("Press Del to move things to the recycle bin.");
    if (into?.kind === "file") return gettext("A file holds no other files.");
    const projects = nodes.some((node) => node.kind === "project");
    if (projects && into && into.kind !== "platform") return gettext("A project goes onto a platform or to the top.");
    if (!projects && (!into || into.kind === "platform")) return gettext("This goes into a project or a folder.");
    if (nodes.some((node) => node.kind === "platform")) return gettext("A platform stays at the top.");
    if (into && nodes.some((node) => keyOf(node) === keyOf(into))) return gettext("A folder cannot go into itself.");
    return whyNotAll(nodes.filter((node) => node.may), copying ? "copy" : "move");
  }

  /** Move or copy nodes into a place. @returns {Promise<boolean|undefined>} */
  put(nodes, into, copying) {
    const why = this.whyNotInto(nodes, into, copying);
    if (why) {
      this.refuse(why);
      return Promise.resolve(false);
    }
    const to = into ? refOf(into) : null;
    return this.run(async () => {
      const refs = nodes.map(refOf);
      if (copying) {
        const made = await steps.copy(refs, to);
        this.steps.push({ type: "copy", refs: made.map((one) => one.ref), trash: [] });
        await this.#shown(made.map((one) => one.ref), to);
      } else {
        const stays = (node) => keyOf(node.parent || { kind: "root", id: null }) === keyOf(to || { kind: "root", id: null });
        const moving = nodes.filter((node) => !stays(node));
        if (!moving.length) return true;
        const items = moving.map((node) => ({ ref: refOf(node), from: node.parent || null, before: node.name }));
        await steps.move(items.map((item) => item.ref), to);
        this.steps.push({ type: "move", items, to });
        await this.#shown(items.map((item) => item.ref), to);
      }
      return true;
    });
  }

  async #shown(refs, to) {
    const here = samePlace(to || { kind: "root", id: null }, this.explorer.place);
    await this.explorer.reload({ choose: here ? refs.map(keyOf) : [] });
  }

  // ---- undo ----
  async undo() {
    return this.run(async () => {
      if (!this.steps.canUndo) return this.refuse(gettext("There is nothing to undo."));
      const step = await this.steps.undo(steps.undoStep);
      await this.explorer.reload({ choose: steps.stepRefs(step).map(keyOf) });
      toast(fmt(gettext("Undone: {what}"), { what: steps.stepName(step) }), { kind: "done", icon: "undo", id: "undo", actions: [{ label: gettext("Redo"), key: "Ctrl Y", run: () => this.redo() }] });
      return undefined;
    });
  }

  async redo() {
    return this.run(async () => {
      if (!this.steps.canRedo) return this.refuse(gettext("There is nothing to do again."));
      const step = await this.steps.redo(steps.redoStep);
      await this.explorer.reload({ choose: steps.stepRefs(step).map(keyOf) });
      toast(fmt(gettext("Done again: {what}"), { what: steps.stepName(step) }), { kind: "done", icon: "redo", id: "undo" });
      return undefined;
    });
  }

  /** A thing that was just made: show it, and let it be undone. */
  async made(node, { open = false } = {}) {
    this.steps.push({ type: "create", refs: [refOf(node)], trash: [] });
    if (open) await this.explorer.go(refOf(node));
    else await this.explorer.reload({ choose: [keyOf(node)] });
  }

  /** The address of what is chosen, to send to somebody. */
  async copyLink(node) {
    const path = node.kind === "file" ? `/files/${node.id}/` : pathOfPlace(node);
    try {
      await navigator.clipboard.writeText(location.origin + path);
      toast(gettext("The link is on the clipboard."), { kind: "done" });
    } catch {
      toast(location.origin + path, { kind: "info" });
    }
  }
}
