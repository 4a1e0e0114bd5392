/** The repeats of a file or a project: sources that several rows have, with every target in use. */

import { get } from "../core/api.js";
import { fill, h, icon, need } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { bind } from "../core/keyboard.js";
import { makeSegment } from "../components/segment.js";
import { renderText } from "../components/textmark.js";
import { toastError } from "../components/toast.js";
import { makeRoving } from "./editor_roving.js";
import { RepeatSide } from "./repeats_side.js";

const PAGE = 100;
const SHOWN_TARGETS = 4;

const list = need("#repeats-list");
const { file, project, source, target } = list.dataset;
const differ = /** @type {HTMLInputElement} */ (need("#repeats-differ"));
const asked = new URLSearchParams(location.search);
const state = { scope: asked.get("scope") === "project" ? "project" : "file", groups: [], next: null, current: null, round: 0 };
differ.checked = asked.get("differ") !== "0";

const side = new RepeatSide(need("#repeats-side"), {
  fileId: Number(file), languages: { source, target }, scope: () => state.scope,
  onDone: () => load().catch(toastError),
  onLeave: () => focusCurrent(),
});

const path = () => (state.scope === "project" ? `projects/${project}/repeats` : `files/${file}/repeats`);

async function load(more = false) {
  const round = (state.round += 1);
  const answer = await get(path(), { query: { inconsistent: differ.checked ? 1 : null, sort: differ.checked ? "differ" : "rows", limit: PAGE, cursor: more ? state.next : null } });
  if (round !== state.round) return;
  const before = state.current;
  state.groups = more ? [...state.groups, ...answer.results] : answer.results;
  state.next = answer.next;
  draw();
  const again = state.groups.find((group) => group.hash === before?.hash) || (more ? null : state.groups[0]);
  if (again) await choose(again, { quiet: more });
  else if (!more) side.clear();
  keepAddress();
}

function keepAddress() {
  const query = new URLSearchParams();
  if (state.scope === "project") query.set("scope", "project");
  if (!differ.checked) query.set("differ", "0");
  if (state.current) query.set("source", state.current.hash);
  history.replaceState(null, "", `?${query}`);
}

function draw() {
  const n = state.groups.length;
  const words = fmt(ngettext("{n} source", "{n} sources", n), { n: number(n) }) + (state.next ? "+" : "");
  need("#repeats-count").textContent = words;
  need("#repeats-status").textContent = words;
  roving.keep(() => fill(list, state.groups.map(groupLine), state.next && h("button", { class: "rep-more", type: "button", "data-item": "more", tabindex: "-1" }, gettext("Show more")), !n && nothing()));
  roving.refresh();
}

function nothing() {
  const words = differ.checked ? gettext("Rows with the same source have the same text everywhere.") : gettext("No source stands in more than one row.");
  return h("div", { class: "empty" }, icon("same"), h("p", null, words), differ.checked && h("button", { class: "btn", type: "button", onclick: () => { differ.checked = false; load().catch(toastError); } }, gettext("Show all repeats")));
}

function groupLine(group) {
  const uses = group.targets.slice(0, SHOWN_TARGETS);
  const rest = group.targets.length - uses.length + Number(group.more_targets || 0);
  return h("div", { class: "rep", role: "option", "data-item": group.hash, tabindex: "-1", "aria-selected": String(group.hash === state.current?.hash) },
    h("span", { class: "num right faint" }, number(group.rows)),
    h("span", { class: "g-text", lang: source || null, dir: "auto" }, renderText(group.source)),
    h("div", { class: "rep-uses" },
      uses.map((use) => h("div", { class: "rep-use" }, h("span", { class: use.target ? "g-text" : "faint", lang: target || null, dir: "auto" }, use.target ? renderText(use.target) : gettext("empty")), h("span", { class: "num faint" }, number(use.rows)))),
      rest > 0 && h("div", { class: "rep-use faint" }, fmt(ngettext("{n} more text", "{n} more texts", rest), { n: number(rest) }))));
}

async function choose(group, { quiet = false } = {}) {
  const same = state.current?.hash === group.hash && quiet;
  state.current = group;
  for (const item of list.querySelectorAll("[role=option]")) item.setAttribute("aria-selected", String(/** @type {HTMLElement} */ (item).dataset.item === group.hash));
  keepAddress();
  if (!same) await side.show(group);
}

const focusCurrent = () => /** @type {HTMLElement|null} */ (list.querySelector('[aria-selected="true"]') || list.querySelector("[data-item]"))?.focus();

const roving = makeRoving(list, {
  use: (item) => (item.dataset.item === "more" ? loadMore() : side.focus()),
  menu: () => {},
  focused: (item) => {
    const group = state.groups.find((one) => one.hash === item.dataset.item);
    if (group && group !== state.current) choose(group).catch(toastError);
  },
  leave: () => {},
});

const loadMore = () => load(true).catch(toastError);
list.addEventListener("click", (event) => {
  const item = /** @type {HTMLElement|null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-item]"));
  if (item?.dataset.item === "more") loadMore();
  else item?.focus();
});
differ.addEventListener("change", () => load().catch(toastError));
const segment = makeSegment(need("#repeats-scope"), (value) => {
  state.scope = value;
  load().catch(toastError);
});
segment.set(state.scope);

function step(direction) {
  const items = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-item]")]);
  const at = items.findIndex((item) => item.dataset.item === state.current?.hash);
  const next = items[Math.max(0, Math.min(items.length - 1, at + direction))];
  next?.focus();
  return Boolean(next);
}

const group = gettext("Repeats");
bind(document, [
  { id: "repeats.next", label: gettext("Next source"), group, keys: ["KeyJ"], icon: "down", run: () => step(1) },
  { id: "repeats.before", label: gettext("Source before"), group, keys: ["KeyK"], icon: "up", run: () => step(-1) },
  ...Array.from({ length: 9 }, (_, at) => ({ id: `repeats.pick-${at + 1}`, label: fmt(gettext("Take text {n}"), { n: at + 1 }), group, keys: [`Digit${at + 1}`], help: at === 0, palette: false, run: () => side.pick(at) })),
  { id: "repeats.fill", label: gettext("Give all rows the chosen text"), group, keys: ["Ctrl+Enter"], typing: true, icon: "same", run: () => { side.apply(); } },
  { id: "repeats.differ", label: gettext("Only with several texts"), group, keys: [], icon: "filter", run: () => { differ.checked = !differ.checked; load().catch(toastError); } },
  { id: "repeats.back", label: gettext("Back to the file"), group, keys: ["Backspace"], icon: "file", run: () => location.assign(`/files/${file}/`) },
]);

load()
  .then(() => {
    const wanted = state.groups.find((one) => one.hash === asked.get("source"));
    return wanted && choose(wanted);
  })
  .catch((error) => fill(list, h("div", { class: "empty" }, icon("warn"), h("p", null, error.message))));
