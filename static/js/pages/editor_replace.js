/** Find and replace: a panel above the grid with every hit before and after; nothing changes until it is applied. */

import { post } from "../core/api.js";
import { debounce, fill, freshId, h, icon, need } from "../core/dom.js";
import { announce } from "../core/focus.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { bind, isComposing } from "../core/keyboard.js";
import { toast, toastError } from "../components/toast.js";
import { countWords, HitList } from "./editor_replace_list.js";

const PAGE = 100;
const NOTHING = { hits: 0, rows: 0, refused: 0, complete: true, next: null };

/** Which rows are looked through. */
const SCOPES = () => [["filter", gettext("Rows of the filter")], ["selection", gettext("Chosen rows")], ["file", gettext("Whole file")]];
/** The status of rows that changed. */
const STATUSES = () => [["translated", gettext("then translated")], ["confirmed", gettext("then confirmed")], ["keep", gettext("keep the status")]];

export class ReplacePanel {
  /** @param {{fileId: number, grid: any, editing: any, info: any, acts: any, filter: any}} editor */
  constructor(editor) {
    this.editor = editor;
    /** @type {any} */
    this.rows = null;
    this.next = null;
    this.totals = NOTHING;
    this.revision = 0;
    this.asked = null;
    this.#build();
    this.look = debounce(() => this.preview(), 200);
    editor.grid.addEventListener("view", () => this.isOpen && this.scope.value === "filter" && this.preview());
  }

  get isOpen() {
    return !this.element.hidden;
  }

  #build() {
    const problemId = freshId("problem");
    this.find = /** @type {HTMLInputElement} */ (h("input", { class: "input mono", id: "replace-find", type: "text", autocomplete: "off", spellcheck: "false", "aria-label": gettext("Find"), placeholder: gettext("Find"), "aria-describedby": problemId, oninput: () => this.look() }));
    this.by = /** @type {HTMLInputElement} */ (h("input", { class: "input mono", id: "replace-by", type: "text", autocomplete: "off", "aria-label": gettext("Replace with"), placeholder: gettext("Replace with"), oninput: () => this.look() }));
    const language = this.editor.info.languages?.target;
    if (language?.code) this.by.lang = language.code;
    this.toggles = {
      case: this.#toggle("Aa", gettext("Match case")),
      words: this.#toggle("ab", gettext("Whole words")),
      regex: this.#toggle(".*", gettext("Regular expression; $1 is the first group")),
      codes: this.#toggle("{0}", gettext("Also inside codes and colours")),
    };
    this.scope = this.#select(SCOPES(), gettext("Look in"), () => this.#scopeChanged());
    this.status = this.#select(STATUSES(), gettext("Status of changed rows"), () => {});
    this.count = h("span", { class: "dim num", role: "status" });
    this.problem = h("p", { class: "rp-problem", id: problemId, role: "alert", hidden: true });
    this.list = h("div", { class: "rp-list scroll", role: "group", "aria-label": gettext("Hits"), tabindex: "-1" });
    this.hits = new HitList(this.list, {
      language: language || {}, onUse: (hit) => this.#show(hit, true), onChoice: () => this.#drawCount(), onMore: () => this.#loadMore(), onLeave: () => this.find.focus(),
    });
    this.one = h("button", { class: "btn btn-s", type: "button", onclick: () => this.replaceOne() }, gettext("Replace this one"));
    this.everything = h("button", { class: "btn btn-s btn-primary", type: "button", onclick: () => this.replaceAll() }, gettext("Replace"));
    const step = (direction, name, label) => h("button", { class: "btn btn-icon btn-s", type: "button", "aria-label": label, title: label, onclick: () => this.step(direction) }, icon(name));
    this.element = h(
      "section",
      { class: "replace", id: "replace", "aria-label": gettext("Find and replace"), "data-pane": "replace", hidden: true },
      h("div", { class: "rp-line" }, this.find, h("span", { class: "rp-toggles" }, Object.values(this.toggles)), step(-1, "up", gettext("Hit before")), step(1, "down", gettext("Next hit")), this.count, h("span", { class: "fill" }),
        h("button", { class: "btn btn-icon btn-s", type: "button", "aria-label": gettext("Close find and replace"), title: `${gettext("Close find and replace")} (Esc)`, onclick: () => this.close() }, icon("close"))),
      h("div", { class: "rp-line" }, this.by, this.scope, this.status, this.one, this.everything,
        h("button", { class: "btn btn-s btn-quiet", type: "button", onclick: () => this.hits.all(this.hits.skipped.size > 0) }, gettext("All or none"))),
      this.problem, this.list,
    );
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    need("#grid-host").before(this.element);
  }

  #toggle(sign, label) {
    return h("button", {
      class: "rp-toggle mono", type: "button", "aria-pressed": "false", "aria-label": label, title: label,
      onclick: (event) => {
        const { currentTarget: button } = event;
        button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
        this.preview();
      },
    }, sign);
  }

  #select(options, label, onChange) {
    return /** @type {HTMLSelectElement} */ (h("select", { class: "select select-s", "aria-label": label, title: label, onchange: onChange }, options.map(([value, name]) => h("option", { value }, name))));
  }

  #onKey(event) {
    if (isComposing(event)) return;
    const inField = event.target === this.find || event.target === this.by;
    if (event.code === "Escape" && !event.defaultPrevented) this.close();
    else if (inField && (event.code === "Enter" || event.code === "NumpadEnter") && event.ctrlKey) this.replaceAll();
    else if (inField && (event.code === "Enter" || event.code === "NumpadEnter")) this.step(event.shiftKey ? -1 : 1);
    else if (inField && event.code === "ArrowDown") this.hits.roving.first();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Open, or come back to the field. @param {{find?: string, scope?: "filter"|"selection"|"file"}} [asked] */
  async open(asked = {}) {
    const { grid, editing } = this.editor;
    const picked = editing.isOpen ? "" : String(getSelection());
    const text = asked.find ?? (editing.isOpen ? selectedIn(editing) : picked.includes("\n") ? "" : picked);
    editing.leave();
    this.element.hidden = false;
    if (text) this.find.value = text;
    const scope = asked.scope || (grid.selection.isMany && !grid.selection.all ? "selection" : this.rows && this.scope.value === "selection" ? "filter" : this.scope.value);
    this.scope.value = scope;
    // Before anything is asked for: the next key belongs into the field, not into a row of the grid.
    this.find.focus();
    this.find.select();
    await this.#scopeChanged();
  }

  close() {
    const { grid } = this.editor;
    this.asked?.abort();
    this.element.hidden = true;
    if (grid.selection.current >= 0) grid.goTo(grid.selection.current);
    else grid.body.focus();
  }

  async #scopeChanged() {
    const { acts } = this.editor;
    // What was chosen when the panel opened stays its scope while the cursor steps through the hits.
    this.rows = this.scope.value === "selection" ? await acts.chosen() : null;
    await this.preview();
  }

  /** The rows to look through, as an act takes them. */
  get chosen() {
    const { acts } = this.editor;
    return this.rows || (this.scope.value === "file" ? acts.ofFile() : acts.ofFilter());
  }

  /** What is looked for and how, as the API takes it. */
  get wish() {
    const on = (name) => this.toggles[name].getAttribute("aria-pressed") === "true";
    return { find: this.find.value, with: this.by.value, case: on("case"), words: on("words"), regex: on("regex"), codes: on("codes") };
  }

  /** Ask for the hits anew. */
  async preview() {
    this.asked?.abort();
    this.hits.skipped.clear();
    if (!this.find.value) {
      this.#take({ hits: [], totals: NOTHING, next: null });
      this.#refuse("");
      return;
    }
    const asked = (this.asked = new AbortController());
    const late = setTimeout(() => (this.count.textContent = gettext("Searching…")), 300);
    try {
      const answer = await this.#fetch({}, asked.signal);
      clearTimeout(late);
      this.#refuse("");
      this.#take(answer);
      await this.#countOn(asked.signal);
    } catch (error) {
      if (error?.name === "AbortError") return;
      this.#take({ hits: [], totals: NOTHING, next: null });
      this.#refuse(error.message);
    } finally {
      clearTimeout(late);
    }
  }

  #fetch(more, signal) {
    const cursor = more.cursor ? { cursor: more.cursor } : {};
    return post(`files/${this.editor.fileId}/acts/preview`, { act: "replace", scope: this.chosen.scope, ...this.wish, ...more, ...cursor, limit: PAGE }, { signal });
  }

  #take(answer) {
    this.next = answer.next;
    this.revision = answer.revision ?? 0;
    this.totals = answer.totals;
    this.hits.show(answer.hits, Boolean(answer.next));
    this.#drawCount();
  }

  /** A file too large to be gone through at once: the counts grow while the list can be worked with. */
  async #countOn(signal) {
    while (!this.totals.complete) {
      const { totals } = await this.#fetch({ count: this.totals.next }, signal);
      this.totals = totals;
      this.#drawCount();
    }
  }

  async #loadMore() {
    const { asked } = this;
    if (!this.next || this.loading) return;
    this.loading = true;
    try {
      // A page whose time ran out may be empty and go on all the same.
      for (let found = 0; !found && this.next; ) {
        const answer = await this.#fetch({ cursor: this.next }, asked?.signal);
        this.next = answer.next;
        found = answer.hits.length;
        this.hits.append(answer.hits, Boolean(answer.next));
      }
    } catch (error) {
      if (error?.name !== "AbortError") this.#refuse(error.message);
    } finally {
      this.loading = false;
    }
  }

  #refuse(sentence) {
    this.problem.hidden = !sentence;
    this.problem.textContent = sentence;
    if (sentence) this.find.setAttribute("aria-invalid", "true");
    else this.find.removeAttribute("aria-invalid");
  }

  #drawCount() {
    const { hits, rows, refused, complete } = this.totals;
    const { taken } = this;
    const words = [hits ? countWords(hits, rows) : "", refused ? fmt(ngettext("{n} in codes", "{n} in codes", refused), { n: number(refused) }) : ""].filter(Boolean).join(" · ");
    const none = complete ? gettext("No hit") : gettext("Searching…");
    this.count.textContent = this.find.value ? (words ? words + (complete ? "" : " …") : none) : "";
    this.list.hidden = !hits && !this.hits.hits.length;
    fill(this.everything, taken === hits && hits ? fmt(ngettext("Replace {n}", "Replace all {n}", hits), { n: number(hits) }) : fmt(gettext("Replace {n} of {all}"), { n: number(taken), all: number(hits) }));
    this.everything.toggleAttribute("disabled", taken < 1);
    this.one.toggleAttribute("disabled", hits < 1);
  }

  /** How many hits would be replaced. */
  get taken() {
    return Math.max(0, this.totals.hits - this.hits.skipped.size);
  }

  /** Stand on the next hit. @param {1|-1} direction */
  step(direction) {
    const hit = this.hits.step(direction);
    if (!hit) {
      if (this.find.value) announce(gettext("No hit"));
      return false;
    }
    if (direction > 0 && this.hits.at > this.hits.hits.length - 5) this.#loadMore();
    this.#show(hit, this.editor.grid.body.contains(document.activeElement));
    announce(fmt(gettext("Row {n}: {text}"), { n: number(hit.n), text: hit.text }));
    return true;
  }

  /** Bring the row of a hit into sight; the focus goes with it only from the grid or the list. */
  async #show(hit, focus) {
    const { grid } = this.editor;
    try {
      const index = await grid.locate({ row: hit.row_id });
      if (grid.selection.isMany && !focus) grid.selection.set(index);
      grid.goTo(index, { focus });
    } catch (error) {
      if (error.code === "not_in_view") toast(gettext("The filter hides this row."), { kind: "warn", id: "hidden-hit", actions: [{ label: gettext("Show all rows"), run: () => this.editor.filter.clear() }] });
      else toastError(error);
    }
  }

  /** Only the hit that is marked, then on to the next. */
  async replaceOne() {
    const hit = this.hits.current || this.hits.step(1);
    if (!hit) return;
    const { at } = this.hits;
    const outcome = await this.#apply({ hits: [{ row_id: hit.row_id, index: hit.index }] }, { scope: { ids: [hit.row_id] }, count: 1 });
    if (!outcome) return;
    await this.preview();
    this.hits.mark(Math.min(at, this.hits.hits.length - 1));
    if (this.hits.current) this.#show(this.hits.current, false);
  }

  async replaceAll() {
    if (this.everything.hasAttribute("disabled")) return;
    const left = this.hits.left();
    const rows = { ...this.chosen, count: this.totals.rows };
    const outcome = await this.#apply({ revision: this.revision, ...(Object.keys(left).length ? { left } : {}) }, rows, countWords(this.taken, this.totals.rows));
    if (outcome) await this.preview();
    if (this.isOpen) this.find.focus();
  }

  #apply(which, rows, words = "") {
    return this.editor.acts.run("replace", { ...this.wish, ...which, status: this.status.value }, {
      rows, label: gettext("Replace"), title: words && fmt(gettext("Replace {hits}?"), { hits: words }),
      done: (n) => fmt(ngettext("Replaced in {n} row.", "Replaced in {n} rows.", n), { n: number(n) }),
    });
  }
}

function selectedIn(editing) {
  const { area } = editing.editor;
  const text = area?.value?.slice(area.selectionStart, area.selectionEnd) || "";
  return text.includes("\n") ? "" : editing.editor.alphabet ? editing.editor.alphabet.decode(text) : text;
}

/** The keys of find and replace. @param {ReplacePanel} panel */
export function bindReplace(panel) {
  const group = gettext("Find");
  bind(document, [
    { id: "find.replace", label: gettext("Find and replace"), group, keys: ["Ctrl+KeyH"], typing: true, icon: "swap", run: () => { panel.open(); } },
    { id: "find.next", label: gettext("Next hit"), group, keys: ["F3"], typing: true, when: () => panel.isOpen, run: () => panel.step(1) },
    { id: "find.before", label: gettext("Hit before"), group, keys: ["Shift+F3"], typing: true, when: () => panel.isOpen, run: () => panel.step(-1) },
  ]);
}
