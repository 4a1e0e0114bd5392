/** Matches, neighbours by meaning and terms as elements. */

import { h, icon } from "../core/dom.js";
import { when } from "../core/format.js";
import { fmt, gettext, pgettext } from "../core/i18n.js";
import { scoreClass } from "../components/status.js";
import { renderText } from "../components/textmark.js";
import { renderDiff } from "../components/worddiff.js";

const LOW = 95;

/**
 * One match of the panel.
 * @param {any} match as the API gives it
 * @param {{row: any, languages: any, n: number, open: boolean, onUse: () => void, onMenu: (event: MouseEvent) => void, onOpen: () => void}} how
 *   `n` from 1 for the key, 0 without; `open` shows the parts of the score
 */
export function matchElement(match, { row, languages, n, open, onUse, onMenu, onOpen }) {
  const target = languages.target;
  const element = h("article", {
    class: `match${open ? " is-first" : ""}`, tabindex: "-1", "data-entry": match.entry_id, "aria-label": spokenMatch(match),
    onclick: onOpen, ondblclick: onUse, oncontextmenu: onMenu,
  },
    h("div", { class: "match-head" },
      match.score !== null && h("span", { class: `score ${scoreClass(match.score)}` }, String(match.score)),
      h("span", { class: "clip" }, match.memory.name),
      h("span", { class: "faint" }, factsOf(match)),
      n > 0 && n < 10 && h("span", { class: "push" }, h("kbd", { class: "kbd" }, `Ctrl ${n}`))),
    h("div", { class: "m-src g-text", lang: languages.source.code || null, dir: languages.source.dir || "auto" }, sourceOf(match, row)),
    h("div", { class: "m-tgt g-text", lang: target.code || null, dir: target.dir || "auto" }, renderText(match.target)),
    match.repairs.length > 0 && h("p", { class: "m-repairs faint" }, icon("sync", { small: true }), repairWords(match.repairs)),
    open && match.parts && partsOf(match.parts));
  return element;
}

function sourceOf(match, row) {
  if (match.source === row.source) return renderText(match.source);
  // A line of the row is compared with that line.
  return renderDiff(match.source, match.line ? lineOf(row.source, match.line.n) : row.source);
}

/** The n-th line of a text, from 1; the whole text where it has fewer. @param {string} text @param {number} n */
export function lineOf(text, n) {
  return text.split(/\r\n|\r|\n|\\n|<br\s{0,3}\/?>|&lt;br\s{0,3}\/?&gt;/iu)[n - 1] ?? text;
}

function factsOf(match) {
  const facts = [];
  if (match.kind === "repaired") facts.push(gettext("adapted"));
  if (match.line) facts.push(fmt(gettext("line {n} of {of}"), { n: match.line.n, of: match.line.of }));
  if (match.parts?.penalty) facts.push(fmt(gettext("penalty −{n}"), { n: Math.abs(match.parts.penalty) }));
  if (!match.confirmed) facts.push(gettext("not confirmed"));
  facts.push([match.author, match.changed_at && when(match.changed_at)].filter(Boolean).join(" · "));
  return facts.filter(Boolean).join(", ");
}

function repairWords(repairs) {
  const one = (repair) => (repair.kind === "sentence" ? gettext("a sentence from another entry") : fmt(gettext("{from} became {to}"), { from: repair.from || "–", to: repair.to || "–" }));
  return repairs.map(one).join(", ");
}

function partsOf(parts) {
  const part = (value, word, style) => h("span", { class: `part${style}` }, h("b", null, value), word);
  const share = (value, word) => part(String(value), word, value < LOW ? " low" : "");
  return h("div", { class: "parts" },
    share(parts.words, pgettext("score", "words")), share(parts.numbers, pgettext("score", "numbers")), share(parts.codes, pgettext("score", "codes")), share(parts.punctuation, pgettext("score", "punct.")),
    part(parts.context > 0 ? `+${parts.context}` : "0", pgettext("score", "context"), parts.context > 0 ? " plus" : ""),
    part(parts.penalty ? `−${Math.abs(parts.penalty)}` : "0", pgettext("score", "penalty"), parts.penalty ? " low" : ""));
}

const spokenMatch = (match) => (match.score === null ? gettext("Same meaning") : fmt(gettext("Match of {score} percent from {memory}"), { score: match.score, memory: match.memory.name }));

/** Terms with one source belong together: what to use, and what not. @param {any[]} hits */
export function gatherTerms(hits) {
  const found = new Map();
  for (const hit of hits) {
    const kept = found.get(hit.source) || { source: hit.source, use: [], not: [], note: "", hits: [] };
    const list = hit.use === "forbidden" ? kept.not : kept.use;
    if (hit.target && !list.includes(hit.target)) list.push(hit.target);
    kept.note ||= hit.note;
    kept.hits.push(hit);
    found.set(hit.source, kept);
  }
  return [...found.values()];
}

/** One line of the terms; `n` from 1 is its key. */
export function termElement(term, { languages, n, onUse }) {
  const target = languages.target.code || null;
  return h("button", { class: "term-row", type: "button", title: term.note || null, disabled: !term.use.length, onclick: onUse },
    h("span", { class: "t-src", lang: languages.source.code || null }, term.source),
    h("span", { lang: target }, term.use.join(", "), term.not.map((word) => [" ", h("span", { class: "st-qa" }, fmt(gettext("not {word}"), { word }))])),
    h("span", { class: "faint" }, n < 10 && term.use.length ? String(n) : ""));
}
