/** The filter bar: the filter language in a field, its menu, saved filters; how many rows of how many. */

import { get } from "../core/api.js";
import { fill, h, icon, need } from "../core/dom.js";
import { announce } from "../core/focus.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { searchLink } from "../core/links.js";
import { tidy } from "../components/grid/filter.js";
import { choose, searchText } from "../components/queryedit.js";
import { QueryField } from "../components/queryfield.js";
import { finderOf } from "../components/queryhits.js";
import { toastError } from "../components/toast.js";
import { namesIn, openFilterMenu } from "./editor_query_menu.js";
import { completer } from "./editor_query_words.js";
import { SavedFilters } from "./editor_saved_filters.js";
import { showWayBack } from "./search_back.js";

export class FilterBar {
  constructor(grid, editing) {
    Object.assign(this, { grid, editing, query: "", sort: "position" });
    /** How many rows each check found something in, as far as the server said. @type {Object<string, number>} */
    this.counts = {};
    /** @type {SavedFilters|null} */
    this.saved = null;
    this.button = need("#filter-menu");
    this.label = need("#filter-label");
    this.count = need("#count");
    this.field = new QueryField(need("#filter-box"), {
      apply: (text) => this.apply({ query: text }),
      giveUp: () => this.giveUp(),
      leave: () => this.backToGrid(),
      complete: completer({ saved: () => this.saved?.list || [], counts: () => this.counts }),
    });
    this.input = this.field.input;
    this.button.addEventListener("click", () => this.openMenu());
    grid.addEventListener("view", () => this.draw());
    grid.addEventListener("rows", () => this.draw());
    grid.addEventListener("selection", () => this.grid.left.size && this.draw());
    grid.body.addEventListener("keydown", (event) => {
      if (event.code === "Escape" && !grid.windows.total && this.query) this.clear();
    });
    grid.contribute("hits", () => this.finder());
    this.readCounts();
    this.draw();
  }

  /** The project is known: its saved filters are. */
  keepFilters(projectId) {
    this.saved = new SavedFilters(this, projectId, need("#saved-menu"));
  }

  focus() {
    this.field.focus();
  }

  /** Esc: the last filter comes back; when it is there already, all rows do. */
  giveUp() {
    if (this.input.value === this.query && this.query) this.clear();
    else this.field.set(this.query);
    this.backToGrid();
  }

  backToGrid() {
    if (this.grid.selection.current >= 0) this.grid.goTo(this.grid.selection.current);
    else this.grid.body.focus();
  }

  /** What finds the letters that were looked for; the same one while the filter is the same. */
  finder() {
    const query = this.grid.filter?.query || "";
    if (query !== this.found?.query) this.found = { query, finder: query ? finderOf(query) : null };
    return this.found.finder || undefined;
  }

  /**
   * Change the filter and show what it lets through. What the server does not understand stays in the field.
   * @param {{query?: string, sort?: string}} change @returns {Promise<boolean>} whether it is applied
   */
  async apply(change) {
    const wanted = { query: (change.query ?? this.query).trim(), sort: change.sort ?? this.sort };
    const round = (this.round = (this.round || 0) + 1);
    if (change.query !== undefined && this.input.value.trim() !== wanted.query) this.field.set(wanted.query);
    const late = setTimeout(() => (this.count.textContent = gettext("Filtering…")), 400);
    try {
      const before = { query: this.query, sort: this.sort };
      // Those who listen to the view ask what is shown.
      Object.assign(this, wanted);
      try {
        await this.grid.applyFilter(tidy(wanted));
      } catch (error) {
        if (round === this.round) Object.assign(this, before);
        throw error;
      }
      if (round !== this.round) return false;
      this.field.forgive();
      announce(this.count.textContent || "");
      return true;
    } catch (error) {
      if (round === this.round && error.code === "bad_query") {
        if (document.activeElement !== this.input && change.query !== undefined) this.input.focus();
        this.field.refuse(error);
      } else toastError(error);
      return false;
    } finally {
      clearTimeout(late);
      this.draw();
    }
  }

  /** The filter as parameters of an address. */
  asQuery() {
    const wanted = tidy(this) || {};
    return { ...(wanted.query && { q: wanted.query }), ...(wanted.sort && { sort: wanted.sort }), ...(this.from && { from: this.from }) };
  }

  /** Apply a filter that an address asks for: ?q= and ?sort=; status, text, fields and flags as older links have them. @param {URLSearchParams} asked */
  async applyAsked(asked) {
    this.from = asked.get("from") === "search" ? "search" : "";
    if (this.from) showWayBack();
    const query = asked.get("q") || older(asked);
    const sort = asked.get("sort") || "position";
    if (query || sort !== "position") await this.apply({ query, sort });
  }

  clear() {
    return this.apply({ query: "" });
  }

  openMenu() {
    this.readCounts();
    openFilterMenu(this, this.button);
  }

  /** Rows that mean the same are found by another engine: its page has them. */
  findSimilar(text) {
    location.assign(searchLink({ q: text, mode: "similar", scope: `file:${this.grid.options.fileId}` }));
  }

  /** The filter over the whole project. */
  findElsewhere() {
    location.assign(searchLink({ q: this.query, mode: "query", scope: `project:${this.saved?.projectId}` }));
  }

  async readCounts() {
    try {
      const { by_kind: kinds, dismissed } = await get(`files/${this.grid.options.fileId}/issues/counts`);
      this.counts = { ...kinds, ...(dismissed && { dismissed }) };
    } catch {
      // The menu works without figures.
    }
  }

  draw() {
    const names = namesIn(this.query);
    const several = fmt(ngettext("{n} chosen", "{n} chosen", names.length), { n: names.length });
    this.label.textContent = names.length > 2 ? several : names.join(", ") || (this.query ? gettext("Filtered") : gettext("All rows"));
    this.button.classList.toggle("is-active", Boolean(this.query));
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
        ? h("div", { class: "empty" }, icon("filter"), h("p", null, fmt(ngettext("No row matches. {n} row without the filter.", "No row matches. {n} rows without the filter.", all), { n: number(all) })), h("button", { class: "btn", type: "button", onclick: () => this.clear() }, gettext("Show all rows"), h("kbd", { class: "kbd" }, "Esc")))
        : h("div", { class: "empty" }, icon("file"), h("p", null, gettext("This file has no text to translate."))),
    );
  }
}

/** The filter of an address from before there was one language. */
function older(asked) {
  const list = (name) => (asked.get(name) || "").split(",").filter(Boolean);
  const value = asked.get("text") || "";
  const parts = [value && searchText({ mode: "contains", fields: list("fields").length ? list("fields") : ["source", "target"], value }), ...list("flags").map((flag) => `is:${flag === "source_changed" ? "changed" : flag}`)];
  return choose(parts.filter(Boolean).join(" "), "status", list("status"));
}
