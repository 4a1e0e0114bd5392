/** The page that searches rows: a text, how and where it is looked for, and what was found, file by file. */

import { get } from "../core/api.js";
import { debounce, fill, h, need } from "../core/dom.js";
import { announce } from "../core/focus.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { bind } from "../core/keyboard.js";
import { searchLink } from "../core/links.js";
import { choosePlace } from "../components/palette.js";
import { openMenu, separator } from "../components/menu.js";
import { MODES, PLACES } from "../components/queryedit.js";
import { QueryField } from "../components/queryfield.js";
import { completer, fieldName, modeName } from "./editor_query_words.js";
import { Results } from "./search_results.js";

const LIMIT = 100;
/** How many pages are fetched again to find the row that one came back from. */
const MOST_PAGES = 8;
const AS_TYPED = ["contains", "exact"];
/** `query`: the text is a filter; `similar`: by meaning. */
const ALL_MODES = [...MODES, "query", "similar"];
/** After how many milliseconds an engine that is being loaded is asked again. */
const LOADING_MS = 2500;
const ICONS = { platform: "platform", project: "project", folder: "folder", file: "file" };

class SearchPage {
  constructor() {
    const asked = new URLSearchParams(location.search);
    this.place = need("#results");
    /** From the top down to the place that is searched; nothing for everything. @type {{kind: string, id: number, name: string}[]} */
    this.steps = JSON.parse(this.place.dataset.steps || "[]");
    this.mode = ALL_MODES.includes(asked.get("mode") || "") ? asked.get("mode") : "contains";
    const fields = (asked.get("fields") || "").split(",").filter((field) => PLACES.includes(field));
    this.fields = fields.length ? fields : ["source", "target"];
    this.q = asked.get("q") || "";
    this.next = null;
    this.found = 0;
    const complete = completer({});
    this.field = new QueryField(need("#search-box"), {
      plain: this.mode !== "query",
      complete: (...place) => (this.mode === "query" ? complete(...place) : null),
      apply: (text) => this.ask(text),
      giveUp: () => (this.field.value === this.q ? this.ask("") : this.field.set(this.q)),
      leave: () => this.results.enter(),
      typed: debounce((text) => AS_TYPED.includes(this.mode) && text.trim() !== this.q && this.ask(text), 300),
    });
    this.results = new Results(this.place, { more: () => this.more(), back: () => this.field.focus(), address: (row) => this.address(row), retry: () => this.ask(this.q), everywhere: () => this.setSteps([]), contains: () => this.setMode("contains") });
    this.listen();
    this.drawHow();
    this.field.set(this.q);
    this.ask(this.q, Number(asked.get("at")) || 0);
    if (!asked.get("at")) this.field.focus();
  }

  listen() {
    this.modes = /** @type {HTMLSelectElement} */ (need("#search-mode"));
    fill(this.modes, ALL_MODES.map((mode) => h("option", { value: mode }, modeName(mode))));
    this.modes.value = this.mode;
    this.modes.addEventListener("change", () => this.setMode(this.modes.value));
    need("#search-fields").addEventListener("click", (event) => this.fieldsMenu(event.currentTarget));
    need("#search-scope").addEventListener("click", (event) => this.scopeMenu(event.currentTarget));
    const group = gettext("Find");
    bind(document, [
      { id: "search.text", label: gettext("Text to look for"), group, keys: ["Ctrl+KeyF"], typing: true, icon: "search", run: () => this.field.focus() },
      { id: "search.scope", label: gettext("Where to look"), group, keys: ["Alt+KeyW"], typing: true, icon: "folder", run: () => this.scopeMenu(need("#search-scope")) },
      { id: "search.everything", label: gettext("Look everywhere"), group, keys: [], icon: "globe", when: () => this.steps.length > 0, run: () => this.setSteps([]) },
      ...ALL_MODES.map((mode) => ({ id: `search.mode-${mode}`, label: modeName(mode), group, keys: [], help: false, icon: mode === "similar" ? "same" : "search", run: () => this.setMode(mode) })),
    ]);
  }

  // ---- how and where ----
  get scope() {
    const last = this.steps[this.steps.length - 1];
    return last ? `${last.kind}:${last.id}` : "";
  }

  /** The page's address: what is asked, and the row to come back to. */
  address(row = 0) {
    const fields = this.fields.join(",");
    return searchLink({ q: this.q, mode: this.mode === "contains" ? "" : this.mode, fields: fields === "source,target" ? "" : fields, scope: this.scope, at: row ? String(row) : "" });
  }

  setMode(mode) {
    this.mode = mode;
    this.modes.value = mode;
    this.field.options.plain = mode !== "query";
    this.field.draw();
    this.drawHow();
    this.ask(this.field.value);
  }

  setSteps(steps) {
    this.steps = steps;
    this.drawHow();
    this.ask(this.field.value);
  }

  drawHow() {
    const fields = need("#search-fields");
    // A filter names its fields itself; what means the same is found by the source.
    fields.hidden = !MODES.includes(this.mode);
    need("span", fields).textContent = this.fields.length === PLACES.length ? gettext("All fields") : PLACES.filter((field) => this.fields.includes(field)).map(fieldName).join(", ");
    fields.setAttribute("aria-label", fmt(gettext("Look in: {fields}"), { fields: need("span", fields).textContent }));
    const scope = need("#search-scope");
    const last = this.steps[this.steps.length - 1];
    need("span", scope).textContent = last ? last.name : gettext("Everything");
    scope.setAttribute("aria-label", fmt(gettext("Look in: {fields}"), { fields: this.steps.map((step) => step.name).join(" › ") || gettext("Everything") }));
  }

  fieldsMenu(button) {
    openMenu(
      PLACES.map((field) => ({
        label: fieldName(field), checked: this.fields.includes(field),
        run: () => {
          const fields = this.fields.includes(field) ? this.fields.filter((one) => one !== field) : [...this.fields, field];
          if (fields.length) this.fields = PLACES.filter((one) => fields.includes(one));
          this.drawHow();
          this.ask(this.field.value);
        },
      })),
      button,
      { label: gettext("Look in") },
    );
  }

  scopeMenu(button) {
    openMenu(
      [
        { label: gettext("Everything"), icon: "globe", checked: !this.steps.length, run: () => this.setSteps([]) },
        ...this.steps.map((step, at) => ({ label: step.name, icon: ICONS[step.kind], checked: at === this.steps.length - 1, run: () => this.setSteps(this.steps.slice(0, at + 1)) })),
        separator,
        { label: gettext("Another place…"), icon: "search", run: () => choosePlace(({ kind, id, name, path }) => this.setSteps([...(path || []), { kind, id, name }])) },
      ],
      button,
      { label: gettext("Where to look") },
    );
  }

  // ---- asking ----
  query(cursor = null) {
    const what = this.mode === "query" ? { query: this.q } : { q: this.q, mode: this.mode, fields: MODES.includes(this.mode) ? this.fields.join(",") : "" };
    return { ...what, scope: this.scope || "all", limit: LIMIT, cursor };
  }

  /** A page of rows. Pages that had no time to be filled are gone through. */
  async page(cursor, signal) {
    let answer = await get("search/rows", { query: this.query(cursor), signal });
    while (!answer.results.length && answer.next) {
      this.say(gettext("Searching…"));
      answer = await get("search/rows", { query: this.query(answer.next), signal });
    }
    return answer;
  }

  /** Look for a text. @param {string} text @param {number} [at] a row to come back to */
  async ask(text, at = 0) {
    this.q = text.trim();
    history.replaceState(null, "", this.address(at));
    this.asked?.abort();
    this.field.forgive();
    this.next = null;
    this.found = 0;
    if (!this.q) {
      this.results.invite();
      this.say("");
      return;
    }
    const asked = (this.asked = new AbortController());
    const late = setTimeout(() => this.results.wait(), 200);
    try {
      const answer = await this.page(null, asked.signal);
      if (asked !== this.asked) return;
      clearTimeout(late);
      this.results.clear();
      this.take(answer);
      if (!answer.results.length) this.nothing(answer.similar, asked);
      announce(this.count);
      if (at) await this.comeBack(at);
    } catch (error) {
      clearTimeout(late);
      if (error.name === "AbortError" || asked !== this.asked) return;
      this.say("");
      if (error.code === "bad_query" && error.details.at !== undefined) this.field.refuse(error);
      this.results.fault(error, this.mode);
      announce(error.message, true);
    }
  }

  nothing(similar, asked) {
    this.results.nothing({ mode: this.mode, narrow: this.steps.length > 0, similar });
    if (similar?.state === "loading") setTimeout(() => asked === this.asked && this.ask(this.q), LOADING_MS);
  }

  /** The rest of what was found, as far as a page goes. @returns {Promise<boolean>} whether rows came */
  async more() {
    if (!this.next || this.isBusy) return false;
    const { asked } = this;
    this.isBusy = true;
    try {
      const answer = await this.page(this.next, asked.signal);
      if (asked !== this.asked) return false;
      this.take(answer);
      announce(this.count);
      return answer.results.length > 0;
    } catch (error) {
      if (error.name !== "AbortError") this.results.faultBelow(error);
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  take(answer) {
    this.next = answer.next;
    this.found += answer.results.length;
    this.results.add(answer.results, { hasMore: Boolean(answer.next), similar: this.mode === "similar" });
    if (answer.total !== undefined && answer.total !== null) this.say(fmt(ngettext("{n} row", "{n} rows", answer.total), { n: number(answer.total) }));
    else this.say(answer.next ? fmt(ngettext("first {n} row", "first {n} rows", this.found), { n: number(this.found) }) : fmt(ngettext("{n} row", "{n} rows", this.found), { n: number(this.found) }));
  }

  say(words) {
    this.count = words;
    need("#search-count").textContent = words;
  }

  async comeBack(row) {
    for (let pages = 0; pages < MOST_PAGES && !this.results.has(row); pages += 1) if (!(await this.more())) break;
    this.results.enter(row);
  }
}

new SearchPage();
