/** Which items of an ordered list are chosen, where the cursor is, and how clicks and keys move both. */

/** Items are named by keys (text); `order` answers with all keys in the order they are shown. */
export class Picks {
  /** @param {() => string[]} order */
  constructor(order) {
    this.order = order;
    /** @type {Set<string>} */
    this.chosen = new Set();
    /** @type {string|null} */
    this.cursor = null;
    /** @type {string|null} */
    this.anchor = null;
  }

  /** Only this one. */
  only(key) {
    this.chosen = new Set(key === null ? [] : [key]);
    this.cursor = key;
    this.anchor = key;
  }

  /** Ctrl-click: in or out, the rest stays. */
  toggle(key) {
    if (!this.chosen.delete(key)) this.chosen.add(key);
    this.cursor = key;
    this.anchor = key;
  }

  /** Shift: everything from the anchor to here; with `keep` beside what was chosen before. */
  extend(key, keep = false) {
    const all = this.order();
    const from = all.indexOf(this.anchor ?? key);
    const to = all.indexOf(key);
    if (to < 0) return;
    const [low, high] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
    const range = all.slice(low, high + 1);
    this.chosen = new Set(keep ? [...this.chosen, ...range] : range);
    this.anchor ??= key;
    this.cursor = key;
  }

  /** Move the cursor by steps; `mode` "only" chooses what it comes to, "extend" the range, "cursor" nothing. */
  step(by, mode = "only") {
    const all = this.order();
    if (!all.length) return null;
    const here = this.cursor === null ? -1 : all.indexOf(this.cursor);
    const start = here < 0 ? (by > 0 ? -1 : all.length) : here;
    const key = all[Math.max(0, Math.min(all.length - 1, start + by))];
    if (mode === "extend") this.extend(key);
    else if (mode === "cursor") this.cursor = key;
    else this.only(key);
    return key;
  }

  all() {
    this.chosen = new Set(this.order());
    this.cursor ??= this.order()[0] ?? null;
  }

  none() {
    this.chosen = new Set();
    this.anchor = this.cursor;
  }

  /** After the list changed: what is gone is no longer chosen, and the cursor stays near its old place. */
  settle(before) {
    const all = this.order();
    const present = new Set(all);
    this.chosen = new Set([...this.chosen].filter((key) => present.has(key)));
    if (this.anchor !== null && !present.has(this.anchor)) this.anchor = null;
    if (this.cursor === null || present.has(this.cursor)) return;
    const at = before.indexOf(this.cursor);
    const after = before.slice(at + 1).find((key) => present.has(key));
    this.cursor = after ?? before.slice(0, Math.max(0, at)).reverse().find((key) => present.has(key)) ?? all[0] ?? null;
    if (this.cursor !== null && !this.chosen.size) this.only(this.cursor);
  }

  has(key) {
    return this.chosen.has(key);
  }
}

/** Finds by typing: letters within a second of each other form one word. */
export class TypeAhead {
  constructor(pause = 1000) {
    this.pause = pause;
    this.typed = "";
    this.at = -Infinity;
  }

  /** Whether a letter now would go on with a word. G at the start of a word belongs to "G then F": going to a page. */
  takes(event) {
    return event.code !== "KeyG" || event.timeStamp - this.at < this.pause;
  }

  /**
   * @param {string} letter @param {string[]} names @param {number} here index of the cursor, -1 without
   * @param {number} now milliseconds
   * @returns {number} the index found, or -1
   */
  find(letter, names, here, now) {
    const goesOn = now - this.at < this.pause;
    this.at = now;
    const low = letter.toLocaleLowerCase();
    // The same letter again steps through the names that begin with it.
    const repeats = goesOn && this.typed !== "" && [...this.typed].every((one) => one === low);
    this.typed = goesOn ? this.typed + low : low;
    const wanted = repeats ? low : this.typed;
    const start = goesOn && !repeats ? Math.max(here, 0) : here + 1;
    for (let i = 0; i < names.length; i += 1) {
      const index = (start + i) % names.length;
      if (names[index].toLocaleLowerCase().startsWith(wanted)) return index;
    }
    return -1;
  }
}
