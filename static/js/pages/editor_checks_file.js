/** The file's findings in figures: in the status bar and in the tab; checking the whole file. */

import { get, pollTask, post } from "../core/api.js";
import { debounce, fill, h, icon, need } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { openMenu, separator } from "../components/menu.js";
import { toast, toastError } from "../components/toast.js";

const SETTLE_MS = 600;

/** The kinds of findings in the order they are shown. */
export const KINDS = () => [
  ["placeholder", gettext("Placeholders")], ["tag", gettext("Tags and colours")], ["line_break", gettext("Line breaks")], ["length", gettext("Length")], ["untranslated", gettext("Untranslated")],
];

export const kindName = (kind) => KINDS().find(([one]) => one === kind)?.[1] || kind;

export class FileChecks extends EventTarget {
  constructor({ grid, fileId, filter }, store) {
    super();
    Object.assign(this, { grid, fileId, filter, store });
    /** @type {{checked_revision: number, revision: number, by_kind: Object<string, number>, dismissed: number}|null} */
    this.counts = null;
    this.button = need("#file-checks");
    this.button.addEventListener("click", () => this.menu());
    this.load = debounce(() => this.#load(), SETTLE_MS);
    document.addEventListener("locanext:task-ended", (event) => {
      this.load();
      if (event.detail?.kind === "ldm.check" || event.detail?.task?.kind === "ldm.check") this.store.forget();
    });
    grid.addEventListener("remote", () => this.load());
    this.#load();
  }

  get total() {
    return this.counts ? Object.values(this.counts.by_kind).reduce((sum, count) => sum + count, 0) : 0;
  }

  /** Not checked yet is not the same as nothing found. */
  get isChecked() {
    return Boolean(this.counts && this.counts.checked_revision >= this.counts.revision);
  }

  async #load() {
    if (document.hidden) return;
    try {
      const before = this.counts;
      this.counts = await get(`files/${this.fileId}/issues/counts`);
      if (before && before.checked_revision < this.counts.checked_revision) this.store.forget();
      this.draw();
      this.dispatchEvent(new CustomEvent("counts"));
    } catch {
      // The figures stay what they were.
    }
  }

  /** What is known of the whole file, in words. */
  words() {
    if (!this.counts) return "";
    const found = this.total ? fmt(ngettext("{n} finding", "{n} findings", this.total), { n: number(this.total) }) : "";
    if (this.isChecked) return found || gettext("No findings");
    return found ? fmt(gettext("{findings}, not all checked yet"), { findings: found }) : gettext("Not checked yet");
  }

  draw() {
    const words = this.words();
    this.button.hidden = !words;
    need("#file-checks-sep").hidden = !words;
    this.button.title = gettext("Findings of the checks in this file");
    const name = this.total ? "error" : this.isChecked ? "check" : "ring";
    fill(this.button, h("span", { class: this.total ? "row st-qa" : "row faint" }, icon(name, { small: true })), words);
  }

  menu() {
    const item = ([kind, label]) => ({ label: `${label}: ${number(this.counts?.by_kind[kind] || 0)}`, icon: "filter", disabled: this.counts?.by_kind[kind] ? undefined : gettext("No findings"), run: () => this.show(kind) });
    openMenu([
      ...KINDS().map(item),
      { label: fmt(gettext("Dismissed: {n}"), { n: number(this.counts?.dismissed || 0) }), icon: "filter", disabled: this.counts?.dismissed ? undefined : gettext("None was dismissed."), run: () => this.show("dismissed") },
      separator,
      { label: gettext("All rows with a finding"), icon: "filter", disabled: this.total ? undefined : gettext("No findings"), run: () => this.show("any") },
      { label: gettext("Check the file"), icon: "error", run: () => this.checkAll() },
    ], this.button, { label: gettext("Findings") });
  }

  /** Filter the grid to the rows with a kind of finding. */
  show(kind) {
    this.filter.apply({ query: `check:${kind}` });
  }

  async checkAll() {
    try {
      const { task } = await post(`files/${this.fileId}/check-all`);
      toast(gettext("The file is being checked."), { id: "check-all", icon: "error" });
      await pollTask(task);
      this.store.forget();
      await this.#load();
      toast(this.words(), { id: "check-all", kind: this.total ? "warn" : "done" });
    } catch (error) {
      toastError(error);
    }
  }
}
