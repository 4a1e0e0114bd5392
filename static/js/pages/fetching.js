/** A file that was asked for by its address and is not on this PC: fetched, then opened; or why it cannot be. */

import { get, post } from "../core/api.js";
import { fill, h, icon, need } from "../core/dom.js";
import { gettext } from "../core/i18n.js";

const host = need("#fetching");
const fileId = Number(host.dataset.file);
/** A file that was fetched and still does not open would be fetched for ever. */
const AGAIN_MS = 15_000;
const MARK = `fetched.${fileId}`;

function say(words) {
  fill(host, h("div", { class: "empty", role: "alert" }, icon("warn"), h("p", null, words),
    h("p", { class: "row" }, h("button", { class: "btn btn-s", type: "button", onclick: () => location.reload() }, gettext("Try again")), h("a", { class: "btn btn-quiet btn-s", href: "/" }, gettext("Go to files")))));
}

async function start() {
  const link = await get("link");
  if (link.state === "alone") {
    say(gettext("There is nothing here, or you may not see it."));
    return;
  }
  if (Date.now() - Number(sessionStorage.getItem(MARK)) < AGAIN_MS) {
    sessionStorage.removeItem(MARK);
    say(gettext("There is nothing here, or you may not see it."));
    return;
  }
  await post("link/open", { file_id: fileId });
  sessionStorage.setItem(MARK, String(Date.now()));
  // The page again, with what the address asked for: the rows are here now.
  location.reload();
}

start().catch((error) => say(error.message));
