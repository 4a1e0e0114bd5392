/** What can be done about the link to the server: the same acts for the chip, the command list and the start screen. */

import { post, remove } from "../core/api.js";
import { h } from "../core/dom.js";
import { fmt, gettext } from "../core/i18n.js";
import { confirmDialog, promptDialog } from "../components/dialog.js";
import { formDialog } from "../components/forms.js";
import { hostOf } from "./link_chip_server.js";

/** Wake the loop that sends and fetches. */
export const tryNow = () => post("link/sync");

/** @param {"auto"|"offline"} mode "offline" stays until a person says otherwise */
export const setMode = (mode) => post("link/mode", { mode });

/** Throws ApiError with the words of the refusal. @param {string} username @param {string} password */
export const sendLogin = (username, password) => post("link/login", { username, password });

/** Forget the login on this PC. Edits that wait stay. */
export const logOut = () => post("link/logout");

/** Ask for name and password. @param {import("./link_chip_words.js").LinkStatus} link @returns {Promise<any>} null when it was cancelled */
export function logIn(link) {
  const field = (props) => /** @type {HTMLInputElement} */ (h("input", { class: "input", maxlength: "1024", required: true, ...props }));
  const name = field({ name: "username", autocomplete: "username", autocapitalize: "none", spellcheck: "false" });
  const password = field({ name: "password", type: "password", autocomplete: "current-password" });
  return formDialog({
    title: fmt(gettext("Log in to {server}"), { server: hostOf(link.server_url) }), action: gettext("Log in"),
    fields: [h("label", { class: "field" }, h("span", null, gettext("User name")), name), h("label", { class: "field" }, h("span", null, gettext("Password")), password)],
    save: () => sendLogin(name.value.trim(), password.value),
  }).closed;
}

/** Ask for the address of the server. @param {string} now @returns {Promise<boolean>} whether it was changed */
export async function chooseServer(now) {
  const answer = await promptDialog({
    title: now ? gettext("Which server instead?") : gettext("Which server?"), label: gettext("Address"), action: gettext("Use it"), value: now, required: true,
    hint: gettext("As in the browser, for example https://loc.studio.example"),
    check: async (value) => {
      try {
        await post("link/server", { server_url: /^[a-z]+:\/\//iu.test(value) ? value : `https://${value}` });
        return null;
      } catch (error) {
        return error.message;
      }
    },
  });
  return answer !== null;
}

/** Give up one edit that waits: its text stays in the row's history. @param {{row_id: number, file_name: string}} item */
export async function letGo(item) {
  const sure = await confirmDialog({
    title: gettext("Let this edit go?"), action: gettext("Let it go"), danger: true,
    text: gettext("The row becomes what the server has. Your text stays in the history of the row."),
  });
  if (sure) await remove(`link/pending/${item.row_id}`);
  return sure;
}
