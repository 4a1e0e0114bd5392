/** The inbox of conflicts: what was edited on two sides, until somebody decides. */

import { get, post } from "../core/api.js";
import { fill, h, icon, need } from "../core/dom.js";
import { exactTime, number, when } from "../core/format.js";
import { announce } from "../core/focus.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { bind, isComposing } from "../core/keyboard.js";
import { page } from "../core/prefs.js";
import { renderText } from "../components/textmark.js";
import { toast, toastError } from "../components/toast.js";
import { showOpen } from "../components/inboxbadge.js";
import { ConflictDetail } from "./inbox_detail.js";
import { settleMany } from "./inbox_many.js";
import { byFile, nameOf, settledWords, sideOf } from "./inbox_words.js";

const EVERY = 30_000;
const PAGE = 100;
const MOST = 500;
const NONE = { items: [], next: null, count: 0 };
const me = page.user?.id;
const list = need("#cf-items");
/** A file's name alone says too little where another project has one of the same name. */
const titleOf = (file) => (state.open.items.some((one) => one.file_id !== file.id && one.file_name === file.name) ? state.places.get(`file:${file.id}`) || file.name : file.name);
const place = /** @type {HTMLSelectElement} */ (need("#cf-place"));
const many = need("#cf-many");
const state = {
  open: NONE, settled: NONE,
  at: null, asked: 0, timer: 0, busy: false, places: new Map(),
};

/** {project} or {file} of the filter. */
function query() {
  const [kind, id] = place.value.split(":");
  return id ? { [kind]: id } : {};
}

async function fetchPage(name, cursor, limit = PAGE) {
  return get("conflicts", { query: { ...query(), state: name === "open" ? "open" : "resolved", cursor, limit } });
}

/** A list from its top, as long as it was: what somebody is at stays where it is. */
async function fetchAgain(name) {
  const wanted = state[name].items.length;
  let answer = await fetchPage(name, null, Math.max(PAGE, Math.min(wanted, MOST)));
  const items = [...answer.items];
  while (answer.next && items.length < wanted) {
    answer = await fetchPage(name, answer.next, MOST);
    items.push(...answer.items);
  }
  return { ...answer, items };
}

/** Read both lists again. */
async function load() {
  clearTimeout(state.timer);
  const asked = ++state.asked;
  try {
    const [open, settled] = await Promise.all([fetchAgain("open"), fetchAgain("settled")]);
    if (asked !== state.asked) return;
    state.open = open;
    state.settled = settled;
    learnPlaces([...open.items, ...settled.items]);
    draw();
    if (!place.value) showOpen(open.count);
    else document.dispatchEvent(new CustomEvent("locanext:conflicts"));
  } catch (error) {
    if (asked === state.asked && !state.open.items.length) fill(list, h("div", { class: "empty" }, icon("warn"), h("p", null, error.message)));
  }
  if (!document.hidden) state.timer = setTimeout(load, EVERY);
}

async function more(name) {
  try {
    const answer = await fetchPage(name, state[name].next);
    const known = new Set(state[name].items.map((one) => one.op));
    state[name] = { ...answer, items: [...state[name].items, ...answer.items.filter((one) => !known.has(one.op))] };
    learnPlaces(answer.items);
    draw();
  } catch (error) {
    toastError(error);
  }
}

/** Every project and file that had a conflict can be chosen; new ones come with their first conflict. */
function learnPlaces(items) {
  const before = state.places.size;
  for (const one of items) {
    const value = `file:${one.file_id}`;
    if (!state.places.has(value)) state.places.set(value, one.file_name);
  }
  if (state.places.size !== before) drawPlaces();
}

function drawPlaces() {
  const chosen = place.value;
  fill(place, h("option", { value: "" }, gettext("Everywhere")), [...state.places].map(([value, name]) => h("option", { value }, name)));
  place.value = chosen;
}

/** What the page brought along, and the place that the address names. */
function firstPlaces(wanted) {
  for (const project of JSON.parse(place.dataset.places || "[]")) {
    state.places.set(`project:${project.id}`, project.name);
    for (const file of project.files) state.places.set(`file:${file.id}`, `${project.name} / ${file.name}`);
  }
  drawPlaces();
  for (const kind of ["project", "file"]) {
    const id = wanted.get(kind);
    if (!id || !/^-?\d+$/u.test(id)) continue;
    const value = `${kind}:${id}`;
    if (!state.places.has(value)) state.places.set(value, kind === "file" ? gettext("This file") : gettext("This project"));
    drawPlaces();
    place.value = value;
  }
}

const all = () => [...state.open.items, ...state.settled.items];
const current = () => all().find((one) => one.op === state.at) || null;

function draw() {
  if (!current()) state.at = (state.open.items[0] || null)?.op ?? null;
  const groups = byFile(state.open.items);
  fill(
    list,
    groups.map((file) => h("div", { role: "group", "aria-label": file.name }, h("div", { class: "sec", role: "presentation", title: state.places.get(`file:${file.id}`) || null }, h("span", { class: "clip" }, titleOf(file)), h("span", { class: "push num" }, number(file.items.length) + (state.open.next && file === groups[groups.length - 1] ? "+" : ""))), file.items.map(line))),
    state.open.next && moreButton("open"),
    state.settled.items.length > 0 && h("div", { role: "group", "aria-label": gettext("Settled") }, h("div", { class: "sec", role: "presentation" }, gettext("Settled"), h("span", { class: "push num" }, number(state.settled.count ?? state.settled.items.length))), state.settled.items.map(line)),
    state.settled.next && moreButton("settled"),
  );
  mark();
  drawEmpty();
  const { count } = state.open;
  many.hidden = count < 2;
  need("#cf-many-count").textContent = number(count);
  const files = groups.length;
  need("#cf-status").textContent = count ? fmt(ngettext("{n} open", "{n} open", count), { n: number(count) }) + (state.open.next ? "" : ` ${fmt(ngettext("in {n} file", "in {n} files", files), { n: number(files) })}`) : "";
}

const moreButton = (name) => h("div", { class: "pane-body", role: "presentation" }, h("button", { class: "btn btn-s", type: "button", tabindex: "-1", onclick: () => more(name) }, gettext("Show more")));

function drawEmpty() {
  if (all().length) {
    list.hidden = false;
    if (!current()) fill(need("#cf-detail"), h("div", { class: "empty" }, icon("inbox"), h("p", null, gettext("Nothing open. Settled ones are in the list."))));
    return;
  }
  fill(list);
  detail.show(null);
  fill(need("#cf-detail"), h("div", { class: "empty" }, icon("inbox"), h("p", null, gettext("No conflicts.")), h("p", { class: "dim" }, place.value ? gettext("None in this place.") : gettext("When a row is edited on two sides at once, the text that did not go into the file comes here."))));
}

function line(one) {
  const settled = Boolean(one.resolution);
  const other = sideOf(one, me) === "lost" ? one.kept_by : one.lost_by;
  const at = sideOf(one, me) === "lost" ? one.kept_at : one.lost_at;
  const words = settled ? [settledWords(one, me), when(one.resolved_at)] : [nameOf(other), when(at)];
  return h("div", { class: settled ? "cf is-settled" : "cf", role: "option", id: `cf-${one.op}`, "data-op": one.op, "aria-selected": "false", title: at ? exactTime(at) : null },
    h("span", { class: settled ? "faint" : "st-conflict" }, icon(settled ? "check" : "conflict", { small: true })),
    h("div", { class: "fill" }, h("div", { class: "clip", dir: "auto" }, one.source ? renderText(one.source) : one.key), h("div", { class: "faint clip" }, words.filter(Boolean).join(" · "))),
    one.n && h("span", { class: "num faint" }, number(one.n)));
}

/** Show which one is chosen, in the list and beside it. */
function mark({ scroll = false } = {}) {
  list.querySelector('[aria-selected="true"]')?.setAttribute("aria-selected", "false");
  const one = current();
  const item = one && document.getElementById(`cf-${one.op}`);
  item?.setAttribute("aria-selected", "true");
  if (item) list.setAttribute("aria-activedescendant", item.id);
  else list.removeAttribute("aria-activedescendant");
  if (scroll) item?.scrollIntoView({ block: "nearest" });
  if (one && detail.one?.op === one.op && detail.one.resolution === one.resolution) return;
  detail.show(one);
  history.replaceState(null, "", one ? `?op=${one.op}` : location.pathname);
}

function choose(op) {
  state.at = op;
  mark({ scroll: true });
  return true;
}

function step(by) {
  const here = all().findIndex((one) => one.op === state.at);
  const name = here < state.open.items.length ? "open" : "settled";
  const last = (name === "open" ? 0 : state.open.items.length) + state[name].items.length - 1;
  // Behind the last one that was loaded come those that were not.
  if (by > 0 && here + by > last && state[name].next) {
    more(name).then(() => chooseAt(by === Infinity ? all().length - 1 : here + by));
    return true;
  }
  return chooseAt(here + by);
}

function chooseAt(index) {
  const ops = all().map((one) => one.op);
  const next = ops[Math.max(0, Math.min(ops.length - 1, index))];
  return next === undefined ? false : choose(next);
}

/** The open one after this one, from the top again behind the last. */
function nextOpen() {
  const { items, next } = state.open;
  if (!items.length) return false;
  const here = items.findIndex((one) => one.op === state.at);
  if (here === items.length - 1 && next) return step(1);
  return choose(items[(here + 1) % items.length].op);
}

async function decide(one, resolution, target) {
  if (state.busy) return;
  state.busy = true;
  const here = state.open.items.findIndex((other) => other.op === one.op);
  try {
    await post(`conflicts/${one.op}/resolve`, target === undefined ? { resolution } : { resolution, target });
  } catch (error) {
    if (target !== undefined) throw error;
    toastError(error);
    return;
  } finally {
    state.busy = false;
  }
  announce(gettext("Settled."));
  await load();
  state.at = (state.open.items[here] || state.open.items[here - 1] || { op: state.at }).op;
  mark({ scroll: true });
  list.focus({ preventScroll: true });
}

const detail = new ConflictDetail(need("#cf-detail"), { decide, left: () => list.focus({ preventScroll: true }) });

list.addEventListener("click", (event) => {
  const op = /** @type {HTMLElement|null} */ (event.target.closest("[data-op]"))?.dataset.op;
  if (op) choose(op);
});
list.addEventListener("keydown", (event) => {
  if (isComposing(event) || event.ctrlKey || event.altKey || event.metaKey) return;
  const moves = { ArrowDown: () => step(1), ArrowUp: () => step(-1), PageDown: () => step(10), PageUp: () => step(-10), Home: () => step(-Infinity), End: () => step(Infinity) };
  const one = current();
  if (event.code === "Enter" && one && one.reason !== "gone") location.assign(`/files/${one.file_id}/?row=${one.row_id}`);
  else if (!moves[event.code]?.()) return;
  event.preventDefault();
});
place.addEventListener("change", () => {
  Object.assign(state, { open: NONE, settled: NONE, at: null });
  load();
});
/** What could not be settled is said, with the reason of the first one. @param {{resolved: number, refused: any[]}|null} outcome */
function sayLeft(outcome) {
  if (outcome?.refused.length) {
    const left = outcome.refused.length;
    toast(`${fmt(ngettext("{n} was left open.", "{n} were left open.", left), { n: number(left) })} ${outcome.refused[0].message}`, { kind: "warn", stay: true });
  }
  return outcome;
}
const settleShown = async () => {
  const chosen = state.places.get(place.value);
  if (await settleMany({ count: state.open.count, place: chosen || "", query: query() }).then(sayLeft)) {
    await load();
    list.focus({ preventScroll: true });
  }
};
many.addEventListener("click", () => settleShown().catch(toastError));

const group = gettext("Conflicts");
const isOpen = () => Boolean(current() && !current().resolution);
bind(document, [
  { id: "inbox.next", label: gettext("Next open conflict"), group, keys: ["KeyJ"], run: nextOpen },
  { id: "inbox.keep", label: gettext("Leave what is in the file"), group, keys: ["KeyK"], icon: "check", when: isOpen, run: () => { decide(current(), "kept"); } },
  { id: "inbox.swap", label: gettext("Swap: the other text into the file"), group, keys: ["KeyX"], icon: "swap", when: () => isOpen() && !["gone", "forbidden"].includes(current().reason), run: () => { decide(current(), "swapped"); } },
  { id: "inbox.third", label: gettext("Write a third"), group, keys: ["KeyE"], icon: "pencil", when: isOpen, run: () => detail.write() },
  { id: "inbox.open", label: gettext("Open the row in the grid"), group, keys: ["KeyO"], icon: "ext", when: () => Boolean(current()), run: () => location.assign(`/files/${current().file_id}/?row=${current().row_id}`) },
  { id: "inbox.many", label: gettext("Settle all shown…"), group, keys: ["Shift+KeyK"], icon: "check2", when: () => state.open.count > 1, run: () => { settleShown().catch(toastError); } },
]);
document.addEventListener("visibilitychange", () => !document.hidden && load());

const wanted = new URLSearchParams(location.search);
firstPlaces(wanted);
state.at = wanted.get("op");
load().then(() => !document.activeElement?.closest("input, textarea, select, dialog") && list.focus({ preventScroll: true }));
