/** Who else has the file open: discs in the top bar, and marks on the rows they stand on. */

import { debounce, fill, h, need } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { avatar } from "../components/person.js";

const MOST_SHOWN = 5;
/** A short break of the line does not make everybody leave. */
const FORGET_MS = 5000;

/** @typedef {{connection: string, id: number, name: string, row: number|null}} Window_ a window of a person */

/** People by what their windows say, without this window and this person. Pure. */
export class People {
  /** @param {number} userId */
  constructor(userId) {
    this.userId = userId;
    /** @type {Map<string, Window_>} */
    this.windows = new Map();
    /** @type {Map<number, {id: number, name: string}[]>} row id -> people, the same list until it changes */
    this.onRows = new Map();
  }

  /** Everybody at once. Returns the rows that look different. */
  reset(people) {
    this.windows = new Map(people.map((one) => [one.connection, one]));
    return this.#arrange();
  }

  /** @param {{joined?: Window_[], moved?: {connection: string, row: number|null}[], left?: string[]}} frame */
  change({ joined = [], moved = [], left = [] }) {
    for (const one of joined) this.windows.set(one.connection, one);
    for (const { connection, row } of moved) {
      const known = this.windows.get(connection);
      if (known) this.windows.set(connection, { ...known, row });
    }
    for (const connection of left) this.windows.delete(connection);
    return this.#arrange();
  }

  /** The others, each once: {id, name, rows}. In the order they came. */
  get others() {
    const people = new Map();
    for (const { id, name, row } of this.windows.values()) {
      if (id === this.userId) continue;
      const person = people.get(id) || { id, name, rows: [] };
      if (row !== null && row !== undefined && !person.rows.includes(row)) person.rows.push(row);
      people.set(id, person);
    }
    return [...people.values()];
  }

  #arrange() {
    const before = this.onRows;
    const now = new Map();
    for (const { id, name, rows } of this.others) for (const row of rows) now.set(row, [...(now.get(row) || []), { id, name }]);
    const changed = new Set();
    for (const row of new Set([...before.keys(), ...now.keys()])) {
      const same = ids(before.get(row)) === ids(now.get(row));
      if (same) now.set(row, before.get(row));
      else changed.add(row);
    }
    this.onRows = now;
    return changed;
  }
}

const ids = (people) => (people || []).map((one) => one.id).join();

export class Presence {
  /** @param {{grid: Grid, live: Live, editing: Editing, userId: number}} parts */
  constructor({ grid, live, editing, userId }) {
    Object.assign(this, { grid, live, editing });
    this.people = new People(userId);
    this.element = need("#people");
    /** @type {Map<number, number>} row id -> number, as far as it is known */
    this.numbers = new Map();
    this.at = undefined;
    const say = debounce(() => this.say(), 150);
    grid.contribute("on", (row) => this.people.onRows.get(row.id));
    grid.addEventListener("current", say);
    live.addEventListener("frame:joined", (event) => {
      clearTimeout(this.forgetting);
      this.take(this.people.reset(event.detail.frame.people || []));
      this.at = undefined;
      this.say();
    });
    live.addEventListener("frame:people", (event) => this.take(this.people.change(event.detail.frame)));
    live.addEventListener("state", () => this.onState());
    grid.addEventListener("rows", () => this.people.others.some((one) => one.rows.some((id) => !this.numbers.has(id))) && this.draw());
  }

  /** Without a socket nobody can be seen, nor be said to be there. */
  onState() {
    clearTimeout(this.forgetting);
    if (!this.live.isOpen) this.forgetting = setTimeout(() => this.take(this.people.reset([])), FORGET_MS);
  }

  /** Tell the others where the cursor is. */
  say() {
    const row = this.grid.row()?.id ?? null;
    if (row === this.at) return;
    if (this.live.send({ type: "at", row })) this.at = row;
  }

  take(changed) {
    for (const id of changed) this.grid.redraw(id);
    this.draw();
  }

  /** "Row 1,209", or "elsewhere in the file" while its number is not known. */
  place(rows) {
    const known = rows.map((id) => this.numberOf(id)).filter(Boolean);
    return known.length ? fmt(gettext("row {n}"), { n: known.map(number).join(", ") }) : "";
  }

  numberOf(id) {
    const row = this.grid.row(this.grid.windows.indexOf(id));
    if (row) this.numbers.set(id, row.n);
    return this.numbers.get(id);
  }

  draw() {
    const { others } = this.people;
    const focused = this.element.contains(document.activeElement) ? document.activeElement?.getAttribute("data-person") : null;
    const tip = (one) => [one.name, this.place(one.rows)].filter(Boolean).join(", ");
    const shown = others.length > MOST_SHOWN ? others.slice(0, MOST_SHOWN - 1) : others;
    const rest = others.slice(shown.length);
    this.element.dataset.people = String(others.length + 1);
    this.element.setAttribute("aria-label", fmt(ngettext("{n} person is here", "{n} people are here", others.length + 1), { n: number(others.length + 1) }));
    fill(this.element, shown.map((one) => this.disc(one, tip(one))), rest.length > 0 && h("span", { class: "av", title: rest.map(tip).join("\n"), role: "img", "aria-label": rest.map(tip).join("; ") }, `+${number(rest.length)}`));
    if (focused) this.element.querySelector(`[data-person="${CSS.escape(focused)}"]`)?.focus();
  }

  disc(person, tip) {
    const disc = avatar(person);
    disc.title = tip;
    return h("button", { class: "av-button", type: "button", "aria-label": tip, "data-person": person.id, onclick: () => this.goTo(person) }, disc);
  }

  /** To the row somebody stands on. */
  goTo(person) {
    const [row] = this.people.others.find((one) => one.id === person.id)?.rows || [];
    if (row === undefined) return;
    this.editing.leave();
    this.editing.goToRow(row);
  }
}
