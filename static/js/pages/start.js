/** The start screen of a desktop: how the server is, logging in, starting without it. */

import { get } from "../core/api.js";
import { fill, find, h, icon, loadIcons, need } from "../core/dom.js";
import { number, when } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { bind } from "../core/keyboard.js";
import { page } from "../core/prefs.js";
import { toastError } from "../components/toast.js";
import { chooseServer, logOut, sendLogin, setMode } from "./link_chip_acts.js";
import { waiting } from "./link_chip_words.js";
import { mayLogIn, nextStep, serverWords } from "./start_words.js";

const EVERY = 1500;
const FIRST = 400;
const opened = performance.now();
const stay = need("#main").dataset.stay === "1";
const form = /** @type {HTMLFormElement} */ (need("#login"));
const go = /** @type {HTMLButtonElement} */ (need("#login-go"));
const problem = need("#login-problem");
const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
const state = { link: null, busy: false, leaving: false, timer: 0, shown: "" };

const toFiles = () => {
  state.leaving = true;
  location.replace(page.places?.files || "/");
};

async function look() {
  clearTimeout(state.timer);
  if (state.leaving) return;
  try {
    state.link = await get("link");
    draw(state.link);
    if (!stay && !state.busy) {
      const step = nextStep(state.link, performance.now() - opened);
      if (step === "on") return toFiles();
      need("#start-note").textContent = step === "wait" ? gettext("The server is being asked. The files open in a moment, with or without it.") : "";
    }
  } catch (error) {
    need("#server-state").textContent = error.message;
  }
  if (!document.hidden) state.timer = setTimeout(look, performance.now() - opened < 5000 ? FIRST : EVERY);
}

function draw(link) {
  const text = JSON.stringify(link);
  if (text === state.shown) return;
  state.shown = text;
  const words = serverWords(link);
  fill(need("#server-icon"), icon(words.icon));
  need("#server-icon").className = words.colour;
  need("#server-name").textContent = words.name;
  need("#server-state").textContent = words.words;
  const other = need("#server-other");
  other.textContent = words.other;
  other.hidden = false;
  drawLogin(link);
  drawFacts(link);
}

/** Somebody who is logged in goes on; who is not types a name; without a server there is nobody to log in to. */
function drawLogin(link) {
  const inside = Boolean(link.user) && link.state !== "login";
  const possible = inside || mayLogIn(link);
  need("#login-fields").hidden = inside || !link.server_url;
  go.disabled = !possible || state.busy;
  go.classList.toggle("btn-primary", possible);
  const words = inside ? fmt(link.mode === "offline" ? gettext("Go online as {name}") : gettext("Go on as {name}"), { name: link.user.name }) : !link.server_url ? gettext("Choose a server first") : possible ? gettext("Log in") : gettext("Log in when the server answers");
  if (!state.busy) fill(go, words, possible && [" ", h("kbd", { class: "kbd" }, "Enter")]);
  let out = find("#login-out");
  if (inside && !out) {
    out = h("button", { class: "btn btn-quiet", type: "button", id: "login-out", onclick: () => logOut().then(look, toastError) }, gettext("Log out"));
    go.after(out);
  } else if (!inside) out?.remove();
  const name = field("username");
  if (!name.value && link.user?.username) name.value = link.user.username;
  if (document.activeElement === document.body) (inside ? go : possible ? (name.value ? field("password") : name) : need("#offline-go")).focus();
}

function drawFacts(link) {
  const host = need("#facts");
  const { projects, rows, storage } = host.dataset;
  const fact = (name, value) => value && [h("dt", null, name), h("dd", null, value)];
  const n = waiting(link);
  const held = [fmt(ngettext("{n} project", "{n} projects", Number(projects)), { n: number(Number(projects)) }), fmt(ngettext("{n} row", "{n} rows", Number(rows)), { n: number(Number(rows)) })];
  fill(
    host,
    fact(gettext("On this PC"), held.join(", ")),
    fact(gettext("Offline Storage"), fmt(ngettext("{n} file", "{n} files", Number(storage)), { n: number(Number(storage)) })),
    fact(gettext("Last sync"), link.last_sync ? when(link.last_sync) : link.server_url && gettext("not yet")),
    n > 0 && fact(gettext("Waiting"), h("span", { class: "st-translated" }, fmt(ngettext("{n} edit, sent when you are online", "{n} edits, sent when you are online", n), { n: number(n) }))),
    link.conflicts > 0 && fact(gettext("Conflicts"), h("span", { class: "st-conflict" }, number(link.conflicts))),
  );
}

/** While an act runs its button keeps its width and says the step. */
async function busy(button, step, act) {
  if (state.busy) return;
  state.busy = true;
  const before = [...button.childNodes];
  button.style.minWidth = `${button.offsetWidth}px`;
  button.disabled = true;
  fill(button, step);
  try {
    await act();
  } finally {
    state.busy = false;
    if (!state.leaving) {
      button.disabled = false;
      fill(button, before);
      state.shown = "";
      await look();
    }
  }
}

function refuse(words, name) {
  problem.hidden = !words;
  problem.textContent = words;
  for (const one of ["username", "password"]) {
    if (words) field(one).setAttribute("aria-invalid", "true");
    else field(one).removeAttribute("aria-invalid");
  }
  if (words) field(name).select();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const link = state.link;
  if (!link || state.busy || go.disabled) return;
  if (link.user && link.state !== "login") {
    busy(go, gettext("Opening…"), async () => {
      if (link.mode === "offline") await setMode("auto");
      toFiles();
    }).catch(toastError);
    return;
  }
  const [username, password] = [field("username").value.trim(), field("password").value];
  if (!username || !password) {
    refuse(gettext("Type your user name and your password."), username ? "password" : "username");
    return;
  }
  refuse("", "password");
  busy(go, gettext("Logging in…"), async () => {
    try {
      await sendLogin(username, password);
      if (link.mode === "offline") await setMode("auto");
      toFiles();
    } catch (error) {
      refuse(error.message, "password");
    }
  }).catch(toastError);
});

const startOffline = () =>
  busy(/** @type {HTMLButtonElement} */ (need("#offline-go")), gettext("Opening…"), async () => {
    await setMode("offline");
    toFiles();
  }).catch(toastError);

need("#offline-go").addEventListener("click", startOffline);
need("#server-other").addEventListener("click", () => {
  if (state.link) chooseServer(state.link.server_url).then((changed) => changed && look(), toastError);
});
bind(document, [{ id: "start.offline", label: gettext("Start offline"), group: gettext("Server"), keys: ["Alt+KeyO"], typing: true, run: () => { startOffline(); } }]);
document.addEventListener("visibilitychange", () => !document.hidden && look());
loadIcons();
look();
