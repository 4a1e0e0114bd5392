/** One row of the grid as elements: number and glyph, the columns, the marks; and the skeleton of a late row. */

import { fill, h, icon } from "../../core/dom.js";
import { number, when } from "../../core/format.js";
import { fmt, gettext, ngettext } from "../../core/i18n.js";
import { layered } from "../queryhits.js";
import { scoreClass, statusColour, statusGlyph, statusName } from "../status.js";
import { renderText, spoken } from "../textmark.js";
import { renderDiff } from "../worddiff.js";
import { issueCount, issueMark, issueMarks, open as openIssues, worst } from "./issues.js";
import { drawHolder, heldGlyph, markPeople, peopleMarks } from "./people.js";

const CELLS = { number: "g-num", source: "g-src", target: "g-tgt", reference: "g-cell g-ref", marks: "g-mark" };
const STATUS_CLASSES = ["is-new", "is-original", "is-translated", "is-reviewed", "is-approved"];

/**
 * @typedef {Object} View what a row looks like beside its data
 * @property {boolean} on has the cursor
 * @property {boolean} picked
 * @property {boolean} left out of the filter by an own edit
 * @property {boolean} saving
 * @property {boolean} draft
 * @property {any} refusal
 * @property {{score: number, kind: string}|null} [best] the best match of a row that has no text
 * @property {any[]} [terms] places of the source to underline, see renderText
 * @property {Object<string, any>} extra what others contribute by name: see Grid.contribute
 * @property {boolean} raw
 * @property {number} round changes when everything must be drawn again (theme, languages)
 */

/** A row with empty cells. @param {{id: string}[]} columns */
export function makeRow(columns) {
  const element = /** @type {any} */ (h("div", { class: "g-row", role: "row", tabindex: "-1" }));
  element.cells = {};
  columns.forEach((column, index) => {
    const cell = h("div", { class: CELLS[column.id] || "g-cell", role: column.id === "number" ? "rowheader" : "gridcell", "aria-colindex": index + 1, "data-column": column.id });
    element.cells[column.id] = cell;
    element.append(cell);
  });
  return element;
}

/** Whether the row on the page already shows this. */
function isDrawn(element, row, index, view) {
  const last = element.drawn;
  return last && last.row === row && last.index === index && last.view.round === view.round && last.view.raw === view.raw &&
    last.view.saving === view.saving && last.view.draft === view.draft && last.view.refusal === view.refusal &&
    last.view.best === view.best && last.view.terms === view.terms && sameExtras(last.view.extra, view.extra);
}

function sameExtras(before, now) {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].every((name) => before[name] === now[name]);
}

/** Draw a row. `context` = {languages, format}. The cursor and the selection are set without drawing again. */
export function fillRow(element, row, index, view, context) {
  element.classList.toggle("is-on", view.on);
  element.classList.toggle("is-picked", view.picked);
  element.classList.toggle("is-left", view.left);
  element.setAttribute("aria-selected", String(view.on || view.picked));
  element.tabIndex = view.on ? 0 : -1;
  if (isDrawn(element, row, index, view)) return;
  const fresh = element.drawn?.index !== index;
  element.drawn = { row, index, view: { ...view } };
  element.setAttribute("aria-rowindex", String(index + 1));
  element.dataset.index = String(index);
  if (!row) {
    skeleton(element, index);
    return;
  }
  element.dataset.row = String(row.id);
  element.removeAttribute("aria-busy");
  const colour = `is-${statusColour(row.status)}`;
  for (const name of STATUS_CLASSES) element.classList.toggle(name, name === colour);
  element.classList.toggle("is-locked", row.locked);
  element.classList.toggle("is-refused", Boolean(view.refusal));
  element.classList.toggle("is-conflict", Boolean(view.extra.conflict));
  element.classList.toggle("is-qa", worst(view.extra.issues) === "error");
  element.classList.toggle("is-qa-w", worst(view.extra.issues) === "warning");
  markPeople(element, view.extra);
  for (const [id, cell] of Object.entries(element.cells)) drawCell(id, cell, row, view, context, fresh);
  element.setAttribute("aria-label", rowLabel(row, view));
}

function drawCell(id, cell, row, view, context, fresh) {
  switch (id) {
    case "number":
      fill(cell, statusMark(row, view), number(row.n));
      break;
    case "source":
    case "target":
      drawText(id, cell, row, view, context, fresh);
      break;
    case "marks":
      fill(cell, marksOf(row, view));
      break;
    case "reference":
      drawReference(cell, view, context);
      break;
    case "length":
      fill(cell, row.max_length ? number(row.max_length) : "");
      break;
    case "edited":
      fill(cell, row.edited_by ? [row.edited_by.name, h("span", { class: "faint" }, " ", when(row.edited_at))] : "");
      break;
    case "key":
      fill(cell, h("bdi", { class: "mono" }, row.key), row.plural && h("span", { class: "faint" }, ` ${row.plural}`));
      break;
    case "location":
      fill(cell, placeWords(row.location));
      break;
    default:
      fill(cell, row[id] || "");
  }
}

/** Where a row stands in its file: readers write "line 12" in English, and what follows as the file has it. */
export const placeWords = (location) => (location || "").replace(/^line (\d+)/u, (_all, n) => fmt(gettext("line {n}"), { n: number(Number(n)) }));

function drawText(id, cell, row, view, context, fresh) {
  const language = context.languages?.[id] || {};
  if (language.code) cell.lang = language.code;
  const held = id === "target" && !view.refusal ? view.extra.held : undefined;
  const text = id === "source" ? row.source : (view.refusal?.mine ?? held?.text ?? row.target);
  // Findings are of the saved text: what is refused or typed by another has none yet.
  const issues = id === "target" && (view.refusal || held) ? [] : issueMarks(view.extra.issues, id, text);
  const marks = layered(issues, (id === "source" && view.terms) || [], view.extra.hits?.(id, text) || []);
  const shown = h("div", { class: "g-text", dir: language.dir || "auto" }, renderText(text, { raw: view.raw, marks }));
  const changed = cell.shownText !== undefined && cell.shownText !== text && !fresh;
  cell.shownText = text;
  if (id === "target" && view.refusal) fill(cell, shown, view.refusal.element);
  else if (held) fill(cell, shown, drawHolder(shown, held));
  else fill(cell, shown, id === "source" && formerSource(row, language));
  if (changed && id === "target" && !view.saving && !held) {
    shown.classList.add("is-fresh");
  }
}

/** What the reference file has under the same key. */
function drawReference(cell, view, context) {
  const { reference } = view.extra;
  const language = context.languages?.reference || {};
  if (language.code) cell.lang = language.code;
  fill(cell, reference?.target && h("div", { class: "g-text", dir: language.dir || "auto" }, renderText(reference.target, { raw: view.raw })));
}

/** The source as it was when the row was translated: in sight until the row is confirmed. */
function formerSource(row, language) {
  if (!row.source_changed || row.old_source === null || row.old_source === undefined) return null;
  return h("div", { class: "g-was", dir: language.dir || "auto" }, h("span", { class: "g-was-name" }, gettext("Was")), renderDiff(row.old_source, row.source));
}

/** Draw the source's text of a row again and nothing else: its target is being edited. */
export function redrawSource(element, row, view, context) {
  const cell = element.cells.source;
  const old = cell?.querySelector(":scope > .g-text");
  if (!old) return;
  const language = context.languages?.source || {};
  old.replaceWith(h("div", { class: "g-text", dir: language.dir || "auto" }, renderText(row.source, { raw: view.raw, marks: layered(issueMarks(view.extra.issues, "source", row.source), view.terms || [], view.extra.hits?.("source", row.source) || []) })));
}

function statusMark(row, view) {
  if (view.extra.held && !view.refusal) return heldGlyph(view.extra.held);
  const name = statusName(row.status);
  if (view.extra.conflict && !view.refusal) return h("span", { class: "st-conflict" }, icon("conflict", { label: gettext("In conflict") }));
  if (!view.refusal && worst(view.extra.issues) === "error") return h("span", { class: "st-qa" }, icon("error", { label: name }));
  const glyph = view.refusal ? icon("warn", { label: gettext("Not saved") }) : icon(statusGlyph(row.status), { label: name });
  return h("span", { class: view.refusal ? "st-warn" : `st-${statusColour(row.status)}` }, glyph);
}

/** At most two marks, the gravest first. */
function marksOf(row, view) {
  const marks = [];
  const mark = (name, title, colour) => marks.push(h("span", { class: colour || null, title }, icon(name, { small: true, label: title })));
  if (view.extra.held) marks.push(...peopleMarks(view.extra));
  if (view.draft) mark("pencil", gettext("Typed here and not saved"), "st-warn");
  if (view.extra.conflict) mark("conflict", view.extra.conflict, "st-conflict");
  const issue = issueMark(view.extra.issues);
  if (issue) marks.push(issue);
  if (row.source_changed) mark("sync", gettext("The source changed since this was translated"), "st-warn");
  if (row.locked) mark("lock", gettext("Locked by a lead"));
  if (row.origin === "tm" && row.score) marks.push(h("span", { class: `score ${scoreClass(row.score)}`, title: gettext("Filled in from memory"), "aria-label": fmt(gettext("filled in from memory at {score} percent"), { score: row.score }), role: "img" }, String(row.score)));
  if (view.best && !row.target) marks.push(h("span", { class: `score avail ${scoreClass(view.best.score)}`, title: gettext("A match is in the memory. Nothing was filled in."), "aria-label": fmt(gettext("match of {score} percent"), { score: view.best.score }), role: "img" }, String(view.best.score)));
  if (row.blank_intended && !row.target) mark("ring", gettext("Empty on purpose"));
  if (row.comment) mark("comment", row.comment);
  if (!view.extra.held) marks.push(...peopleMarks(view.extra));
  return marks.slice(0, 2);
}


/** "Row 1,208, translated, source …, target …" */
export function rowLabel(row, view) {
  const parts = [fmt(gettext("Row {n}"), { n: number(row.n) }), view.refusal ? gettext("Not saved") : statusName(row.status)];
  if (row.locked) parts.push(gettext("locked"));
  if (view.extra.conflict) parts.push(gettext("In conflict"));
  if (view.extra.held) parts.push(fmt(gettext("{name} is editing"), { name: view.extra.held.name }));
  parts.push(fmt(gettext("source {text}"), { text: spoken(row.source) }));
  parts.push(row.target ? fmt(gettext("target {text}"), { text: spoken(row.target) }) : gettext("target empty"));
  if (row.origin === "tm" && row.score) parts.push(fmt(gettext("filled in from memory at {score} percent"), { score: row.score }));
  else if (view.best && !row.target) parts.push(fmt(gettext("match of {score} percent"), { score: view.best.score }));
  const findings = openIssues(view.extra.issues).length;
  if (findings) parts.push(issueCount(findings));
  const warnings = Number(row.source_changed) + Number(Boolean(view.draft));
  if (warnings) parts.push(fmt(ngettext("{n} warning", "{n} warnings", warnings), { n: warnings }));
  return parts.join(", ");
}

function skeleton(element, index) {
  delete element.dataset.row;
  element.classList.remove(...STATUS_CLASSES, "is-locked", "is-refused", "is-held", "is-conflict", "is-visited", "is-qa", "is-qa-w");
  element.setAttribute("aria-busy", "true");
  element.setAttribute("aria-label", fmt(gettext("Row {n}"), { n: number(index + 1) }));
  for (const [id, cell] of Object.entries(element.cells)) {
    cell.shownText = undefined;
    if (id === "number") fill(cell, h("span", { class: "faint" }, number(index + 1)));
    else if (id === "source" || id === "target") {
      const bar = h("span", { class: "skel" });
      bar.style.width = `${30 + ((index * 37 + (id === "target" ? 19 : 0)) % 55)}%`;
      fill(cell, h("div", { class: "g-text" }, bar));
    } else fill(cell);
  }
}

/** What helps to translate a row, below its source while it is edited. */
export function factsOf(row) {
  const facts = [];
  const add = (name, value) => value && facts.push(h("dt", null, name), h("dd", null, value));
  add(gettext("Key"), row.key && h("bdi", { class: "mono" }, row.key));
  add(gettext("Context"), row.context);
  add(gettext("Comment"), row.comment);
  return facts.length ? h("dl", { class: "g-facts" }, facts) : null;
}
