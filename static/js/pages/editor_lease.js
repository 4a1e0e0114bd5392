/**
 * Leases of rows: taken when the editor opens, without waiting for the answer, kept while it is open, given back when
 * its text is saved. What others hold is shown in its row with what they type, and is not opened.
 */

import { post, remove } from "../core/api.js";
import { announce } from "../core/focus.js";
import { fmt, gettext } from "../core/i18n.js";
import { toast } from "../components/toast.js";

const RENEW_MS = 10_000;
const TYPED_MS = 250;
const FORGET_MS = 5000;
/** More is not sent to the others as one types. */
const MOST_TYPED = 20_000;

/** What others hold. Pure: rows by id, each an object that stays the same until it changes. */
export class Held {
  /** @param {number} userId */
  constructor(userId) {
    this.userId = userId;
    /** @type {Map<number, {id: number, name: string, text: string|null}>} */
    this.rows = new Map();
  }

  /** Everything that is held now. Returns the rows that look different. */
  reset(leases) {
    const before = this.rows;
    this.rows = new Map();
    for (const lease of leases) {
      if (lease.id === this.userId) continue;
      const known = before.get(lease.row);
      this.rows.set(lease.row, known?.id === lease.id ? known : { id: lease.id, name: lease.name, text: null });
    }
    return new Set([...before.keys(), ...this.rows.keys()].filter((row) => before.get(row) !== this.rows.get(row)));
  }

  /** @param {{taken?: any[], released?: number[]}} frame */
  change({ taken = [], released = [] }) {
    const changed = new Set();
    for (const row of released) if (this.rows.delete(row)) changed.add(row);
    for (const lease of taken) {
      const known = this.rows.get(lease.row);
      if (lease.id === this.userId) {
        if (this.rows.delete(lease.row)) changed.add(lease.row);
      } else if (known?.id !== lease.id) {
        this.rows.set(lease.row, { id: lease.id, name: lease.name, text: null });
        changed.add(lease.row);
      }
    }
    return changed;
  }

  /** What the holder of a row has typed. */
  typed({ row, id, name, text }) {
    // What comes after the release is old.
    if (this.rows.get(row)?.id !== id) return new Set();
    this.rows.set(row, { id, name, text });
    return new Set([row]);
  }
}

export class Leases {
  /** @param {{grid: Grid, live: Live, editing: Editing, userId: number, people: {others: any[]}}} parts */
  constructor({ grid, live, editing, userId, people }) {
    Object.assign(this, { grid, live, editing, people });
    this.held = new Held(userId);
    /** The row this window holds or asks for. */
    this.row = 0;
    this.isSure = false;
    this.timer = 0;
    this.typing = 0;
    grid.contribute("held", (row) => this.held.rows.get(row.id));
    editing.holderOf = (row) => this.held.rows.get(row.id) ?? null;
    editing.onTyped = () => this.onTyped();
    grid.addEventListener("editing", () => this.onEditing());
    live.addEventListener("frame:joined", (event) => this.onJoined(event.detail.frame));
    live.addEventListener("frame:leases", (event) => this.redraw(this.held.change(event.detail.frame)));
    live.addEventListener("frame:typing", (event) => this.redraw(this.held.typed(event.detail.frame)));
    live.addEventListener("frame:lease", (event) => this.onAnswer(event.detail.frame));
    live.addEventListener("state", () => this.onState());
    addEventListener("pagehide", () => this.row && !live.isOpen && this.giveBack(this.row, true));
  }

  redraw(rows) {
    for (const id of rows) this.grid.redraw(id);
  }

  onState() {
    clearTimeout(this.forgetting);
    // Without a socket it is not known who holds what; the save still asks.
    if (!this.live.isOpen) this.forgetting = setTimeout(() => this.redraw(this.held.reset([])), FORGET_MS);
  }

  onJoined(frame) {
    clearTimeout(this.forgetting);
    this.redraw(this.held.reset(frame.leases || []));
    if (this.row) this.ask();
  }

  /** The editor opened on a row, or closed. */
  onEditing() {
    const row = this.editing.editor?.row.id ?? 0;
    if (row === this.row) return;
    const before = this.row;
    this.row = row;
    this.isSure = false;
    clearTimeout(this.timer);
    if (before) this.letGo(before);
    if (row) this.ask();
  }

  /** Take the lease, or renew it. The editor is open already. */
  ask() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), RENEW_MS);
    const { row } = this;
    if (this.live.send({ type: "lease", row })) return;
    post(`rows/${row}/lease`, { connection: this.live.connection }).then(
      ({ until }) => this.onAnswer({ row, granted: true, until, holder: null }),
      (error) => error.code === "leased" && this.onAnswer({ row, granted: false, holder: error.details.holder }),
    );
  }

  onAnswer({ row, granted, holder }) {
    if (row !== this.row) {
      // Granted when nobody wanted it any more.
      if (granted) this.letGo(row);
      return;
    }
    if (granted) {
      if (!this.isSure && this.editing.editor?.isChanged()) this.onTyped();
      this.isSure = true;
      return;
    }
    // Refused for another reason: the save says which.
    if (!holder) return;
    if (this.isSure) this.onLost(holder.name);
    else {
      this.row = 0;
      clearTimeout(this.timer);
      this.editing.giveUp(holder);
    }
  }

  /** Held once, and somebody else's now: the text stays where it is, the save is decided by what it was built on. */
  onLost(name) {
    const words = fmt(gettext("{name} is editing this row now. Your text stays here."), { name });
    announce(words, true);
    toast(words, { kind: "warn", icon: "lock", id: "lease-lost" });
  }

  /** Give a row back once nothing of it is being saved, unless it was opened again. */
  async letGo(row) {
    // The editor closes before its save begins.
    await Promise.resolve();
    await this.editing.saving.settled(row);
    if (this.row !== row) this.giveBack(row);
  }

  giveBack(row, keepalive = false) {
    if (this.live.send({ type: "release", row })) return;
    remove(`rows/${row}/lease`, { keepalive }).catch(() => null);
  }

  /** Tell what is typed, a few times a second. */
  onTyped() {
    // Nobody watches an empty room.
    if (this.typing || !this.people.others.length) return;
    this.typing = setTimeout(() => {
      this.typing = 0;
      this.tellTyped();
    }, TYPED_MS);
  }

  tellTyped() {
    const { editor } = this.editing;
    if (!this.isSure || !editor || editor.row.id !== this.row) return;
    const text = editor.value();
    if (text.length <= MOST_TYPED) this.live.send({ type: "typing", row: this.row, text });
  }
}
