/** How the address of a server is written for people. */

import { gettext } from "../core/i18n.js";

/**
 * "https://loc.example:8443/" -> "loc.example:8443"; what is no address stays as it is. In the LAN set-up there is no
 * address: this PC is a part of the server. @param {string} address
 */
export function hostOf(address) {
  if (!address) return gettext("The team's server");
  try {
    return new URL(address).host || address;
  } catch {
    return address;
  }
}
