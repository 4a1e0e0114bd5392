/** What the chip opens: how it stands with the server, what waits to be sent, and the few things one can do about it. */

import { get } from "../core/api.js";
import { fill, freshId, h, icon } from "../core/dom.js";
import { exactTime, number, when } from "../core/format.js";
import { rememberFocus } from "../core/focus.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { isComposing } from "../core/keyboard.js";
import { page } from "../core/prefs.js";
import { renderText } from "../components/textmark.js";
import { toastError } from "../components/toast.js";
import { letGo, logIn, logOut, setMode, tryNow } from "./link_chip_acts.js";
import { hostOf } from "./link_chip_server.js";
import { CLOCK_SECONDS, chipState, clockSentence, linkSentence } from "./link_chip_words.js";

const EDGE = 8;

/**
 * @param {HTMLElement} anchor the chip
 * @param {import("./link_chip_words.js").LinkStatus} link
 * @param {() => void} onClose
 */
export function openLinkPanel(anchor, link, onClose) {
  const back = rememberFocus();
  const titleId = freshId("link");
  const title = h("h2", { id: titleId, tabindex: "-1" });
  const sentence = h("p", { class: "dim" });
  const facts = h("dl", { class: "facts" });
  const acts = h("div", { class: "link-acts" });
  const list = new PendingList();
  const element = h("div", { class: "link-panel", role: "dialog", "aria-labelledby": titleId, "data-pane": "link" },
    h("div", { class: "link-head" }, title, sentence, facts), list.element, acts);
  const state = { link, shown: "", acts: "" };

  const close = (restore = true) => {
    if (!element.isConnected) return;
    element.remove();
    document.removeEventListener("pointerdown", onOutside, true);
    document.removeEventListener("keydown", onEscape);
    removeEventListener("resize", place);
    if (restore) back();
    onClose();
  };
  const onOutside = (event) => {
    const inside = element.contains(event.target) || anchor.contains(event.target) || (event.target instanceof Element && event.target.closest("dialog, .toast"));
    if (!inside) close(false);
  };
  const place = () => {
    const box = anchor.getBoundingClientRect();
    const width = element.offsetWidth;
    element.style.top = `${Math.round(box.bottom + 4)}px`;
    element.style.left = `${Math.round(Math.max(EDGE, Math.min(box.right - width, innerWidth - width - EDGE)))}px`;
  };
  const onEscape = (event) => {
    if (event.code !== "Escape" || isComposing(event) || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.currentTarget === document && event.target !== document.body && event.target !== anchor) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  element.addEventListener("keydown", onEscape);
  const run = (act) => () => Promise.resolve(act()).catch(toastError);

  const drawActs = (wanted) => {
    // Only where they are others: what comes anew while it is pressed would not do what it says.
    const names = wanted.map((one) => one && one.dataset.actName).join();
    if (names === state.acts) return;
    state.acts = names;
    const focused = acts.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.actName : null;
    fill(acts, wanted);
    // The act that was just done may be gone: the keyboard stays with the acts.
    if (focused) /** @type {HTMLElement|null} */ (acts.querySelector(`[data-act-name="${focused}"]`) ?? acts.querySelector("[data-act-name]"))?.focus();
  };

  const update = (next) => {
    state.link = next;
    const text = JSON.stringify(next);
    if (text === state.shown) return;
    state.shown = text;
    title.textContent = next.state === "alone" ? gettext("On this PC") : hostOf(next.server_url);
    sentence.textContent = linkSentence(next);
    fill(facts, factsOf(next));
    drawActs(actsOf(next, run, close, () => logIn(state.link)));
    list.update(next);
    place();
  };
  document.body.append(element);
  document.addEventListener("pointerdown", onOutside, true);
  document.addEventListener("keydown", onEscape);
  addEventListener("resize", place);
  update(link);
  title.focus({ preventScroll: true });
  return { update, close };
}

function factsOf(link) {
  const fact = (name, ...value) => [h("dt", null, name), h("dd", null, ...value)];
  // Where the sentence above is about the clock, it is not said twice.
  const wrongClock = Math.abs(link.clock_offset) >= CLOCK_SECONDS && chipState(link) !== "clock";
  const linked = link.state !== "alone";
  return [
    link.user && fact(gettext("Logged in as"), link.user.name),
    linked && fact(gettext("Last sync"), link.last_sync ? h("span", { title: exactTime(link.last_sync) }, when(link.last_sync)) : gettext("not yet")),
    linked && link.last_contact && link.state !== "online" && fact(gettext("Last answer"), h("span", { title: exactTime(link.last_contact) }, when(link.last_contact))),
    wrongClock && fact(gettext("Clock"), h("span", { class: "st-warn" }, clockSentence(link))),
    link.conflicts > 0 && fact(gettext("Conflicts"), h("a", { class: "link", href: page.places?.inbox || "/inbox/" }, fmt(ngettext("{n} in the inbox", "{n} in the inbox", link.conflicts), { n: number(link.conflicts) }))),
  ];
}

function actsOf(link, run, close, login) {
  const button = (name, words, act, sign) => h("button", { class: "btn btn-s", type: "button", "data-act-name": name, onclick: run(act) }, sign && icon(sign, { small: true }), words);
  const auto = link.mode === "auto";
  const linked = link.state !== "alone";
  const asking = chipState(link) === "login" || (auto && linked && !link.user);
  return [
    asking && button("login", gettext("Log in…"), login, "key"),
    linked && auto && button("now", gettext("Try now"), tryNow, "sync"),
    linked && auto && button("offline", gettext("Go offline"), () => setMode("offline"), "offline"),
    linked && !auto && button("online", gettext("Go online"), () => setMode("auto"), "server"),
    h("span", { class: "fill" }),
    link.user && link.state !== "login" && button("logout", gettext("Log out"), logOut),
    page.places?.start && h("a", { class: "btn btn-s btn-quiet", href: `${page.places.start}?stay=1`, "data-act-name": "start", onclick: () => close(false) }, gettext("Start screen")),
  ];
}

/** What waits, a page at a time; drawn anew when its number changes. */
class PendingList {
  constructor() {
    this.items = [];
    this.next = null;
    this.mark = "";
    this.asked = 0;
    this.element = h("div", { class: "link-list", hidden: true });
  }

  /** @param {import("./link_chip_words.js").LinkStatus} link */
  update(link) {
    const mark = `${link.pending} ${link.quarantined} ${link.sending} ${link.last_sync}`;
    const any = link.pending + link.quarantined > 0;
    this.element.hidden = !any;
    if (mark === this.mark) return;
    this.mark = mark;
    if (any) this.load();
  }

  async load(more = false) {
    const asked = ++this.asked;
    try {
      const answer = await get("link/pending", { query: { cursor: more ? this.next : null } });
      if (asked !== this.asked) return;
      this.items = more ? [...this.items, ...answer.items] : answer.items;
      this.next = answer.next;
      this.draw();
    } catch (error) {
      fill(this.element, h("p", { class: "link-note faint" }, error.message));
    }
  }

  draw() {
    const focused = /** @type {HTMLElement|null} */ (document.activeElement?.closest?.(".link-item"))?.dataset.row;
    const refused = this.items.filter((item) => item.quarantined);
    const others = this.items.filter((item) => !item.quarantined);
    fill(
      this.element,
      refused.length > 0 && [h("div", { class: "sec" }, gettext("Not accepted by the server")), refused.map((item) => this.line(item))],
      others.length > 0 && [h("div", { class: "sec" }, gettext("To send")), others.map((item) => this.line(item))],
      this.next && h("div", { class: "link-note" }, h("button", { class: "btn btn-s", type: "button", onclick: () => this.load(true) }, gettext("Show more"))),
    );
    if (!focused) return;
    const again = this.element.querySelector(`.link-item[data-row="${CSS.escape(focused)}"] button`) ?? this.element.querySelector("button") ?? this.element.closest(".link-panel")?.querySelector("h2");
    /** @type {HTMLElement|null} */ (again)?.focus();
  }

  line(item) {
    const go = async () => {
      try {
        if (await letGo(item)) await this.load();
      } catch (error) {
        toastError(error);
      }
    };
    const tries = item.tries > 1 && fmt(ngettext("{n} try", "{n} tries", item.tries), { n: number(item.tries) });
    return h("div", { class: "link-item", "data-row": item.row_id },
      h("div", { class: "link-file" }, h("a", { class: "link clip", href: `/files/${item.file_id}/?row=${item.row_id}` }, item.file_name), h("span", { class: "faint push", title: exactTime(item.edited_at) }, [when(item.edited_at), tries].filter(Boolean).join(" · ")),
        h("button", { class: "btn btn-quiet btn-s", type: "button", onclick: go }, gettext("Let go…"))),
      h("div", { class: "link-text g-text", dir: "auto" }, item.target ? renderText(item.target) : h("span", { class: "faint" }, gettext("empty"))),
      item.error && h("p", { class: item.quarantined ? "st-warn" : "faint" }, item.error));
  }
}
