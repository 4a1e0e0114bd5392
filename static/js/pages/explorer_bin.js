/** The recycle bin in the explorer's list: what is in it, bringing things back, deleting for ever. */

import { get, pollTask, post, remove } from "../core/api.js";
import { fill, h, icon } from "../core/dom.js";
import { exactTime, number, when } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { bind, keyOf as keyOfCommand } from "../core/keyboard.js";
import { naturalCompare } from "../core/natural.js";
import { page } from "../core/prefs.js";
import { confirmDialog } from "../components/dialog.js";
import { FileList } from "../components/filelist.js";
import { openMenu, separator } from "../components/menu.js";
import { personLine } from "../components/person.js";
import { toast, toastError } from "../components/toast.js";

const days = (entry) => fmt(ngettext("{n} day left", "{n} days left", entry.days_left), { n: entry.days_left });
const mayNotDelete = () => gettext("Deleting for ever takes a permission that you do not have. Ask a lead.");

export class Bin {
  /** @param {Explorer} explorer @param {HTMLElement} host */
  constructor(explorer, host) {
    this.explorer = explorer;
    this.host = host;
    this.next = null;
    this.note = h("div", { class: "bar-row" },
      icon("trash"), h("span", { class: "strong" }, gettext("Recycle bin")), h("span", { class: "faint" }, gettext("Nothing is lost for 30 days. Restoring brings back rows, history and ids.")), h("span", { class: "fill" }));
    this.emptyButton = h("button", { class: "btn btn-danger btn-s", type: "button", onclick: () => this.emptyAll() }, gettext("Empty recycle bin…"));
    this.note.append(this.emptyButton);
    this.listHost = h("div", { class: "flist-host fill" });
    this.list = new FileList(this.listHost, {
      label: gettext("Recycle bin"),
      keyOf: (entry) => `entry:${entry.id}`,
      nameOf: (entry) => entry.name,
      iconOf: (entry) => entry.kind,
      beside: (entry) => (entry.files > 0 && entry.kind !== "file" ? h("span", { class: "faint" }, fmt(ngettext("{n} file", "{n} files", entry.files), { n: number(entry.files) })) : null),
      open: () => this.restore(),
      menu: (place) => this.menu(place),
      changed: () => explorer.drawStatus(),
    });
    this.list.sort = { id: "when", descending: true };
    this.list.setColumns([
      { id: "name", label: gettext("Name"), width: "minmax(12rem, 1fr)", cell: () => null, compare: (a, b) => naturalCompare(a.name, b.name) },
      { id: "path", label: gettext("Was in"), width: "minmax(10rem, 1fr)", cell: (entry) => h("span", { title: entry.path }, entry.path), compare: (a, b) => naturalCompare(a.path, b.path) },
      { id: "by", label: gettext("Deleted by"), width: "9rem", cell: (entry) => (entry.deleted_by?.id === page.user?.id ? personLine({ ...entry.deleted_by, name: gettext("You") }) : personLine(entry.deleted_by)), compare: (a, b) => naturalCompare(a.deleted_by?.name || "", b.deleted_by?.name || "") },
      { id: "when", label: gettext("Deleted"), width: "9rem", cell: (entry) => h("span", { title: exactTime(entry.deleted_at) }, when(entry.deleted_at)), compare: (a, b) => a.deleted_at.localeCompare(b.deleted_at), descending: true },
      { id: "left", label: gettext("Left"), width: "7rem", cell: days, compare: (a, b) => a.days_left - b.days_left },
    ]);
    const group = gettext("Recycle bin");
    bind(this.listHost, [
      { id: "bin.restore", label: gettext("Restore"), group, keys: ["Enter"], palette: false, run: () => this.restore() },
      { id: "bin.delete", label: gettext("Delete for ever…"), group, keys: ["Delete"], palette: false, run: () => { this.deleteForEver(); } },
    ]);
  }

  async show() {
    fill(this.host, this.note, this.listHost);
    await this.load();
    this.list.focus();
  }

  async load() {
    const entries = [];
    let cursor = null;
    do {
      const answer = await get("trash", { query: { cursor, limit: 200 } });
      entries.push(...answer.results);
      cursor = answer.next;
    } while (cursor);
    this.list.setItems(entries, { keep: true });
    this.emptyButton.hidden = !entries.length;
    const why = this.explorer.may?.empty_trash ? null : mayNotDelete();
    this.emptyButton.setAttribute("aria-disabled", String(Boolean(why)));
    this.emptyButton.title = why || "";
    this.list.setEmpty(entries.length ? null : h("div", { class: "empty" }, icon("trash"), h("p", null, gettext("The recycle bin is empty."))));
  }

  menu(place) {
    const chosen = this.list.chosen();
    if (!chosen.length) {
      openMenu([{ label: gettext("Empty recycle bin…"), icon: "trash", danger: true, disabled: this.explorer.may?.empty_trash ? undefined : mayNotDelete(), run: () => this.emptyAll() }], place, { label: gettext("Recycle bin") });
      return;
    }
    openMenu(
      [
        { label: gettext("Restore"), icon: "undo", key: keyOfCommand("bin.restore"), disabled: chosen.every((entry) => entry.may.restore) ? undefined : gettext("Only leads may do this."), run: () => this.restore() },
        separator,
        { label: gettext("Delete for ever…"), icon: "trash", key: keyOfCommand("bin.delete"), danger: true, disabled: chosen.every((entry) => entry.may.delete) ? undefined : mayNotDelete(), run: () => this.deleteForEver() },
      ],
      place,
      { label: gettext("What is chosen") },
    );
  }

  async #changed() {
    await this.explorer.loadTree();
    await this.load();
  }

  async restore() {
    const chosen = this.list.chosen();
    const restored = [];
    try {
      for (const entry of chosen) restored.push((await post(`trash/${entry.id}/restore`)).node);
    } catch (error) {
      toastError(error);
    }
    if (restored.length) {
      const [first] = restored;
      const place = first.parent || { kind: "root", id: null };
      const memory = first.kind === "memory";
      const words = restored.length === 1 ? fmt(gettext("{name} is back."), { name: first.name }) : fmt(ngettext("{n} item is back.", "{n} items are back.", restored.length), { n: restored.length });
      toast(words, { kind: "done", actions: [{ label: gettext("Show"), run: () => (memory ? location.assign(`/memory/${first.id}/`) : this.explorer.go(place, { choose: [`${first.kind}:${first.id}`] })) }] });
    }
    if (chosen.length) await this.#changed();
  }

  async #forEver(title, requests) {
    if (!(await confirmDialog({ title, text: gettext("Rows, history and the original go with it, and the entries of memories. This cannot be undone."), action: gettext("Delete for ever"), danger: true }))) return;
    try {
      for (const request of requests) {
        const answer = await request();
        if (answer?.task) pollTask(answer.task).catch(toastError);
      }
    } catch (error) {
      toastError(error);
    }
    await this.#changed();
  }

  async deleteForEver() {
    const chosen = this.list.chosen();
    if (!chosen.length) return;
    if (!chosen.every((entry) => entry.may.delete)) {
      this.explorer.acts.refuse(mayNotDelete());
      return;
    }
    const title = chosen.length === 1 ? fmt(gettext("Delete {name} for ever?"), { name: chosen[0].name }) : fmt(ngettext("Delete {n} item for ever?", "Delete {n} items for ever?", chosen.length), { n: chosen.length });
    await this.#forEver(title, chosen.map((entry) => () => remove(`trash/${entry.id}`)));
  }

  async emptyAll() {
    if (!this.explorer.may?.empty_trash) {
      this.explorer.acts.refuse(mayNotDelete());
      return;
    }
    await this.#forEver(gettext("Empty the recycle bin?"), [() => post("trash/empty")]);
  }
}
