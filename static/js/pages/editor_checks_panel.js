/** The tab of the checks: the findings of the row with their places, what the file has; the foot of the panel. */

import { fill, h, icon, need } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext } from "../core/i18n.js";
import { keyOf } from "../core/keyboard.js";
import { byGravity, open } from "../components/grid/issues.js";
import { toastError } from "../components/toast.js";
import { kindName, KINDS } from "./editor_checks_file.js";
import { makeRoving } from "./editor_roving.js";

export class ChecksPanel {
  constructor({ grid, editing, side }, { store, file, typed, walk }) {
    Object.assign(this, { grid, editing, side, store, file, typed, walk });
    this.panel = need("#panel-checks");
    this.count = need("#checks-count");
    this.foot = need("#side-foot");
    this.foot.addEventListener("click", () => side.show("tab-checks"));
    this.list = h("div", { class: "issue-list" });
    this.whole = h("div", { class: "pane-body issue-file" });
    fill(this.panel, this.list, h("div", { class: "sec" }, gettext("In the file")), this.whole);
    this.roving = makeRoving(this.panel, {
      use: (item) => item.click(),
      menu: (item) => item.click(),
      leave: () => this.grid.selection.current >= 0 && this.grid.focusRow(this.grid.selection.current),
    });
    file.addEventListener("counts", () => this.drawFile());
  }

  get isShown() {
    return this.side.isOpen && this.side.tab === "tab-checks";
  }

  /** The cursor stands on another row, or its findings are others. */
  about(row) {
    const list = byGravity(this.typed.of(row) || []);
    const left = open(list);
    this.count.textContent = left.length ? number(left.length) : "";
    this.drawFoot(left[0], row);
    if (this.isShown) this.draw(row, list);
  }

  show(row) {
    this.about(row);
    this.drawFile();
  }

  /** The worst finding of the row, and the key to the next. */
  drawFoot(first, row) {
    this.foot.hidden = !row || (!first && !this.file.total);
    if (this.foot.hidden) return;
    fill(this.foot,
      first ? h("span", { class: first.severity === "error" ? "st-qa" : "st-warn" }, icon(first.severity === "error" ? "error" : "warn", { small: true })) : icon("check", { small: true, class: "faint" }),
      h("span", { class: first ? "clip" : "clip faint" }, first ? first.message : gettext("This row has no finding.")),
      h("span", { class: "push faint" }, keyOf("check.next")));
    this.foot.title = first?.message || "";
  }

  draw(row, list) {
    // A list without items is none: what stands there instead is a sentence.
    this.list.toggleAttribute("role", false);
    if (!row) {
      fill(this.list, this.side.empty("error", gettext("Choose a row to see it here.")));
      return;
    }
    const kept = this.panel.contains(document.activeElement) ? document.activeElement?.dataset.issue : undefined;
    fill(this.list, list.length ? list.map((issue) => this.item(issue, row)) : this.side.empty("check", this.file.isChecked || this.store.knows(row) ? gettext("This row has no finding.") : gettext("Not checked yet")));
    if (list.length) this.list.setAttribute("role", "list");
    this.roving.refresh();
    if (kept) this.list.querySelector(`[data-issue="${CSS.escape(kept)}"]`)?.focus();
  }

  item(issue, row) {
    const grave = issue.severity === "error" ? gettext("Error") : gettext("Warning");
    return h("article", { class: issue.dismissed ? "issue is-dismissed" : "issue", role: "listitem" },
      h("button", { class: "issue-what", type: "button", "data-item": "", "data-issue": `${issue.kind}:${issue.code}:${issue.message}`, onclick: () => this.highlight(issue, row) },
        h("span", { class: issue.severity === "error" ? "st-qa" : "st-warn" }, icon(issue.severity === "error" ? "error" : "warn", { small: true, label: grave })),
        h("span", { class: "fill" }, h("span", { class: "issue-kind faint" }, kindName(issue.kind), issue.dismissed ? `, ${gettext("dismissed")}` : ""), h("span", { class: "issue-words" }, issue.message))),
      issue.id && h("button", { class: "btn btn-quiet btn-s", type: "button", title: issue.dismissed ? null : keyOf("check.dismiss"), onclick: () => this.store.dismiss(row, [issue.id], !issue.dismissed).catch(toastError) }, issue.dismissed ? gettext("Bring back") : gettext("Dismiss")));
  }

  /** Show where it is: the place is chosen in the editor, or the row comes into sight with the place flashing. */
  async highlight(issue, row) {
    const index = this.grid.windows.indexOf(row.id);
    if (index < 0) return;
    if (this.editing.editor?.row.id !== row.id && !row.locked && issue.target.length) await this.editing.open(index);
    const { editor } = this.editing;
    if (editor?.row.id === row.id) {
      if (issue.target.length) editor.choose(...issue.target[0]);
      else editor.focus();
    } else this.grid.goTo(index);
    const element = this.grid.viewport.live.get(index);
    for (const mark of element?.querySelectorAll(".g-src .qa-e, .g-src .qa-w") || []) {
      if (mark.title.split("\n").includes(issue.message)) {
        mark.classList.add("is-pointed");
        setTimeout(() => mark.classList.remove("is-pointed"), 1600);
      }
    }
  }

  drawFile() {
    const { file } = this;
    const row = this.grid.row();
    this.drawFoot(open(byGravity(this.typed.of(row) || []))[0], row);
    if (!this.isShown) return;
    const kinds = KINDS().filter(([kind]) => file.counts?.by_kind[kind]);
    fill(this.whole,
      h("p", { class: "dim" }, file.words()),
      kinds.map(([kind, label]) => h("button", { class: "issue-count", type: "button", "data-item": "", title: gettext("Show these rows"), onclick: () => file.show(kind) }, h("span", { class: "fill" }, label), h("span", { class: "num" }, number(file.counts.by_kind[kind])))),
      file.counts?.dismissed > 0 && h("button", { class: "issue-count faint", type: "button", onclick: () => file.show("dismissed") }, h("span", { class: "fill" }, gettext("Dismissed")), h("span", { class: "num" }, number(file.counts.dismissed))),
      h("button", { class: "btn btn-s", type: "button", onclick: () => file.checkAll() }, file.isChecked ? gettext("Check again") : gettext("Check the file")));
    this.whole.setAttribute("aria-label", fmt(gettext("In the file: {words}"), { words: file.words() }));
  }
}
