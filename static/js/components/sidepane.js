/** The side panel of a page: its tabs and its width, opened and closed, as the person left it. */

import { need } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { pref, setPref } from "../core/prefs.js";
import { splitter } from "./splitter.js";
import { makeTabs } from "./tabs.js";

const LEAST = 280;
const MOST = 560;

/** Who extends it fills the chosen tab (`fill`) and calls `begin` when everything that is filled is there. */
export class SidePane {
  /** @param {HTMLElement} button opens and closes it @param {{open: string, tab: string}} settings names of what is kept */
  constructor(button, settings) {
    this.settings = settings;
    this.element = need("#side");
    this.button = button;
    this.button.addEventListener("click", () => this.toggle());
    const width = pref("panes.side", 0);
    const setWidth = (px) => this.element.style.setProperty("--w-side", `${px}px`);
    if (width) setWidth(Math.max(LEAST, Math.min(MOST, width)));
    this.divider = splitter({ label: gettext("Width of the side panel"), min: LEAST, max: MOST, side: "end", value: () => this.element.offsetWidth, set: setWidth, done: (px) => setPref("panes.side", px) });
    this.element.before(this.divider);
  }

  /** @param {string} tab id of the first one */
  begin(tab) {
    this.tab = tab;
    this.tabs = makeTabs(need("#side-tabs"), (chosen) => {
      this.tab = chosen.id;
      setPref(this.settings.tab, chosen.id);
      this.fill();
    });
    const narrow = matchMedia("(max-width: 859px)");
    // A drawer covers the rows: it opens only when it is asked for.
    const wanted = () => pref(this.settings.open, true) && !narrow.matches;
    narrow.addEventListener("change", () => this.setOpen(wanted()));
    this.setOpen(wanted());
  }

  get isOpen() {
    return !this.element.hidden;
  }

  setOpen(open) {
    this.element.hidden = !open;
    this.divider.hidden = !open;
    this.element.classList.toggle("is-open", open);
    this.button.setAttribute("aria-pressed", String(open));
    if (open) this.fill();
  }

  toggle() {
    const hadFocus = this.element.contains(document.activeElement);
    this.setOpen(!this.isOpen);
    setPref(this.settings.open, this.isOpen);
    if (hadFocus && !this.isOpen) this.giveFocusBack();
  }

  show(tab) {
    if (!this.isOpen) this.setOpen(true);
    this.tabs.choose(tab);
  }
}
