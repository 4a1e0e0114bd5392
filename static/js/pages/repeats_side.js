/** One source of the repeats: its targets to pick from, its rows, and giving all of them one text. */

import { get, pollTask, post } from "../core/api.js";
import { fill, h, icon } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext, pgettext } from "../core/i18n.js";
import { formDialog } from "../components/forms.js";
import { STATUSES, statusIcon, statusName } from "../components/status.js";
import { renderText } from "../components/textmark.js";
import { toast, toastError } from "../components/toast.js";
import { sameLine } from "./repeats_lines.js";

const PAGE = 100;
const SHOWN = 12;
const isDone = (row) => ["confirmed", "reviewed", "approved"].includes(row.status);

export class RepeatSide {
  /**
   * @param {HTMLElement} element
   * @param {{fileId: number, languages: {source: string, target: string}, scope: () => string, onDone: () => void, onLeave: () => void}} options
   */
  constructor(element, options) {
    this.element = element;
    this.options = options;
    this.group = null;
    this.rows = [];
    this.next = null;
    this.element.addEventListener("keydown", (event) => {
      if (event.code !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      options.onLeave();
    });
  }

  clear() {
    this.group = null;
    fill(this.element);
  }

  get path() {
    const { element } = this;
    const list = /** @type {HTMLElement} */ (element.ownerDocument.querySelector("#repeats-list"));
    const place = this.options.scope() === "project" ? `projects/${list.dataset.project}` : `files/${list.dataset.file}`;
    return `${place}/repeats/${this.group.hash}/rows`;
  }

  /** Show a source: its targets at once, its rows as they come. */
  async show(group) {
    this.group = group;
    this.rows = [];
    this.next = null;
    this.#draw();
    await this.loadRows();
  }

  async loadRows() {
    const { group } = this;
    const answer = await get(this.path, { query: { limit: PAGE, cursor: this.next } });
    if (this.group !== group) return;
    this.rows = [...this.rows, ...answer.results];
    this.next = answer.next;
    this.#drawRows();
    this.#drawAct();
  }

  #draw() {
    const { source, target } = this.options.languages;
    this.act = h("div", { class: "rep-acts" });
    this.list = h("div", { class: "rep-rows" });
    fill(
      this.element,
      h("div", { class: "rep-source" }, h("span", { class: "g-text", lang: source || null, dir: "auto" }, renderText(this.group.source))),
      h("div", { class: "sec" }, gettext("Texts in use"), h("span", { class: "push" }, number(this.group.targets.length))),
      h("div", { class: "rep-targets", role: "radiogroup", "aria-label": gettext("Texts in use") }, this.group.targets.map((use, at) => this.#target(use, at, target))),
      this.act,
      h("div", { class: "sec" }, gettext("Rows"), h("span", { class: "push" }, number(this.group.rows))),
      this.list,
    );
    this.element.querySelector(".rep-targets")?.addEventListener("change", () => this.#drawAct());
    this.#drawAct();
  }

  #target(use, at, language) {
    const states = STATUSES.filter((name) => use.status?.[name]);
    return h("label", { class: "rep-target check" },
      h("input", { type: "radio", name: "repeat-target", value: String(at), checked: at === this.#likeliest(), disabled: !use.target }),
      h("span", { class: use.target ? "g-text" : "faint", lang: language || null, dir: "auto" }, use.target ? renderText(use.target) : gettext("empty")), h("span", { class: "num faint" }, number(use.rows)),
      h("span", { class: "rep-states" }, states.map((name) => h("span", { class: "row" }, statusIcon(name), fmt(pgettext("repeats", "{n} {status}"), { n: number(use.status[name]), status: statusName(name).toLocaleLowerCase() })))));
  }

  /** The text to begin with: the one that most people stand behind. */
  #likeliest() {
    const done = (use) => ["confirmed", "reviewed", "approved"].reduce((sum, name) => sum + (use.status?.[name] || 0), 0);
    let best = -1;
    this.group.targets.forEach((use, at) => {
      const other = this.group.targets[best];
      if (use.target && (best < 0 || done(use) > done(other) || (done(use) === done(other) && use.rows > other.rows))) best = at;
    });
    return best;
  }

  get chosen() {
    const radio = /** @type {HTMLInputElement|null} */ (this.element.querySelector("[name=repeat-target]:checked"));
    return radio ? this.group.targets[Number(radio.value)] : null;
  }

  /** Choose a text by its place. @returns {boolean} whether there is one */
  pick(at) {
    const radio = /** @type {HTMLInputElement|null} */ (this.element.querySelectorAll("[name=repeat-target]")[at]);
    if (!radio || radio.disabled) return false;
    radio.checked = true;
    radio.focus();
    this.#drawAct();
    return true;
  }

  focus() {
    const radio = /** @type {HTMLElement|null} */ (this.element.querySelector("[name=repeat-target]:checked") || this.element.querySelector("[name=repeat-target]:not(:disabled)"));
    radio?.focus();
  }

  #drawAct() {
    const use = this.chosen;
    const rest = use ? this.group.rows - use.rows : 0;
    const focused = this.act.contains(document.activeElement);
    fill(
      this.act,
      rest > 0 && h("button", { class: "btn btn-primary", type: "button", onclick: () => this.apply() }, icon("same"), fmt(ngettext("Use it for {n} more row", "Use it for {n} more rows", rest), { n: number(rest) })),
      use && rest === 0 && h("p", { class: "dim" }, gettext("All rows have this text.")),
      !use && h("p", { class: "dim" }, gettext("None of these rows has a text yet.")),
    );
    if (focused) /** @type {HTMLElement|null} */ (this.act.querySelector("button"))?.focus();
  }

  #drawRows() {
    const project = this.options.scope() === "project";
    fill(
      this.list,
      this.rows.map((row) =>
        h("a", { href: `/files/${row.file_id}/?row=${row.row_id}` }, statusIcon(row.status), h("span", { class: "num faint" }, number(row.n)),
          h("span", { class: row.target ? "g-text" : "faint", lang: this.options.languages.target || null, dir: "auto" }, row.target ? renderText(row.target) : gettext("empty")),
          h("span", { class: "where" }, [project && row.file_name, row.key].filter(Boolean).join(" · ")))),
      this.next && h("button", { class: "rep-more", type: "button", onclick: () => this.loadRows().catch(toastError) }, gettext("Show more rows")),
    );
  }

  /** Give every row the chosen text, after a look at what changes. */
  async apply() {
    const use = this.chosen;
    if (!use || this.group.rows === use.rows) return;
    try {
      while (!this.rows.some((row) => row.target === use.target) && this.next) await this.loadRows();
      const row = this.rows.find((one) => one.target === use.target);
      if (row) await this.#ask(row);
      else toast(gettext("No row has this text any more."), { kind: "warn" });
    } catch (error) {
      toastError(error);
    }
  }

  async #ask(row) {
    const path = `files/${row.file_id}/acts`;
    const body = { act: "propagate", row: row.row_id, to: this.options.scope(), text_rev: row.text_rev };
    const found = await post(`${path}/preview`, { ...body, confirmed: true });
    const differ = found.rows.filter((one) => one.target !== row.target && one.row_id !== row.row_id);
    const done = differ.filter(isDone).length;
    if (!differ.length) {
      toast(gettext("The other rows have another plural form or other letters: open them to change them."), { kind: "warn" });
      return;
    }
    const also = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", checked: done === differ.length }));
    const reason = /** @type {HTMLInputElement} */ (h("input", { class: "input", type: "text", maxlength: 500, autocomplete: "off" }));
    const outcome = await formDialog({
      title: fmt(ngettext("Give {n} row this text?", "Give {n} rows this text?", differ.length), { n: number(differ.length) }), action: gettext("Fill"),
      fields: [
        h("div", { class: "same-list scroll" }, differ.slice(0, SHOWN).map((one) => sameLine(one, row.target)), differ.length > SHOWN && h("p", { class: "faint" }, fmt(gettext("and {n} more"), { n: number(differ.length - SHOWN) }))),
        done > 0 && h("label", { class: "check" }, also, fmt(ngettext("Also {n} row that people confirmed", "Also {n} rows that people confirmed", done), { n: number(done) })),
        h("label", { class: "field" }, h("span", null, gettext("Reason (may stay empty)")), reason),
      ],
      save: async () => {
        const answer = await post(path, { ...body, confirmed: also.checked, reason: reason.value.trim() });
        return answer.task ? (await pollTask(answer.task)).result : answer;
      },
    }).closed;
    if (!outcome) return;
    this.#report(outcome, row.file_id);
    this.options.onDone();
  }

  #report(outcome, fileId) {
    const refused = outcome.refused_count ?? outcome.refused?.length ?? 0;
    const set = outcome.change_set || outcome.change_sets?.[0]?.change_set;
    const file = outcome.change_set ? fileId : outcome.change_sets?.[0]?.file_id;
    const left = refused ? ` ${fmt(ngettext("{n} row was left: {why}", "{n} rows were left: {why}", refused), { n: number(refused), why: outcome.refused?.[0]?.message || "" })}` : "";
    toast(fmt(ngettext("{n} row with the same source is filled.", "{n} rows with the same source are filled.", outcome.changed), { n: number(outcome.changed) }) + left, {
      kind: refused ? "warn" : "done", id: "act", actions: set ? [{ label: gettext("Changes"), run: () => location.assign(`/files/${file}/changes/?set=${set}`) }] : [],
    });
  }
}
