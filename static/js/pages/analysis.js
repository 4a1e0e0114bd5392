/** The page of an analysis: totals, languages, and a line for each file, by band. */

import { get, pollTask, request } from "../core/api.js";
import { fill, h, icon, need, svg } from "../core/dom.js";
import { exactTime, languageName, number, percent } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { page } from "../core/prefs.js";
import { formDialog } from "../components/forms.js";
import { makeSegment } from "../components/segment.js";
import { toast, toastError } from "../components/toast.js";
import { BANDS, bandClass, bandHint, bandName, shares, sorted, UNITS, weighted } from "./analysis_bands.js";

const place = need("#analysis");
const WIDTH = 100;
const state = { result: null, task: null, unit: 1, by: "name", falling: false };

/** A stacked bar of the bands; it says its shares. */
function bandBar(one, wide = false) {
  const parts = shares(one.bands, state.unit).filter((part) => part.share > 0);
  const told = parts.map((part) => fmt(gettext("{band}: {share}"), { band: bandName(part.band), share: percent(part.share, 1) })).join(", ");
  let x = 0;
  const drawn = parts.map((part) => {
    const bar = svg("rect", { class: bandClass(part.band), x: x.toFixed(2), y: 0, width: (part.share * WIDTH).toFixed(2), height: 4 }, svg("title", null, `${bandName(part.band)}: ${number(part.value)}`));
    x += part.share * WIDTH;
    return bar;
  });
  return svg("svg", { class: wide ? "ana-bar is-wide" : "ana-bar", viewBox: `0 0 ${WIDTH} 4`, preserveAspectRatio: "none", role: "img", "aria-label": told || gettext("Nothing to count") }, drawn);
}

const cell = (value) => h("td", { class: value ? "num" : "num none" }, number(value));
const whole = (value) => number(Math.round(value));

/** The figures of one line: total, weighted words, each band. */
const figures = (one) => [h("td", null, bandBar(one)), cell(one.total[state.unit]), h("td", { class: "num" }, whole(one.weighted)), ...BANDS.map((band) => cell(one.bands[band][state.unit]))];

function head(first, sortable) {
  const column = (by, label, hint = "", numeric = true) => {
    const on = sortable && state.by === by;
    const content = sortable ? h("button", { class: "ana-sort", type: "button", title: hint || null, "data-by": by, onclick: () => sortBy(by) }, label) : label;
    return h("th", { class: numeric ? "num" : null, scope: "col", title: sortable ? null : hint || null, "aria-sort": on ? (state.falling ? "descending" : "ascending") : null }, content);
  };
  return h("thead", null, h("tr", null, column("name", first, "", false), h("th", { scope: "col" }, gettext("Bands")), column("total", gettext("Total")), column("weighted", gettext("Weighted words")), BANDS.map((band) => column(band, bandName(band), bandHint(band)))));
}

function sortBy(by) {
  state.falling = state.by === by ? !state.falling : by !== "name";
  state.by = by;
  draw();
  place.querySelector(`[data-by="${by}"]`)?.focus();
}

function filesTable({ files, total }) {
  const rows = sorted(files, state.by, state.falling, state.unit).map((file) =>
    h("tr", null, h("td", { class: "ana-name" }, file.folder && h("span", { class: "faint" }, `${file.folder}/`), h("a", { href: `/files/${file.id}/` }, file.name), !file.memories && h("span", { class: "pill", title: gettext("No active memory serves this file.") }, gettext("no memory"))), figures(file)));
  return h("table", { class: "table" }, head(gettext("File"), true), h("tbody", null, rows), h("tfoot", null, h("tr", null, h("td", null, gettext("Total")), figures(total))));
}

function languagesTable({ languages }) {
  return h("table", { class: "table" }, head(gettext("Target"), false), h("tbody", null, languages.map((one) => h("tr", null, h("td", null, languageName(one.language) || gettext("Not said")), figures(one)))));
}

function sums({ total }) {
  const left = total.left_out[0];
  const fact = (name, value) => h("div", null, h("dt", null, name), h("dd", null, value));
  const names = [gettext("Rows"), gettext("Words"), gettext("Characters"), gettext("Without spaces")];
  return h("dl", { class: "ana-sums" }, UNITS.map((_, unit) => fact(names[unit], number(total.total[unit]))), fact(gettext("Weighted words"), whole(total.weighted)), left > 0 && fact(gettext("Rows left out"), number(left)));
}

const key = () => h("div", { class: "ana-key", "aria-hidden": "true" }, BANDS.map((band) => h("span", null, svg("svg", { viewBox: "0 0 4 4" }, svg("rect", { class: bandClass(band), width: 4, height: 4 })), bandName(band))));

function draw() {
  const { result } = state;
  fill(
    place,
    h("section", null, sums(result), bandBar(result.total, true), key(),
      result.incomplete.length > 0 && h("p", { class: "form-error" }, fmt(gettext("Only equal sources were found in {names}: the index could not be written."), { names: result.incomplete.join(", ") }))),
    result.languages.length > 1 && h("section", null, h("h2", null, gettext("Languages")), h("div", { class: "ana-wrap" }, languagesTable(result))),
    h("section", null, h("h2", null, gettext("Files")), h("div", { class: "ana-wrap" }, filesTable(result))),
  );
}

/** Weigh the words anew with rates of the projects. */
function weigh(rates) {
  const { result } = state;
  result.rates = rates;
  const sum = (files) => files.reduce((all, file) => all + file.weighted, 0);
  for (const file of result.files) file.weighted = weighted(file.bands, rates[file.project.id] || {});
  for (const one of result.languages) one.weighted = sum(result.files.filter((file) => file.target_language === one.language));
  result.total.weighted = sum(result.files);
}

/** Percent of a new word for each band: of the first project's rates; saved for all that were analysed. */
async function editRates() {
  const { result } = state;
  const projects = [...new Map(result.files.map((file) => [file.project.id, file.project])).values()];
  const now = result.rates[projects[0].id];
  const inputs = BANDS.map((band) => /** @type {HTMLInputElement} */ (h("input", { class: "input num", type: "number", min: 0, max: 1000, step: 1, name: band, value: now[band], "aria-label": bandName(band) })));
  const answer = await formDialog({
    title: gettext("Rates"),
    fields: [
      h("p", { class: "dim" }, fmt(gettext("Percent of the price of a new word. Kept with {names}."), { names: projects.map((one) => one.name).join(", ") })),
      h("div", { class: "ana-rates" }, BANDS.flatMap((band, at) => [h("span", null, bandName(band)), inputs[at]])),
    ],
    action: gettext("Save"),
    save: async () => {
      const rates = Object.fromEntries(inputs.map((input) => [input.name, input.valueAsNumber]));
      const saved = {};
      for (const project of projects) saved[project.id] = (await request("PUT", `projects/${project.id}/rates`, { body: { rates } })).rates;
      return saved;
    },
  }).closed;
  if (!answer) return;
  weigh(answer);
  draw();
  toast(gettext("The weighted words here are new. The tables to download were made with the rates before."), { kind: "done" });
}

function drawHead(task) {
  const { files, options } = state.result;
  need("#analysis-name").textContent = files.length === 1 ? files[0].name : fmt(ngettext("{n} file", "{n} files", files.length), { n: number(files.length) });
  const notes = [exactTime(task.finished_at), options.leave_confirmed && gettext("without confirmed rows"), !options.internal && gettext("without internal fuzzy")];
  need("#analysis-facts").textContent = notes.filter(Boolean).join(" · ");
  fill(need("#analysis-files"), task.files.map((file) => h("a", { class: "btn btn-s", href: file.url, download: file.name }, icon("download", { small: true }), file.name.split(".").pop().toUpperCase())));
  const rates = need("#analysis-rates");
  rates.hidden = !page.user?.is_lead;
  rates.addEventListener("click", () => editRates().catch(toastError));
}

async function start() {
  const id = place.dataset.task;
  let task = await get(`tasks/${id}`);
  if (task.status !== "succeeded") {
    fill(place, h("p", { class: "dim", role: "status" }, gettext("Analysing…")));
    task = await pollTask(id);
  }
  state.task = task;
  state.result = task.result;
  makeSegment(need("#analysis-unit"), (unit) => {
    state.unit = UNITS.indexOf(unit);
    draw();
  });
  drawHead(task);
  draw();
}

start().catch((error) => fill(place, h("div", { class: "empty" }, icon("warn"), h("p", null, error.message))));
