/** Pretranslation: what to fill, a dry run with counts, the run itself, and the way back. */

import { pollTask, post } from "../core/api.js";
import { fill, freshId, h } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { page } from "../core/prefs.js";
import { stackedBars } from "../components/charts.js";
import { openDialog } from "../components/dialog.js";
import { field } from "../components/forms.js";
import { scoreClass } from "../components/status.js";
import { toast, toastError } from "../components/toast.js";
import { BANDS, bandName } from "./analysis_bands.js";

const LEAST = 50;
const MOST = 102;

/** The address and the places of what was chosen: one thing has an address of its own. @param {{kind: string, id: number}[]} nodes */
export function askFor(nodes, what) {
  if (nodes.length === 1) return { path: `${nodes[0].kind}s/${nodes[0].id}/${what}`, places: {} };
  const places = { files: [], folders: [], projects: [] };
  for (const node of nodes) places[`${node.kind}s`].push(node.id);
  return { path: what, places };
}

/** What came of a run, in a sentence. @param {any} result of the task */
export function outcomeOf(result) {
  const files = result.files?.length || 0;
  const rows = fmt(ngettext("{n} row filled.", "{n} rows filled.", result.filled), { n: number(result.filled) });
  const parts = [files > 1 ? fmt(ngettext("{rows} In {n} file.", "{rows} In {n} files.", files), { rows, n: number(files) }) : rows];
  if (result.moved) parts.push(fmt(ngettext("{n} row was changed by somebody meanwhile and left alone.", "{n} rows were changed by somebody meanwhile and left alone.", result.moved), { n: number(result.moved) }));
  const failed = (result.files || []).filter((file) => file.error);
  if (failed.length) parts.push(fmt(gettext("{name}: {message}"), { name: failed[0].name, message: failed[0].error }));
  if (!result.filled && (result.files || []).every((file) => file.memories === 0)) parts.push(gettext("No active memory serves these files."));
  return parts.join(" ");
}

/** The change sets of a run that can be taken back. */
export const changeSetsOf = (result) => (result.files || []).map((file) => file.change_set).filter(Boolean);

function controls(form) {
  const box = (name, label, checked, hint = "") => h("label", { class: "check" }, h("input", { type: "checkbox", name, checked }), h("span", null, label, hint && h("span", { class: "hint" }, hint)));
  const lead = page.user?.is_lead;
  fill(
    form,
    field(gettext("Least score"), h("input", { class: "input num", type: "number", name: "threshold", min: LEAST, max: MOST, step: 1, value: 75, required: true, autofocus: true }), gettext("100 fills equal sources only, 101 those in the same context, 75 similar ones as well.")),
    h("div", { class: "checks" },
      box("same_key_first", gettext("Prefer matches with the key of the row"), true),
      box("use_earlier", gettext("Fill the earlier translation where nothing matches"), false),
      box("penalised", gettext("Memories with a penalty fill too"), false),
      box("overwrite", gettext("Write over texts that nobody confirmed"), false),
      lead && box("confirmed", gettext("Write over confirmed texts as well"), false),
      lead && box("locked", gettext("Fill locked rows as well"), false)),
  );
}

function optionsOf(form) {
  const options = { threshold: Number(form.elements.threshold.value) };
  for (const box of form.querySelectorAll("[type=checkbox]")) options[box.name] = box.checked;
  return options;
}

/** The counts of a dry run: a bar for each band, and some of the texts, in the languages of the first node. */
function counted(result, { source_language: source, target_language: target } = {}) {
  const most = Math.max(1, ...Object.values(result.bands));
  const bands = BANDS.filter((band) => result.bands[band]);
  const told = bands.map((band) => `${bandName(band)}: ${number(result.bands[band])}`).join(", ");
  const says = fmt(gettext("{filled} of {considered} rows would be filled."), { filled: number(result.filled), considered: number(result.considered) });
  return [
    h("p", { class: "strong" }, says),
    bands.length > 0 && stackedBars({ label: told, lines: bands.map((band) => ({ word: bandName(band), value: number(result.bands[band]), parts: [{ share: result.bands[band] / most, class: "f-translated" }] })) }),
    result.incomplete.length > 0 && h("p", { class: "form-error" }, fmt(gettext("Only equal sources were found in {names}: the index could not be written."), { names: result.incomplete.join(", ") })),
    result.samples.length > 0 && h("div", { class: "table-wrap" }, h("table", { class: "table" }, h("tbody", null, result.samples.slice(0, 8).map((one) =>
      h("tr", null, h("td", null, h("span", { class: `score ${scoreClass(one.score)}` }, number(one.score))), h("td", { class: "dim", lang: source || null }, one.source), h("td", { lang: target || null }, one.target)))))),
  ];
}

/**
 * Ask how, then fill.
 * @param {{kind: string, id: number, name: string}[]} nodes files, folders and projects
 * @param {() => void} [onDone] rows have changed
 */
export async function openPretranslate(nodes, onDone = () => {}) {
  const { path, places } = askFor(nodes, "pretranslate");
  const id = freshId("pretranslate");
  const form = /** @type {HTMLFormElement} */ (h("form", { class: "form", id, novalidate: true }));
  controls(form);
  const said = h("div", { role: "status", class: "form" });
  const count = h("button", { class: "btn", type: "button" }, gettext("Count first"));
  const run = h("button", { class: "btn btn-primary", type: "submit", form: id }, gettext("Pretranslate"));
  const no = h("button", { class: "btn btn-quiet", type: "button" }, gettext("Cancel"));
  const title = nodes.length === 1 ? fmt(gettext("Pretranslate {name}"), { name: nodes[0].name }) : fmt(ngettext("Pretranslate {n} thing", "Pretranslate {n} things", nodes.length), { n: number(nodes.length) });
  const leaving = new AbortController();
  const dialog = openDialog({ title, body: [form, said], foot: [count, h("span", { class: "fill" }), no, run] });
  const refuse = (error) => {
    if (error?.name !== "AbortError") fill(said, h("p", { class: "form-error", role: "alert" }, error.message));
  };
  const valid = () => form.elements.threshold.reportValidity();
  no.addEventListener("click", () => dialog.close(null));
  form.addEventListener("input", () => fill(said));
  count.addEventListener("click", async () => {
    if (!valid() || count.getAttribute("aria-disabled")) return;
    count.setAttribute("aria-disabled", "true");
    fill(said, h("p", { class: "dim" }, gettext("Counting…")));
    try {
      const { task } = await post(path, { ...places, ...optionsOf(form), dry_run: true });
      const done = await pollTask(task, (now) => now.percent && fill(said, h("p", { class: "dim" }, fmt(gettext("Counting… {n} %"), { n: now.percent }))), { signal: leaving.signal });
      fill(said, counted(done.result, nodes[0]));
    } catch (error) {
      refuse(error);
    } finally {
      count.removeAttribute("aria-disabled");
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!valid() || run.getAttribute("aria-disabled")) return;
    run.setAttribute("aria-disabled", "true");
    try {
      dialog.close(await post(path, { ...places, ...optionsOf(form) }));
    } catch (error) {
      refuse(error);
    } finally {
      run.removeAttribute("aria-disabled");
    }
  });
  const started = await dialog.closed;
  leaving.abort();
  if (started) await follow(started.task, onDone);
}

async function follow(task, onDone) {
  try {
    const done = await pollTask(task);
    const sets = changeSetsOf(done.result);
    changed(onDone, done);
    toast(outcomeOf(done.result), {
      kind: done.result.filled ? "done" : "info", icon: "memory", stay: sets.length > 0,
      actions: sets.length ? [{ label: gettext("Revert"), run: () => revert(sets, onDone) }] : [],
    });
  } catch (error) {
    toastError(error);
  }
}

/** Take back what a run filled, file by file. Later edits of people stay. */
async function revert(sets, onDone) {
  let rows = 0;
  let kept = 0;
  try {
    for (const set of sets) {
      const { task } = await post(`change-sets/${set}/revert`, {});
      const { result } = await pollTask(task);
      rows += result.reverted;
      kept += result.kept_total;
    }
    const left = kept ? ` ${fmt(ngettext("{n} row was edited since and stays.", "{n} rows were edited since and stay.", kept), { n: number(kept) })}` : "";
    toast(fmt(ngettext("{n} row went back.", "{n} rows went back.", rows), { n: number(rows) }) + left, { kind: "done", icon: "undo" });
  } catch (error) {
    toastError(error);
  }
  changed(onDone, {});
}

function changed(onDone, task) {
  document.dispatchEvent(new CustomEvent("locanext:task-ended", { detail: task }));
  onDone();
}
