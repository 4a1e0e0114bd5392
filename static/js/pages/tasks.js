/** The tasks page: what runs, what came of what ran. It refreshes by itself while something runs. */

import { get, post } from "../core/api.js";
import { fill, find, h, icon, need } from "../core/dom.js";
import { bytes, clock, exactTime, number, timeLeft, when } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { bind } from "../core/keyboard.js";
import { page } from "../core/prefs.js";
import { saveFile } from "../components/download.js";
import { taskBar } from "../components/progress.js";
import { makeSegment } from "../components/segment.js";
import { toastError } from "../components/toast.js";
import { countName, isPassing, outcome, resultLink, secondsOf, stateOf, took } from "./tasks_words.js";

const ACTIVE = new Set(["queued", "running"]);
const WHILE_RUNNING = 1500;
const OTHERWISE = 8000;
const FIRST = 50;

const body = need("#task-rows");
const end = need("#task-end");
const state = { tasks: [], next: null, open: new Set(), at: null, timer: 0, drawn: new Map() };

const status = makeSegment(need("#task-state"), () => start());
const whoseGroup = find("#task-whose");
const whose = whoseGroup ? makeSegment(whoseGroup, () => start()) : { value: () => "" };

function query(cursor) {
  const chosen = status.value();
  return { limit: FIRST, cursor, all: whose.value() || null, active: chosen === "active" ? 1 : null, status: chosen && chosen !== "active" ? chosen : null };
}

/** From the top, with new filters. */
async function start() {
  state.tasks = [];
  state.next = null;
  state.drawn.clear();
  fill(body);
  await refresh();
}

/** Load the first page again; older pages that were loaded stay below. */
async function refresh() {
  clearTimeout(state.timer);
  try {
    const answer = await get("tasks", { query: query(null) });
    const fresh = new Set(answer.results.map((task) => task.id));
    const last = answer.results[answer.results.length - 1];
    const older = answer.next && last ? state.tasks.filter((task) => !fresh.has(task.id) && task.created_at <= last.created_at) : [];
    state.tasks = [...answer.results, ...older];
    if (!older.length) state.next = answer.next;
    draw();
  } catch (error) {
    if (!state.tasks.length) fill(end, h("div", { class: "empty" }, icon("warn"), h("p", null, error.message)));
  }
  const active = state.tasks.some((task) => ACTIVE.has(task.status));
  state.timer = setTimeout(refresh, document.hidden ? OTHERWISE * 4 : active ? WHILE_RUNNING : OTHERWISE);
}

async function more() {
  try {
    const answer = await get("tasks", { query: query(state.next) });
    state.tasks.push(...answer.results);
    state.next = answer.next;
    draw();
  } catch (error) {
    toastError(error);
  }
}

/** Only rows that changed are drawn again, so that the focus stays where it is. */
function draw() {
  const shown = state.tasks.filter((task) => !isPassing(task, status.value()));
  const focused = document.activeElement?.closest("tr[data-task]")?.dataset.task;
  const focusedAct = document.activeElement?.dataset?.actName;
  const rows = [];
  for (const task of shown) {
    const mark = JSON.stringify([task, state.open.has(task.id), state.at === task.id]);
    const kept = state.drawn.get(task.id);
    if (kept?.mark === mark && !ACTIVE.has(task.status)) rows.push(...kept.rows);
    else {
      const made = [row(task), state.open.has(task.id) ? details(task) : null].filter(Boolean);
      state.drawn.set(task.id, { mark, rows: made });
      rows.push(...made);
    }
  }
  body.replaceChildren(...rows);
  if (focused && !body.contains(document.activeElement)) {
    const again = find(`tr[data-task="${CSS.escape(focused)}"]`, body);
    (focusedAct ? find(`[data-act-name="${focusedAct}"]`, again) : null)?.focus() ?? again?.focus();
  }
  fill(
    end,
    !shown.length && h("div", { class: "empty" }, icon("tasks"), h("p", null, status.value() ? gettext("No task of this kind.") : gettext("No task yet. Imports, downloads and copies show here."))),
    state.next && h("div", { class: "t-more" }, h("button", { class: "btn btn-s", type: "button", onclick: more }, gettext("Show older ones"))),
  );
}

function acts(task) {
  const button = (name, label, run) => h("button", { class: "btn btn-quiet btn-s", type: "button", "data-act-name": name, onclick: (event) => { event.stopPropagation(); run(); } }, label);
  const link = resultLink(task);
  return [
    ACTIVE.has(task.status) && !task.cancel_requested && button("cancel", gettext("Cancel"), () => cancel(task)),
    task.files.length > 0 && button("download", gettext("Download"), () => task.files.forEach(saveFile)),
    link && h("a", { class: "btn btn-quiet btn-s", href: link.href, "data-act-name": "link" }, link.label),
    button("details", state.open.has(task.id) ? gettext("Less") : gettext("Details"), () => toggle(task.id)),
  ];
}

function row(task) {
  const now = stateOf(task);
  const running = ACTIVE.has(task.status);
  const seconds = secondsOf(task);
  const amount = task.total ? `${number(task.done)} / ${number(task.total)}` : task.done ? number(task.done) : "";
  return h(
    "tr",
    { "data-task": task.id, tabindex: "0", "aria-selected": String(state.at === task.id), "aria-expanded": String(state.open.has(task.id)), onclick: () => select(task.id), ondblclick: () => toggle(task.id) },
    h("td", { class: "t-name" }, h("span", { class: "strong" }, task.title), " ", h("span", { class: "dim" }, task.subject?.name || task.files.map((file) => file.name).join(", "))),
    h("td", { class: "dim" }, task.owner.id === page.user?.id ? gettext("You") : task.owner.name),
    h("td", null, h("span", { class: `row ${now.colour}` }, icon(now.icon, { small: true }), now.words)),
    h("td", { class: "t-p" }, running ? h("span", { class: "t-p-line" }, taskBar((task.percent || 0) / 100), task.percent !== null && h("span", { class: "num faint" }, fmt(gettext("{n} %"), { n: task.percent }))) : null),
    h("td", { class: `t-step ${task.status === "failed" ? "" : "dim"}` }, outcome(task), running && task.eta_seconds ? h("span", { class: "faint" }, " ", timeLeft(task.eta_seconds)) : null),
    h("td", { class: "num right" }, amount),
    h("td", { class: "num dim", title: exactTime(task.started_at || task.created_at) }, when(task.started_at)),
    h("td", { class: "num dim" }, seconds === null ? "" : took(seconds)),
    h("td", { class: "right" }, acts(task)),
  );
}

function details(task) {
  const { log = [], counts = {}, errors = [], log_left_out: left = 0 } = task.result || {};
  const numbers = Object.entries(counts).filter(([, value]) => typeof value === "number");
  const time = (line) => line.replace(/^(\S+Z) /u, (_whole, iso) => `${clock(iso)}  `);
  return h(
    "tr",
    { class: "t-det" },
    h("td", { colspan: "9" }, h("div", { class: "t-grid" },
      h("div", null, h("div", { class: "label" }, gettext("Facts")), h("dl", { class: "facts" },
        h("dt", null, gettext("Asked for")), h("dd", null, exactTime(task.created_at)),
        task.finished_at && [h("dt", null, gettext("Ended")), h("dd", null, exactTime(task.finished_at))],
        numbers.map(([name, value]) => [h("dt", null, countName(name)), h("dd", { class: "num" }, number(value))]))),
      h("div", null, h("div", { class: "label" }, gettext("Log")),
        log.length ? h("pre", { class: "mono t-log" }, log.map(time).join("\n"), left ? `\n${fmt(ngettext("{n} line in the middle was not kept.", "{n} lines in the middle were not kept.", left), { n: number(left) })}` : "") : h("p", { class: "faint" }, gettext("This task wrote no log.")),
        errors.length > 0 && [h("div", { class: "label" }, gettext("Not read")), h("ul", null, errors.map((error) => h("li", null, h("span", { class: "strong" }, error.path), " ", error.place && h("span", { class: "mono faint" }, error.place, " "), error.message)))]),
      h("div", null, h("div", { class: "label" }, gettext("Files")),
        task.files.length ? h("ul", null, task.files.map((file) => h("li", null, h("a", { class: "link", href: file.url, download: file.name }, file.name), " ", h("span", { class: "faint" }, bytes(file.size))))) : h("p", { class: "faint" }, gettext("none"))))),
  );
}

function select(id) {
  state.at = id;
  for (const one of body.querySelectorAll("tr[data-task]")) one.setAttribute("aria-selected", String(one.dataset.task === id));
}

function toggle(id) {
  if (!state.open.delete(id)) state.open.add(id);
  state.at = id;
  draw();
}

async function cancel(task) {
  try {
    const now = await post(`tasks/${task.id}/cancel`);
    state.tasks = state.tasks.map((one) => (one.id === now.id ? now : one));
    draw();
    await refresh();
  } catch (error) {
    toastError(error);
  }
}

const current = () => {
  const id = document.activeElement?.closest("tr[data-task]")?.dataset.task || state.at;
  return state.tasks.find((task) => task.id === id);
};

function step(by) {
  const all = [...body.querySelectorAll("tr[data-task]")];
  const here = all.findIndex((one) => one.dataset.task === current()?.id);
  const next = all[Math.max(0, Math.min(all.length - 1, here + by))];
  if (!next) return false;
  select(next.dataset.task);
  next.focus();
  return true;
}

const group = gettext("Tasks");
bind(document, [
  { id: "tasks.next", label: gettext("Next task"), group, keys: ["ArrowDown", "KeyJ"], palette: false, when: () => !document.activeElement?.closest("[role=radiogroup]"), run: () => step(1) },
  { id: "tasks.before", label: gettext("Task before"), group, keys: ["ArrowUp", "KeyK"], palette: false, when: () => !document.activeElement?.closest("[role=radiogroup]"), run: () => step(-1) },
  { id: "tasks.details", label: gettext("Details"), group, keys: ["Enter"], palette: false, when: () => document.activeElement?.matches("tr[data-task]") === true, run: () => toggle(current().id) },
  { id: "tasks.cancel", label: gettext("Cancel the task"), group, keys: ["Delete"], when: () => Boolean(current() && ACTIVE.has(current().status)), run: () => { cancel(current()); } },
  { id: "tasks.refresh", label: gettext("Refresh"), group, keys: ["F5"], icon: "sync", run: () => { refresh(); } },
]);
document.addEventListener("locanext:task", () => refresh());
document.addEventListener("visibilitychange", () => !document.hidden && refresh());
start();
