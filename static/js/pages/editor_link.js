/** The chip that says how the page stands with the server. It is not there while all is well. */

import { fill, icon, need } from "../core/dom.js";
import { day, number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";

/** A line that comes back at once is not worth a word. */
const PATIENCE_MS = 1500;
/** A server that lets nobody in so often cannot do sockets. */
const HOPELESS = 3;

/**
 * What the chip says. Pure.
 * @param {{late: number, reached: boolean, state: string, everOpen: boolean, failures: number}} now
 * @returns {"late"|"away"|"reconnecting"|"asking"|""}
 */
export function linkState({ late, reached, state, everOpen, failures }) {
  if (late) return "late";
  if (!reached) return "away";
  if (state === "open" || state === "closed") return "";
  if (everOpen) return "reconnecting";
  return failures >= HOPELESS ? "asking" : "";
}

export class LinkChip {
  /** @param {Live} live @param {Editing} editing */
  constructor(live, editing) {
    Object.assign(this, { live, editing });
    this.element = need("#link-chip");
    this.shown = "";
    this.since = new Date();
    this.timer = 0;
    this.element.addEventListener("click", () => {
      this.live.wake();
      this.editing.saving.delivery.retry();
    });
    live.addEventListener("state", () => this.soon());
    editing.grid.addEventListener("late", () => this.soon());
    // Leaving would not lose the text, but nobody would send it.
    addEventListener("beforeunload", (event) => this.editing.saving.delivery.late && event.preventDefault());
  }

  now() {
    const { socket, reached } = this.live;
    return linkState({ late: this.editing.saving.delivery.late, reached, state: socket.state, everOpen: socket.everOpen, failures: socket.failures });
  }

  soon() {
    clearTimeout(this.timer);
    const state = this.now();
    if (state === "reconnecting" && this.shown !== state) this.timer = setTimeout(() => this.draw(), PATIENCE_MS);
    else this.draw();
  }

  draw() {
    const state = this.now();
    if (state && !this.shown) this.since = new Date();
    this.shown = state;
    this.element.hidden = !state;
    this.element.dataset.state = state;
    if (!state) return;
    const { name, words, tip } = this.words(state);
    this.element.title = tip;
    fill(this.element, icon(name, { small: true }), words);
  }

  words(state) {
    const { late } = this.editing.saving.delivery;
    const kept = gettext("The server does not answer. What you typed is kept in this browser and sent when it is back. Press to try now.");
    switch (state) {
      case "late": return { name: "pc", words: fmt(ngettext("{n} not saved yet", "{n} not saved yet", late), { n: number(late) }), tip: kept };
      case "away": return { name: "offline", words: fmt(gettext("Offline since {time}"), { time: day(this.since.toISOString()) }), tip: kept };
      case "reconnecting": return { name: "sync", words: gettext("Reconnecting…"), tip: gettext("The live line is gone for a moment. What others save comes every five seconds meanwhile.") };
      default: return { name: "sync", words: gettext("Every 5 s"), tip: gettext("There is no live line to this server. What others save comes every five seconds; who is here cannot be seen.") };
    }
  }
}
