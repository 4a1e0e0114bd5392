/** The filter bar: text, statuses, marks, fields and order; how many rows of how many. */

import { need } from "../core/dom.js";
import { number } from "../core/format.js";
import { announce } from "../core/focus.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { isComposing } from "../core/keyboard.js";
import { tidy } from "../components/grid/filter.js";
import { openMenu, separator } from "../components/menu.js";
import { STATUSES, statusGlyph, statusName } from "../components/status.js";
import { fill, h, icon } from "../core/dom.js";
import { toastError } from "../components/toast.js";

const FIELDS = () => [["source", gettext("Source")], ["target", gettext("Target")], ["key", gettext("Key")], ["comment", gettext("Comment")]];
const FLAGS = () => [["source_changed", gettext("Source changed")], ["locked", gettext("Locked")], ["blank", gettext("Empty on purpose")]];
const SORTS = () => [["position", gettext("As in the file")], ["key", gettext("By key")], ["source", gettext("By source")], ["target", gettext("By target")], ["edited", gettext("Last edited first")]];

export class FilterBar {
  constructor(grid, editing) {
    this.grid = grid;
    this.editing = editing;
    this.input = /** @type {HTMLInputElement} */ (need("#filter-text"));
    this.button = need("#filter-menu");
    this.label = need("#filter-label");
    this.count = need("#count");
    this.chosen = { status: [], flags: [], fields: ["source", "target"], sort: "position", text: "" };
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.button.addEventListener("click", () => this.openMenu());
    grid.addEventListener("view", () => this.draw());
    grid.addEventListener("rows", () => this.draw());
    grid.addEventListener("selection", () => this.grid.left.size && this.draw());
    this.draw();
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  onKey(event) {
    if (isComposing(event)) return;
    if (event.code === "Enter" || event.code === "NumpadEnter") this.apply({ text: this.input.value });
    else if (event.code === "Escape") {
      if (this.input.value === this.chosen.text && this.chosen.text) this.apply({ text: "" });
      this.input.value = this.chosen.text;
      this.backToGrid();
    } else if (event.code === "ArrowDown") this.backToGrid();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  backToGrid() {
    if (this.grid.selection.current >= 0) this.grid.goTo(this.grid.selection.current);
    else this.grid.body.focus();
  }

  /** Change some of the filter and show what it lets through. */
  async apply(change) {
    const before = { ...this.chosen };
    Object.assign(this.chosen, change);
    this.input.value = this.chosen.text;
    const late = setTimeout(() => (this.count.textContent = gettext("Filtering…")), 400);
    try {
      await this.grid.applyFilter(tidy(this.chosen));
      announce(this.count.textContent || "");
    } catch (error) {
      this.chosen = before;
      this.input.value = change.text ?? before.text;
      toastError(error);
    } finally {
      clearTimeout(late);
    }
    this.draw();
  }

  /** The filter as parameters of an address. */
  asQuery() {
    const wanted = tidy(this.chosen) || {};
    return Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : value]));
  }

  /** Apply a filter that an address asks for. @param {URLSearchParams} query */
  async applyAsked(query) {
    const change = {};
    for (const name of ["status", "flags", "fields"]) if (query.get(name)) change[name] = query.get(name).split(",");
    for (const name of ["text", "sort"]) if (query.get(name)) change[name] = query.get(name);
    if (Object.keys(change).length) await this.apply(change);
  }

  clear() {
    this.apply({ status: [], flags: [], text: "" });
  }

  toggle(name, value) {
    const list = this.chosen[name];
    const next = list.includes(value) ? list.filter((one) => one !== value) : [...list, value];
    return this.apply({ [name]: name === "fields" && !next.length ? list : next });
  }

  openMenu() {
    const { status, flags, fields, sort } = this.chosen;
    openMenu(
      [
        ...STATUSES.map((one) => ({ label: statusName(one), icon: statusGlyph(one), checked: status.includes(one), run: () => this.toggle("status", one) })),
        { label: gettext("To do: new, original, translated"), icon: "tasks", run: () => this.apply({ status: ["new", "original", "translated"] }) },
        separator,
        ...FLAGS().map(([value, label]) => ({ label, checked: flags.includes(value), run: () => this.toggle("flags", value) })),
        separator,
        { label: gettext("Look for the text in"), icon: "search", items: FIELDS().map(([value, label]) => ({ label, checked: fields.includes(value), run: () => this.toggle("fields", value) })) },
        { label: gettext("Order"), icon: "swap", items: SORTS().map(([value, label]) => ({ label, checked: sort === value, run: () => this.apply({ sort: value }) })) },
        separator,
        { label: gettext("All rows"), icon: "close", run: () => this.clear(), disabled: this.grid.filter ? undefined : gettext("There is no filter.") },
      ],
      this.button,
      { label: gettext("Filter") },
    );
  }

  draw() {
    const { status, flags } = this.chosen;
    const names = [...status.map(statusName), ...FLAGS().filter(([value]) => flags.includes(value)).map(([, label]) => label)];
    this.label.textContent = names.length > 2 ? fmt(ngettext("{n} chosen", "{n} chosen", names.length), { n: names.length }) : names.join(", ") || gettext("All rows");
    this.button.classList.toggle("is-active", names.length > 0);
    const all = this.grid.options.total;
    const shown = this.grid.windows.total - this.grid.left.size;
    if (this.grid.filter) fill(this.count, number(shown), " ", h("span", { class: "faint" }, fmt(ngettext("of {n} row", "of {n} rows", all), { n: number(all) })));
    else fill(this.count, fmt(ngettext("{n} row", "{n} rows", all), { n: number(all) }));
    this.drawEmpty();
  }

  drawEmpty() {
    const host = this.grid.body;
    host.querySelector(".empty")?.remove();
    if (this.grid.windows.total) return;
    const all = this.grid.options.total;
    host.append(
      this.grid.filter
        ? h("div", { class: "empty" }, icon("filter"), h("p", null, fmt(ngettext("No row matches. {n} row without the filter.", "No row matches. {n} rows without the filter.", all), { n: number(all) })), h("button", { class: "btn", type: "button", onclick: () => this.clear() }, gettext("Show all rows")))
        : h("div", { class: "empty" }, icon("file"), h("p", null, gettext("This file has no text to translate."))),
    );
  }
}
