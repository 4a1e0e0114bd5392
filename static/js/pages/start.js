/** The start screen of a desktop: how the server is, logging in, starting without it. */

import { get } from "../core/api.js";
import { fill, find, h, icon, loadIcons, need } from "../core/dom.js";
import { number, when } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { bind } from "../core/keyboard.js";
import { page } from "../core/prefs.js";
import { toastError } from "../components/toast.js";
import { chooseServer, logOut, sendLogin, setMode } from "./link_chip_acts.js";
import { mayLogIn, nextStep, serverWords, withProbe } from "./start_words.js";

const EVERY = 1500;
const FIRST = 400;
const PROBE_EVERY = 5000;
const opened = performance.now();
const stay = need("#main").dataset.stay === "1";
const form = /** @type {HTMLFormElement} */ (need("#login"));
const go = /** @type {HTMLButtonElement} */ (need("#login-go"));
const problem = need("#login-problem");
const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
const state = { link: null, probed: null, asking: false, probedAt: -Infinity, busy: false, leaving: false, timer: 0, shown: "" };

const toFiles = () => {
  state.leaving = true;
  location.replace(page.places?.files || "/");
};

async function look() {
  clearTimeout(state.timer);
  if (state.leaving) return;
  try {
    state.link = await get("link");
    draw(withProbe(state.link, state.probed));
    if (performance.now() - state.probedAt > PROBE_EVERY) askServerItself(state.link);
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

/** Without a login nobody else asks whether the server is there. In offline mode nobody asks at all. */
async function askServerItself(link) {
  if (state.asking || link.mode === "offline" || link.state === "alone") return;
  state.asking = true;
  try {
    const probed = await get("link/probe");
    if (state.link?.server_url === link.server_url) state.probed = probed;
  } catch {
    // This PC's own program did not answer; the line says so.
  }
  state.asking = false;
  state.probedAt = performance.now();
  if (state.link && !state.leaving) draw(withProbe(state.link, state.probed));
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
  // Without a server the card of the login asks for one.
  other.hidden = link.state === "alone" || !link.server_url;
  drawLogin(link);
  drawFacts(link);
}

/** Whether somebody is logged in, as far as this PC knows. */
const isInside = (link) => Boolean(link.user) && state.link.state !== "login";

/** Somebody who is logged in goes on; who is not types a name; without a server there is nobody to log in to. */
function drawLogin(link) {
  const inside = isInside(link);
  const possible = inside || mayLogIn(link);
  const alone = link.state === "alone";
  need("#login-fields").hidden = inside || alone;
  go.disabled = !(possible || alone) || state.busy;
  go.classList.toggle("btn-primary", possible);
  const words = inside ? fmt(link.mode === "offline" ? gettext("Go online as {name}") : gettext("Go on as {name}"), { name: link.user.name }) : alone ? gettext("Choose a server…") : possible ? gettext("Log in") : gettext("Log in when the server answers");
  if (!state.busy) fill(go, words, possible && [" ", h("kbd", { class: "kbd" }, "Enter")]);
  let out = find("#login-out");
  if (inside && !out) {
    out = h("button", { class: "btn btn-quiet", type: "button", id: "login-out", onclick: () => logOut().then(look, toastError) }, gettext("Log out"));
    go.after(out);
  } else if (!inside) out?.remove();
  const name = field("username");
  // The person of this PC is the server's, once somebody logged in.
  if (!name.value && link.user && page.user?.id > 0) name.value = page.user.username;
  if (document.activeElement === document.body) (inside ? go : possible ? (name.value ? field("password") : name) : need("#offline-go")).focus();
}

function drawFacts(link) {
  const host = need("#facts");
  const { projects, rows, storage } = host.dataset;
  const fact = (name, value) => value && [h("dt", null, name), h("dd", null, value)];
  const n = link.pending;
  const held = [fmt(ngettext("{n} project", "{n} projects", Number(projects)), { n: number(Number(projects)) }), fmt(ngettext("{n} row", "{n} rows", Number(rows)), { n: number(Number(rows)) })];
  fill(
    host,
    fact(gettext("On this PC"), Number(projects) || Number(rows) ? held.join(", ") : gettext("nothing yet")),
    fact(gettext("Offline Storage"), Number(storage) === 0 ? gettext("empty") : fmt(ngettext("{n} file", "{n} files", Number(storage)), { n: number(Number(storage)) })),
    fact(gettext("Last sync"), link.last_sync ? when(link.last_sync) : link.state !== "alone" && gettext("not yet")),
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
  if (link.state === "alone") {
    askServer();
    return;
  }
  if (isInside(link)) {
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
const askServer = () => {
  if (!state.link) return;
  chooseServer(state.link.server_url).then((changed) => {
    if (!changed) return undefined;
    state.probed = null;
    state.probedAt = -Infinity;
    // The next thing to do is to type a name: the button that asked for the server is not where one goes on.
    return look().then(() => field("username").focus());
  }, toastError);
};
need("#server-other").addEventListener("click", askServer);
bind(document, [{ id: "start.offline", label: gettext("Start offline"), group: gettext("Server"), keys: ["Alt+KeyO"], typing: true, run: () => { startOffline(); } }]);
document.addEventListener("visibilitychange", () => !document.hidden && look());
loadIcons();
look();
