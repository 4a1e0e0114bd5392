/** The change sets of a file: what each did, row by row, and taking one back. */

import { get, pollTask, post } from "../core/api.js";
import { fill, h, icon, need } from "../core/dom.js";
import { exactTime, number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { bind } from "../core/keyboard.js";
import { openDialog, promptDialog } from "../components/dialog.js";
import { personLine } from "../components/person.js";
import { statusName } from "../components/status.js";
import { renderText } from "../components/textmark.js";
import { toast, toastError } from "../components/toast.js";
import { renderDiff } from "../components/worddiff.js";
import { actName, countName, KINDS, kindIcon, kindName } from "./changes_words.js";
import { makeRoving } from "./editor_roving.js";

const list = need("#set-list");
const items = need("#set-items");
const fileId = Number(items.dataset.file);
const state = { sets: [], next: null, current: null, view: "diff", itemsNext: null, authors: new Map() };
const kindField = /** @type {HTMLSelectElement} */ (need("#set-kind"));
const authorField = /** @type {HTMLSelectElement} */ (need("#set-author"));

async function loadSets(more = false) {
  const answer = await get(`files/${fileId}/change-sets`, { query: { limit: 50, cursor: more ? state.next : null, kind: kindField.value, author: authorField.value } });
  const results = Array.isArray(answer) ? answer : answer.results;
  state.sets = more ? [...state.sets, ...results] : results;
  state.next = answer.next ?? null;
  drawAuthors();
  drawList();
}

/** Whoever made a change that was listed can be chosen. */
function drawAuthors() {
  for (const { author } of state.sets) if (author?.id !== null && author?.id !== undefined) state.authors.set(String(author.id), author.name);
  const chosen = authorField.value;
  const names = [...state.authors].sort((a, b) => a[1].localeCompare(b[1]));
  fill(authorField, h("option", { value: "" }, gettext("Everybody")), names.map(([id, name]) => h("option", { value: id }, name)));
  authorField.value = chosen;
}

/** Other kinds or another person: the list begins anew. */
async function filterSets() {
  await loadSets();
  const here = state.sets.find((set) => set.id === state.current?.id);
  if (here || state.sets[0]) await choose(here || state.sets[0]);
  else showNone();
}

function showNone() {
  state.current = null;
  fill(need("#set-facts"));
  for (const id of ["#set-count", "#set-status"]) need(id).textContent = "";
  fill(need("#set-title"), gettext("Changes"));
  fill(items, h("div", { class: "empty" }, icon("history"), h("p", null, kindField.value || authorField.value ? gettext("No such change.") : gettext("No changes of many rows yet."))));
}

function drawList() {
  fill(
    list,
    state.sets.length === 0 && h("p", { class: "dim" }, kindField.value || authorField.value ? gettext("No such change.") : gettext("Nothing has changed many rows of this file yet. The history of a single row is in the editor.")),
    state.sets.map((set) =>
      h("button", { class: "row also-set", type: "button", "aria-current": set.id === state.current?.id ? "true" : null, onclick: () => choose(set) },
        icon(kindIcon(set.kind), { small: true }),
        h("span", { class: "clip" }, number(set.id), " ", actName(set), set.reason && `: ${set.reason}`),
        set.reverted && h("span", { class: "pill" }, gettext("reverted")),
        h("span", { class: "faint push" }, number(rowsOf(set))))),
    state.next && h("button", { class: "btn btn-s", type: "button", onclick: () => loadSets(true).catch(toastError) }, gettext("Show older ones")),
  );
}

/** How many rows a change set is about. */
function rowsOf(set) {
  const counts = set.counts || {};
  if (counts.changed !== undefined && counts.new === undefined) return counts.changed;
  if (counts.reverted !== undefined) return counts.reverted;
  return ["new", "added", "changed", "moved", "gone"].reduce((sum, name) => sum + (name === "added" && counts.new !== undefined ? 0 : Number(counts[name]) || 0), 0);
}

async function choose(set) {
  state.current = set;
  history.replaceState(null, "", `?set=${set.id}`);
  drawList();
  drawFacts(set);
  askSince(set);
  fill(need("#set-title"), set.reason || actName(set));
  need("#set-count").textContent = fmt(ngettext("{n} row", "{n} rows", rowsOf(set)), { n: number(rowsOf(set)) });
  need("#set-status").textContent = need("#set-count").textContent;
  fill(items);
  state.itemsNext = null;
  await loadItems(set);
}

async function loadItems(set) {
  try {
    const answer = await get(`change-sets/${set.id}/items`, { query: { limit: 200, cursor: state.itemsNext } });
    if (state.current !== set) return;
    state.itemsNext = answer.next;
    items.querySelector(".more")?.remove();
    items.append(...answer.results.map(itemRow));
    roving.refresh();
    if (!items.childElementCount) fill(items, h("div", { class: "empty" }, icon("history"), h("p", null, gettext("This change kept no list of rows."))));
    if (answer.next) items.append(h("div", { class: "more pane-body" }, h("button", { class: "btn", type: "button", onclick: () => loadItems(set) }, gettext("Show more rows"))));
  } catch (error) {
    fill(items, h("div", { class: "empty" }, icon("warn"), h("p", null, error.message)));
  }
}

function itemRow(item) {
  const { source, target } = items.dataset;
  const text = (language, ...content) => h("div", { class: "g-text", role: "cell", lang: language || null, dir: "auto" }, ...content);
  const moved = item.status !== item.status_before ? `${statusName(item.status_before)} → ${statusName(item.status)}` : "";
  const note = item.removed ? gettext("No longer in the file.") : moved;
  const since = !state.current?.reverted && item.since;
  const link = h("a", { class: "num faint", tabindex: "-1", href: `/files/${fileId}/?row=${item.row_id}`, role: "cell" }, item.removed ? "–" : number(item.n));
  const side = since
    ? h("span", { class: "dr-since", role: "cell" }, icon("pencil", { small: true }), fmt(gettext("{name} edited it since. A revert leaves it."), { name: since.name }))
    : h("span", { class: "faint", role: "cell" }, note);
  const line = { role: "row", "data-item": item.row_id, tabindex: "-1" };
  if (state.view === "both") {
    return h("div", { class: "dr cs is-both", ...line }, link, text(source, renderText(item.source)), text(target, renderText(item.target_before)), text(target, renderText(item.target)), side);
  }
  return h("div", { class: "dr cs", ...line }, link, text(source, renderText(item.source)), text(target, renderDiff(item.target_before, item.target)), side);
}

/** How many rows were edited since is asked for the change that is looked at only. */
async function askSince(set) {
  if (!set.may_revert || set.edited_since !== undefined) return;
  const whole = await get(`change-sets/${set.id}`).catch(() => null);
  set.edited_since = whole?.edited_since ?? 0;
  if (state.current === set) drawFacts(set);
}

function drawFacts(set) {
  const fact = (name, value) => value && [h("dt", null, name), h("dd", null, value)];
  const counts = Object.entries(set.counts || {}).filter(([name, value]) => typeof value === "number" && value > 0 && countName(name));
  fill(
    need("#set-facts"),
    h("div", { class: "sec" }, fmt(gettext("Change {n}"), { n: number(set.id) })),
    h("div", { class: "pane-body" }, h("dl", { class: "facts" }, fact(gettext("What"), actName(set)), fact(gettext("Who"), personLine(set.author)), fact(gettext("When"), exactTime(set.created_at)), fact(gettext("Reason"), set.reason), fact(gettext("Find"), set.counts?.find && h("bdi", { class: "mono" }, set.counts.find)), fact(gettext("Replace with"), set.counts?.with && h("bdi", { class: "mono" }, set.counts.with)))),
    counts.length > 0 && [h("div", { class: "sec" }, gettext("Rows")), h("div", { class: "pane-body" }, h("dl", { class: "facts count" }, counts.map(([name, value]) => fact(countName(name), h("span", { class: "num" }, number(value))))))],
    h("div", { class: "sec" }, gettext("Revert")),
    h("div", { class: "pane-body stack" }, revertPart(set)),
  );
}

/** How many rows a revert would leave, where the server said it. */
function sinceWords(set) {
  if (!set.edited_since) return gettext("Nobody edited these rows since. The revert is a change of its own.");
  return fmt(ngettext("{n} row that somebody edited since is left alone and listed. The revert is a change of its own.", "{n} rows that people edited since are left alone and listed. The revert is a change of its own.", set.edited_since), { n: number(set.edited_since) });
}

function revertPart(set) {
  if (set.reverted) return h("p", { class: "dim" }, fmt(gettext("Reverted by change {n}."), { n: number(set.reverted) }));
  if (!set.may_revert) return h("p", { class: "dim" }, set.kind === "import" ? gettext("A first import is not reverted: delete the file instead.") : gettext("The person who made this change, or a lead, can revert it."));
  return [
    h("p", { class: "dim" }, sinceWords(set)),
    h("button", { class: "btn btn-danger", type: "button", onclick: () => revert(set) }, icon("undo"), gettext("Revert…")),
  ];
}

async function revert(set) {
  const reason = await promptDialog({
    title: fmt(gettext("Revert change {n}?"), { n: number(set.id) }), label: gettext("Reason"), action: gettext("Revert"), danger: true, required: true,
    text: fmt(ngettext("{n} row goes back, unless somebody edited it since.", "{n} rows go back, except those that somebody edited since.", rowsOf(set)), { n: number(rowsOf(set)) }),
  });
  if (reason === null) return;
  try {
    const { task } = await post(`change-sets/${set.id}/revert`, { reason });
    const done = await pollTask(task);
    await loadSets();
    const now = state.sets.find((one) => one.id === set.id) || state.sets[0];
    if (now) await choose(now);
    report(done.result || {});
  } catch (error) {
    toastError(error);
  }
}

/** What went back, and which rows were kept because somebody edited them since. */
function report(result) {
  const kept = result.kept || [];
  const words = fmt(ngettext("{n} row went back.", "{n} rows went back.", result.reverted || 0), { n: number(result.reverted || 0) });
  if (!kept.length) {
    toast(words, { kind: "done" });
    return;
  }
  openDialog({
    title: words,
    body: [
      h("p", { class: "dim" }, fmt(ngettext("{n} row was edited since and stays as it is:", "{n} rows were edited since and stay as they are:", kept.length), { n: number(kept.length) })),
      h("ul", { class: "kept" }, kept.map((one) => h("li", { class: "row" }, h("a", { class: "link num", href: `/files/${fileId}/?row=${one.row_id}` }, fmt(gettext("Row {n}"), { n: number(one.n) })), h("span", null, nameOf(one.by)), h("span", { class: "faint" }, one.why)))),
    ],
  });
}

const nameOf = (by) => (typeof by === "string" ? by : by?.name || "");

need("#set-view").addEventListener("click", (event) => {
  const button = event.target.closest("[data-view]");
  if (button) setView(button.dataset.view);
});
need("#set-view").addEventListener("keydown", (event) => {
  if (!event.code.startsWith("Arrow")) return;
  setView(state.view === "diff" ? "both" : "diff");
  event.preventDefault();
});

function setView(view) {
  state.view = view;
  for (const button of document.querySelectorAll("[data-view]")) {
    const on = button.dataset.view === view;
    button.setAttribute("aria-checked", String(on));
    button.tabIndex = on ? 0 : -1;
    if (on && document.activeElement?.closest("#set-view")) button.focus();
  }
  if (state.current) choose(state.current).catch(toastError);
}

function step(direction) {
  const at = state.sets.findIndex((set) => set.id === state.current?.id);
  const next = state.sets[at + direction];
  if (!next) return false;
  choose(next).catch(toastError);
  return true;
}

const roving = makeRoving(items, {
  use: (item) => location.assign(`/files/${fileId}/?row=${item.dataset.item}`),
  menu: () => {},
  leave: () => items.focus(),
});

fill(kindField, h("option", { value: "" }, gettext("Everything")), KINDS.map((kind) => h("option", { value: kind }, kindName(kind))));
for (const field of [kindField, authorField]) field.addEventListener("change", () => filterSets().catch(toastError));

const group = gettext("Changes");
bind(document, [
  { id: "changes.next", label: gettext("Older change"), group, keys: ["KeyJ"], run: () => step(1) },
  { id: "changes.before", label: gettext("Newer change"), group, keys: ["KeyK"], run: () => step(-1) },
  { id: "changes.rows", label: gettext("To the rows of the change"), group, keys: ["KeyL"], icon: "right", run: () => roving.first() },
  { id: "changes.revert", label: gettext("Revert this change"), group, keys: ["Ctrl+KeyZ"], icon: "undo", when: () => Boolean(state.current?.may_revert), run: () => { revert(state.current); } },
  { id: "changes.back", label: gettext("Back to the file"), group, keys: ["Backspace"], icon: "file", run: () => location.assign(`/files/${fileId}/`) },
]);

loadSets()
  .then(() => {
    const asked = Number(new URLSearchParams(location.search).get("set"));
    const first = state.sets.find((set) => set.id === asked) || state.sets[0];
    if (first) return choose(first);
    return showNone();
  })
  .catch((error) => fill(items, h("div", { class: "empty" }, icon("warn"), h("p", null, error.message))));
