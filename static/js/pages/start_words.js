/** What the start screen says about the server, and where it goes on by itself. */

import { day } from "../core/format.js";
import { fmt, gettext } from "../core/i18n.js";
import { hostOf } from "./link_chip_server.js";

/** A remembered login waits so long for the server; then the day starts offline. */
export const PATIENCE_MS = 4000;

/** Whether a name and a password could be sent now. @param {import("./link_chip_words.js").LinkStatus} link */
export const mayLogIn = (link) => Boolean(link.server_url) && !["unreachable", "certificate", "too_old"].includes(link.state);

/**
 * Where the page goes by itself: a choice made before stands. Pure.
 * @param {import("./link_chip_words.js").LinkStatus} link @param {number} waited milliseconds since the page was opened
 * @returns {"on"|"wait"|"stay"} on: to the files; wait: the server was asked and has not answered yet
 */
export function nextStep(link, waited) {
  if (link.mode === "offline") return "on";
  if (!link.server_url || !link.user) return "stay";
  if (["online", "unreachable", "offline"].includes(link.state)) return "on";
  if (link.state === "connecting") return waited >= PATIENCE_MS ? "on" : "wait";
  return "stay";
}

/**
 * The line of the server.
 * @param {import("./link_chip_words.js").LinkStatus} link
 * @returns {{name: string, icon: string, colour: string, words: string, other: string}}
 */
export function serverWords(link) {
  const name = link.server_url ? hostOf(link.server_url) : gettext("No server yet");
  const line = (icon, colour, words) => ({ name, icon, colour, words, other: link.server_url ? gettext("Other server…") : gettext("Choose a server…") });
  if (!link.server_url) return line("server", "faint", gettext("To work with a team, say where its server is. Without one everything stays on this PC."));
  if (link.mode === "offline") return line("offline", "faint", gettext("You chose to work offline, so it is not asked."));
  switch (link.state) {
    case "online": return line("server", "st-reviewed", link.user ? fmt(gettext("Reachable. You are logged in as {name}."), { name: link.user.name }) : gettext("Reachable."));
    case "login": return line("server", "st-reviewed", link.user ? gettext("Reachable. The login has ended: log in again.") : gettext("Reachable."));
    case "connecting": return line("server", "faint", gettext("It is being asked…"));
    case "too_old": return line("warn", "st-warn", gettext("Reachable, but this version is too old for it. Install the newer one."));
    case "certificate": return line("shield", "st-warn", gettext("It shows a certificate that this PC does not trust. Nothing is sent to it."));
    case "forbidden": return line("lock", "st-warn", gettext("This account may not work on it any more."));
    default: return line("offline", "st-warn", link.last_contact ? fmt(gettext("Not reachable. Last answer: {time}. It is asked again by itself."), { time: day(link.last_contact) }) : gettext("Not reachable. It is asked again by itself."));
  }
}
