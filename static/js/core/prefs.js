/** The person's settings of the interface: read from the page, saved on the server a moment after a change. */

import { request } from "./api.js";
import { debounce } from "./dom.js";

const meta = globalThis.document?.querySelector('meta[name="interface"]');
/** What the page knows about the person and the program: {user, preferences, version, places}. */
export const page = meta ? JSON.parse(meta.content) : { user: null, preferences: {} };
const values = page.preferences || {};
let changed = {};

/** @param {string} path "grid.columns" @param {any} [otherwise] */
export function pref(path, otherwise) {
  let at = values;
  for (const part of path.split(".")) {
    if (at === null || typeof at !== "object" || !(part in at)) return otherwise;
    at = at[part];
  }
  return at ?? otherwise;
}

const send = debounce((keepalive = false) => {
  const body = changed;
  changed = {};
  if (!page.user || !Object.keys(body).length) return;
  request("PATCH", "auth/me/preferences", { body, keepalive }).catch(() => {
    // Kept for this page; goes with the next change.
    changed = { ...body, ...changed };
  });
}, 800);

/** Change one setting here at once and on the server soon. */
export function setPref(path, value) {
  const parts = path.split(".");
  let at = values;
  for (const part of parts.slice(0, -1)) {
    if (at[part] === null || typeof at[part] !== "object") at[part] = {};
    at = at[part];
  }
  at[parts[parts.length - 1]] = value;
  // The whole first level goes, so that the server need not merge deeply.
  changed[parts[0]] = values[parts[0]];
  send();
}

globalThis.addEventListener?.("pagehide", () => {
  send(true);
  send.flush();
});
