/** The chip of a desktop that says how it stands with its server, and what opens below it. */

import { get } from "../core/api.js";
import { fill, find, icon } from "../core/dom.js";
import { announce } from "../core/focus.js";
import { gettext } from "../core/i18n.js";
import { bind } from "../core/keyboard.js";
import { page } from "../core/prefs.js";
import { toastError } from "../components/toast.js";
import { showOpen } from "../components/inboxbadge.js";
import { openLinkPanel } from "./link_chip_panel.js";
import { logIn, setMode, tryNow } from "./link_chip_acts.js";
import { chipState, chipWords, linkSentence } from "./link_chip_words.js";

const EVERY = 5000;
/** After an own save: the write-through push needs a moment. */
const SOON = 400;
/** States worth a word to who does not see the chip. */
const SPOKEN = new Set(["login", "too_old", "certificate", "forbidden", "clock", "stuck", "offline", "refused"]);

class LinkChip {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    /** @type {import("./link_chip_words.js").LinkStatus|null} */
    this.link = null;
    this.panel = null;
    this.timer = 0;
    this.asked = 0;
    element.addEventListener("click", () => this.toggle());
    document.addEventListener("locanext:wrote", (event) => this.soon(String(/** @type {CustomEvent} */ (event).detail).startsWith("link/") ? 0 : SOON));
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(this.timer) : this.look()));
    addEventListener("online", () => this.look());
    if (!document.hidden) this.look();
  }

  /** Ask in `ms`, and every five seconds after that. */
  soon(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), ms);
  }

  async look() {
    clearTimeout(this.timer);
    const asked = ++this.asked;
    try {
      const link = await get("link");
      if (asked !== this.asked) return;
      this.show(link);
    } catch (error) {
      // This PC's own program does not answer: the page says that itself where text is typed.
      if (error.status === 404) return;
    }
    if (!document.hidden) this.soon(EVERY);
  }

  /** @param {import("./link_chip_words.js").LinkStatus} link */
  show(link) {
    const before = this.link && chipState(this.link);
    this.link = link;
    const chip = chipWords(link);
    const text = `${chip.icon} ${chip.words}`;
    if (this.element.dataset.text !== text) {
      this.element.dataset.text = text;
      this.element.dataset.state = chip.state;
      this.element.title = linkSentence(link);
      const sign = icon(chip.icon, { small: true, class: chip.colour });
      fill(this.element, sign, chip.words);
    }
    this.element.hidden = false;
    if (before && before !== chip.state && (SPOKEN.has(chip.state) || SPOKEN.has(before))) announce(linkSentence(link));
    showOpen(link.conflicts);
    this.panel?.update(link);
  }

  toggle() {
    if (this.panel) this.panel.close();
    else if (this.link) {
      this.element.setAttribute("aria-expanded", "true");
      this.panel = openLinkPanel(this.element, this.link, () => {
        this.panel = null;
        this.element.setAttribute("aria-expanded", "false");
      });
    }
  }
}

/** Run an act of the command list; what it refuses is said. */
const say = (act) => () => {
  act().catch(toastError);
};

const element = find("#sync-chip");
if (element && page.desktop) {
  const chip = new LinkChip(element);
  const group = gettext("Server");
  const linked = () => Boolean(chip.link && chip.link.state !== "alone");
  bind(document, [
    { id: "link.panel", label: gettext("What is still to send"), group, keys: ["KeyG KeyS"], icon: "sync", when: () => Boolean(chip.link), run: () => chip.toggle() },
    { id: "link.now", label: gettext("Send and fetch now"), group, keys: [], icon: "sync", when: () => linked() && chip.link?.mode === "auto", run: say(tryNow) },
    { id: "link.offline", label: gettext("Go offline"), group, keys: [], icon: "offline", when: () => linked() && chip.link?.mode === "auto", run: say(() => setMode("offline")) },
    { id: "link.online", label: gettext("Go online"), group, keys: [], icon: "server", when: () => linked() && chip.link?.mode === "offline", run: say(() => setMode("auto")) },
    { id: "link.login", label: gettext("Log in to the server…"), group, keys: [], icon: "key", when: () => linked() && chip.link?.mode === "auto" && (chip.link.state === "login" || !chip.link.user), run: () => logIn(chip.link) },
    { id: "link.start", label: gettext("Start screen"), group, keys: [], icon: "mark", help: false, run: () => location.assign(`${page.places.start}?stay=1`) },
  ]);
}
