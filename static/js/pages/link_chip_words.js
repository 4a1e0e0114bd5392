/** What the link of a desktop to its server says: words, an icon and a colour for each state. */

import { day, duration, number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";

/** Seconds that two clocks may differ without a word. */
export const CLOCK_SECONDS = 60;

/**
 * @typedef {Object} LinkStatus as GET link answers
 * @property {string} server_url
 * @property {"auto"|"offline"} mode
 * @property {string} state
 * @property {number} pending edits to send
 * @property {number} sending how many of them are on their way
 * @property {number} quarantined edits beside them that the server refused: they wait for a person
 * @property {number} conflicts
 * @property {string|null} last_sync
 * @property {string|null} last_contact
 * @property {number} clock_offset seconds that the server's clock is ahead
 * @property {boolean} stuck
 * @property {{id: number, name: string}|null} user
 */

/**
 * What the chip is about, the most pressing first. Pure.
 * @param {LinkStatus} link
 * @returns {"alone"|"login"|"too_old"|"certificate"|"forbidden"|"clock"|"stuck"|"sending"|"saved"|"refused"|"offline"|"connecting"|"sent"}
 */
export function chipState(link) {
  if (link.state === "alone") return "alone";
  if (link.mode === "auto" && ["login", "too_old", "certificate", "forbidden"].includes(link.state)) return /** @type {any} */ (link.state);
  const connected = link.mode === "auto" && link.state === "online";
  if (connected && Math.abs(link.clock_offset) >= CLOCK_SECONDS) return "clock";
  if (connected && link.stuck) return "stuck";
  if (connected && link.sending) return "sending";
  if (link.pending) return "saved";
  if (link.mode === "offline" || ["offline", "unreachable"].includes(link.state)) return "offline";
  if (link.quarantined) return "refused";
  return link.state === "connecting" ? "connecting" : "sent";
}

const toSend = (n) => fmt(ngettext("{n} to send", "{n} to send", n), { n: number(n) });
const ahead = (link) => duration(Math.abs(link.clock_offset));

/** With edits behind it, a reason says how many they are. */
const withCount = (reason, link) => (link.pending ? `${reason} · ${toSend(link.pending)}` : reason);

/**
 * The chip: its words, its icon and the colour of the icon.
 * @param {LinkStatus} link
 * @returns {{state: string, icon: string, colour: string, words: string}}
 */
export function chipWords(link) {
  const state = chipState(link);
  const n = link.pending;
  const chip = (icon, colour, words) => ({ state, icon, colour, words });
  switch (state) {
    case "alone": return chip("pc", "", gettext("On this PC"));
    case "login": return chip("key", "st-warn", n ? fmt(ngettext("Log in to send {n}", "Log in to send {n}", n), { n: number(n) }) : gettext("Log in"));
    case "too_old": return chip("warn", "st-warn", withCount(gettext("Update needed"), link));
    case "certificate": return chip("shield", "st-warn", withCount(gettext("Other certificate"), link));
    case "forbidden": return chip("lock", "st-warn", withCount(gettext("No access"), link));
    case "clock": return chip("clock", "st-warn", fmt(gettext("Clock is {time} off"), { time: ahead(link) }));
    case "stuck": return chip("warn", "st-warn", fmt(ngettext("{n} is not getting through", "{n} are not getting through", n), { n: number(n) }));
    case "sending": return chip("sync", "st-accent", fmt(ngettext("Sending {n}…", "Sending {n}…", link.sending), { n: number(link.sending) }));
    case "saved": return chip("pc", "st-translated", `${gettext("Saved on this PC")} · ${toSend(n)}`);
    case "refused": return chip("warn", "st-warn", fmt(ngettext("{n} not accepted", "{n} not accepted", link.quarantined), { n: number(link.quarantined) }));
    case "offline": return chip("offline", "", link.last_contact ? fmt(gettext("Offline since {time}"), { time: day(link.last_contact) }) : gettext("Offline"));
    case "connecting": return chip("sync", "", gettext("Connecting…"));
    default: return chip("sync", "st-reviewed", link.last_sync ? `${gettext("All sent")} · ${day(link.last_sync)}` : gettext("All sent"));
  }
}

/** One or two sentences: how it stands, what was kept, what to do. @param {LinkStatus} link @returns {string} */
export function linkSentence(link) {
  const n = link.pending;
  const kept = n ? ` ${fmt(ngettext("{n} edit is saved on this PC.", "{n} edits are saved on this PC.", n), { n: number(n) })}` : "";
  if (link.state === "alone") return gettext("No server is set. Everything stays on this PC.");
  if (link.mode === "offline") return gettext("You chose to work offline. Nothing is sent and nothing is asked for.") + kept;
  switch (link.state) {
    case "login": return (link.user ? gettext("The login has ended.") : gettext("Nobody is logged in.")) + kept;
    case "too_old": return gettext("This version is too old for the server. Install the newer one.") + kept;
    case "certificate": return gettext("The server shows a certificate that this PC does not trust. Nothing is sent to it.") + kept;
    case "forbidden": return gettext("This account may not work on the server any more.") + kept;
    case "unreachable": case "offline": return gettext("The server does not answer. It is asked again by itself.") + kept;
    case "connecting": return gettext("The server is being asked.") + kept;
    default:
      if (Math.abs(link.clock_offset) >= CLOCK_SECONDS) return clockSentence(link);
      if (link.stuck) return gettext("The server answers, but the edits do not get smaller in number.") + kept;
      return n ? gettext("The server answers.") + kept : gettext("The server has everything of this PC.");
  }
}

/** What a wrong clock means. @param {LinkStatus} link */
export function clockSentence(link) {
  const values = { time: ahead(link) };
  const words = link.clock_offset > 0 ? fmt(gettext("The clock of this PC is {time} behind the server's."), values) : fmt(gettext("The clock of this PC is {time} ahead of the server's."), values);
  return `${words} ${gettext("Edits made at the same time as somebody else's may go to the inbox until it is set.")}`;
}
