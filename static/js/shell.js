/** What every page has: keys that work anywhere, the person's menu, tasks, toasts. The only script base pages load. */

import { find, loadIcons } from "./core/dom.js";
import { exactTime } from "./core/format.js";
import { stepPane } from "./core/focus.js";
import { gettext } from "./core/i18n.js";
import { bind, keyOf } from "./core/keyboard.js";
import { scopeOfPage, searchLink } from "./core/links.js";
import { page, pref, setPref } from "./core/prefs.js";
import { openHelp } from "./components/help.js";
import { watchInbox } from "./components/inboxbadge.js";
import { openMenu, separator } from "./components/menu.js";
import { avatar } from "./components/person.js";
import { openPalette } from "./components/palette.js";
import { watchTasks } from "./components/taskbar.js";
import { toast } from "./components/toast.js";

const anywhere = gettext("Anywhere");
const go = (place) => () => {
  const address = page.places?.[place];
  if (!address) return false;
  location.assign(address);
  return true;
};

/** A few words that are selected, in the page or in a field. */
function selectedText() {
  const field = /** @type {HTMLTextAreaElement|null} */ (document.activeElement);
  const text = field && "selectionStart" in field && field.selectionStart !== null ? field.value.slice(field.selectionStart, field.selectionEnd) : String(getSelection());
  const words = text.trim();
  return words.length <= 200 && !words.includes("\n") ? words : "";
}

function setTheme(choice) {
  document.documentElement.dataset.themeChoice = choice;
  if (choice !== "system") document.documentElement.dataset.theme = choice;
  document.dispatchEvent(new CustomEvent("locanext:theme"));
  setPref("theme", choice);
}

function setDensity(choice) {
  document.documentElement.dataset.density = choice;
  document.dispatchEvent(new CustomEvent("locanext:density"));
  setPref("density", choice);
}

const THEMES = [["dark", gettext("Dark")], ["light", gettext("Light")], ["system", gettext("Follow the system")]];
const DENSITIES = [["tight", gettext("Tight")], ["normal", gettext("Normal")], ["roomy", gettext("Roomy")]];

bind(document, [
  { id: "app.commands", label: gettext("Commands"), group: anywhere, keys: ["Ctrl+KeyK"], typing: true, palette: false, run: () => openPalette("commands") },
  { id: "app.search", label: gettext("Search everything"), group: anywhere, keys: ["Ctrl+KeyP"], typing: true, icon: "search", run: () => openPalette("search") },
  { id: "app.search-rows", label: gettext("Search rows"), group: anywhere, keys: ["Ctrl+Shift+KeyF"], typing: true, icon: "search", run: () => location.assign(searchLink({ q: selectedText(), scope: scopeOfPage() })) },
  { id: "app.help", label: gettext("Shortcuts"), group: anywhere, keys: ["F1", "char:?"], typing: true, icon: "keyboard", run: openHelp },
  { id: "app.pane", label: gettext("Next pane"), group: anywhere, keys: ["F6"], typing: true, palette: false, run: () => stepPane(1) },
  { id: "app.pane-back", label: gettext("Pane before"), group: anywhere, keys: ["Shift+F6"], typing: true, palette: false, run: () => stepPane(-1) },
  { id: "go.files", label: gettext("Go to files"), group: anywhere, keys: ["KeyG KeyF"], icon: "files", when: () => Boolean(page.places?.files), run: go("files") },
  { id: "go.memory", label: gettext("Go to memory and terms"), group: anywhere, keys: ["KeyG KeyM"], icon: "memory", when: () => Boolean(page.places?.memory), run: go("memory") },
  { id: "go.tasks", label: gettext("Go to tasks"), group: anywhere, keys: ["KeyG KeyT"], icon: "tasks", when: () => Boolean(page.places?.tasks), run: go("tasks") },
  { id: "go.inbox", label: gettext("Go to the conflict inbox"), group: anywhere, keys: ["KeyG KeyI"], icon: "inbox", when: () => Boolean(page.places?.inbox), run: go("inbox") },
  { id: "go.account", label: gettext("Account and settings"), group: anywhere, keys: [], help: false, icon: "settings", when: () => Boolean(page.places?.account), run: go("account") },
  ...THEMES.map(([value, label]) => ({ id: `theme.${value}`, label, group: gettext("Theme"), keys: [], icon: "eye", run: () => setTheme(value) })),
  ...DENSITIES.map(([value, label]) => ({ id: `density.${value}`, label, group: gettext("Row height"), keys: [], icon: "columns", run: () => setDensity(value) })),
]);

function personMenu(button) {
  const choice = (list, now, set) => list.map(([value, label]) => ({ label, checked: value === now, run: () => set(value) }));
  openMenu(
    [
      { note: page.user.name },
      page.places?.account && { label: gettext("Account and settings"), icon: "settings", run: go("account") },
      page.places?.people && { label: gettext("People"), icon: "users", run: go("people") },
      separator,
      { label: gettext("Theme"), icon: "eye", items: choice(THEMES, pref("theme", "system"), setTheme) },
      { label: gettext("Row height"), icon: "columns", items: choice(DENSITIES, pref("density", "normal"), setDensity) },
      { label: gettext("Shortcuts"), icon: "keyboard", key: keyOf("app.help"), run: openHelp },
      separator,
      page.places?.logout && { label: gettext("Log out"), icon: "ext", run: () => /** @type {HTMLFormElement|null} */ (find("#sign-out"))?.requestSubmit() },
    ],
    button,
    { label: page.user.name },
  );
}

document.addEventListener("click", (event) => {
  const act = event.target instanceof Element ? event.target.closest("[data-act]") : null;
  if (!act) return;
  const name = act.getAttribute("data-act");
  if (name === "commands") openPalette("commands");
  else if (name === "search") openPalette("search");
  else if (name === "help") openHelp();
  else if (name === "me") personMenu(act);
});

/** Times that the server wrote in its own zone, in the zone and the manner of the person. */
function showTimes() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.textContent = exactTime(time.getAttribute("datetime"));
  }
}

document.addEventListener("locanext:signed-out", () => {
  toast(gettext("You are logged out. What you typed is kept."), {
    kind: "error", id: "signed-out",
    actions: [{ label: gettext("Log in"), run: () => location.assign(`${page.places?.login || "/login/"}?next=${encodeURIComponent(location.pathname + location.search)}`) }],
  });
});

loadIcons();
const disc = find("#me-avatar");
if (disc && page.user) disc.replaceWith(avatar(page.user));
showTimes();
watchTasks();
watchInbox();
