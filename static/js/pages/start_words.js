/** What the start screen says about the server, and where it goes on by itself. */

import { day, number } from "../core/format.js";
import { fmt, gettext } from "../core/i18n.js";
import { hostOf } from "./link_chip_server.js";

/** A remembered login waits so long for the server; then the day starts offline. */
export const PATIENCE_MS = 4000;

/**
 * Without a login nobody knows whether the server answers but who asks it: what that found goes before "login". Pure.
 * @param {any} link @param {{state: string, milliseconds: number|null}|null} probed null: not answered yet
 */
export function withProbe(link, probed) {
  if (link.state !== "login" || link.mode !== "auto") return { ...link, milliseconds: probed?.milliseconds ?? null };
  return { ...link, state: !probed ? "connecting" : probed.state === "reachable" ? "login" : probed.state, milliseconds: probed?.milliseconds ?? null };
}

/** Whether a name and a password could be sent now. @param {import("./link_chip_words.js").LinkStatus} link */
export const mayLogIn = (link) => !["alone", "unreachable", "certificate", "too_old", "other"].includes(link.state);

/**
 * Where the page goes by itself: a choice made before stands. Pure.
 * @param {import("./link_chip_words.js").LinkStatus} link @param {number} waited milliseconds since the page was opened
 * @returns {"on"|"wait"|"stay"} on: to the files; wait: the server was asked and has not answered yet
 */
export function nextStep(link, waited) {
  if (link.mode === "offline") return "on";
  if (link.state === "alone" || !link.user) return "stay";
  if (["online", "unreachable", "offline"].includes(link.state)) return "on";
  if (link.state === "connecting") return waited >= PATIENCE_MS ? "on" : "wait";
  return "stay";
}

/**
 * The line of the server.
 * @param {any} link with what was probed
 * @returns {{name: string, icon: string, colour: string, words: string, other: string}}
 */
export function serverWords(link) {
  const alone = link.state === "alone";
  const name = alone ? gettext("No server yet") : hostOf(link.server_url);
  const reachable = link.milliseconds ? fmt(gettext("Reachable in {n} ms."), { n: number(link.milliseconds) }) : gettext("Reachable.");
  const line = (icon, colour, words) => ({ name, icon, colour, words, other: gettext("Other server…") });
  if (alone) return line("server", "faint", gettext("To work with a team, say where its server is. Without one everything stays on this PC."));
  if (link.mode === "offline") return line("offline", "faint", gettext("You chose to work offline, so it is not asked."));
  switch (link.state) {
    case "online": return line("server", "st-reviewed", link.user ? `${reachable} ${fmt(gettext("You are logged in as {name}."), { name: link.user.name })}` : reachable);
    case "login": return line("server", "st-reviewed", link.user ? `${reachable} ${gettext("The login has ended: log in again.")}` : reachable);
    case "other": return line("warn", "st-warn", gettext("Something answers there, but it is no LocaNext server."));
    case "connecting": return line("server", "faint", gettext("It is being asked…"));
    case "too_old": return line("warn", "st-warn", gettext("Reachable, but this version is too old for it. Install the newer one."));
    case "certificate": return line("shield", "st-warn", gettext("It shows a certificate that this PC does not trust. Nothing is sent to it."));
    case "forbidden": return line("lock", "st-warn", gettext("This account may not work on it any more."));
    default: return line("offline", "st-warn", link.last_contact ? fmt(gettext("Not reachable. Last answer: {time}. It is asked again by itself."), { time: day(link.last_contact) }) : gettext("Not reachable. It is asked again by itself."));
  }
}
