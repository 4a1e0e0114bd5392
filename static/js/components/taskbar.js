/** The running task in the status bar: it follows the person over the pages. */

import { get } from "../core/api.js";
import { fill, find, h, icon } from "../core/dom.js";
import { number, timeLeft } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { page } from "../core/prefs.js";
import { taskBar } from "./progress.js";
import { toast } from "./toast.js";

const EVERY = 2000;
const known = new Map();
/** Tasks whose end this page itself waits for. */
const followed = new Set();
let timer = 0;
let place = null;

/** Start watching; without running tasks one request is made and no more until something starts. */
export function watchTasks() {
  place = find("#task-bar");
  if (!place || !page.user) return;
  document.addEventListener("locanext:task", (event) => {
    known.set(event.detail.id, event.detail.status);
    if (event.detail.followed) followed.add(event.detail.id);
    if (event.detail.status === "queued" || event.detail.status === "running") schedule(400);
    else schedule(0);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && known.size) schedule(0);
  });
  schedule(0);
}

function schedule(ms) {
  clearTimeout(timer);
  timer = setTimeout(look, ms);
}

async function look() {
  let tasks;
  try {
    const answer = await get("tasks", { query: { active: 1 } });
    tasks = Array.isArray(answer) ? answer : answer.results;
  } catch {
    if (known.size) schedule(EVERY * 5);
    return;
  }
  draw(tasks);
  reportEnded(tasks);
  for (const task of tasks) known.set(task.id, task.status);
  if (tasks.length && !document.hidden) schedule(EVERY);
}

function draw(tasks) {
  const running = tasks.find((task) => task.status === "running") || tasks[0];
  if (!running) {
    fill(place);
    return;
  }
  const waiting = tasks.length - 1;
  const share = running.percent === null || running.percent === undefined ? null : Math.floor(running.percent);
  fill(
    place,
    h("a", { class: "item", href: page.places?.tasks || "#" }, icon("tasks", { small: true }), running.title,
      running.step && h("span", { class: "dim" }, running.step), taskBar((share || 0) / 100),
      share !== null && h("span", { class: "num" }, fmt(gettext("{n} %"), { n: share })),
      running.eta_seconds ? h("span", { class: "faint" }, timeLeft(running.eta_seconds)) : null),
    waiting > 0 && [h("span", { class: "sep" }), h("span", { class: "item faint" }, fmt(ngettext("{n} waiting", "{n} waiting", waiting), { n: number(waiting) }))],
  );
}

/** A task that was running and is gone from the list has ended: a failure is said, success shows in its place. */
async function reportEnded(tasks) {
  const active = new Set(tasks.map((task) => task.id));
  for (const [id, status] of known) {
    if (active.has(id)) continue;
    known.delete(id);
    if (status !== "queued" && status !== "running") continue;
    const task = await get(`tasks/${id}`).catch(() => null);
    if (!task) continue;
    document.dispatchEvent(new CustomEvent("locanext:task-ended", { detail: task }));
    if (task.status === "failed" && !followed.has(id)) toast(fmt(gettext("{title}: {message}"), { title: task.title, message: task.error?.message || task.error || gettext("The task failed.") }), { kind: "error" });
  }
}
