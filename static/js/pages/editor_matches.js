/** Matches, neighbours by meaning and terms as elements. */

import { h, icon } from "../core/dom.js";
import { day, exactTime, when } from "../core/format.js";
import { fmt, gettext, pgettext } from "../core/i18n.js";
import { scoreClass } from "../components/status.js";
import { marksAt, parse, renderText, spoken } from "../components/textmark.js";
import { renderDiff } from "../components/worddiff.js";

const LOW = 95;
const LINE_END = /\r\n|\r|\n|\\r\\n|\\n|<br\s{0,3}\/?>|&lt;br\s{0,3}\/?&gt;/iu;

/**
 * One match of the panel.
 * @param {any} match as the API gives it
 * @param {{row: any, languages: any, n: number, onUse: () => void, onMenu: (place: MouseEvent) => void}} how
 *   `n` from 1 for the key, 0 without
 */
export function matchElement(match, { row, languages, n, onUse, onMenu }) {
  const { source, target } = languages;
  const hasKey = n > 0 && n < 10;
  const element = h("article", {
    class: "match", tabindex: "-1", "data-item": `m${match.memory.id}:${match.entry_id}:${match.kind}:${match.line?.n ?? ""}`, "data-entry": match.entry_id,
    "aria-label": spokenMatch(match, n), "aria-keyshortcuts": hasKey ? `Control+${n}` : null, ondblclick: onUse, oncontextmenu: onMenu,
  },
    h("div", { class: "match-head" },
      match.score === null ? icon("same", { small: true, class: "st-lease" }) : h("span", { class: `score ${scoreClass(match.score)}` }, String(match.score)),
      h("span", { class: "clip" }, match.memory.name),
      !match.confirmed && h("span", { class: "m-open", title: gettext("Nobody has confirmed this entry") }, icon("ring", { small: true, label: gettext("not confirmed") })),
      h("span", { class: "faint", title: match.changed_at ? exactTime(match.changed_at) : null }, factsOf(match).join(" · ")),
      hasKey && h("kbd", { class: "kbd push" }, `Ctrl ${n}`)),
    h("div", { class: "m-src g-text", lang: source.code || null, dir: source.dir || "auto" }, match.score === null ? renderText(match.source) : sourceOf(match, row)),
    h("div", { class: "m-tgt g-text", lang: target.code || null, dir: target.dir || "auto" }, renderText(match.target)),
    match.repairs.length > 0 && repairsOf(match.repairs, languages),
    match.parts && partsOf(match.parts));
  return element;
}

/** Show the parts of the score under the best match and under the chosen one, which is lit. @param {HTMLElement} host @param {string} chosen */
export function openParts(host, chosen) {
  [...host.querySelectorAll(".match")].forEach((match, index) => {
    const isChosen = match.dataset.item === chosen;
    match.classList.toggle("is-first", isChosen || (index === 0 && !chosen));
    match.querySelector(".parts")?.classList.toggle("is-shown", isChosen || index === 0);
  });
}

function sourceOf(match, row) {
  // A line of the row is compared with that line.
  const now = match.line ? lineOf(row.source, match.line.n) : row.source;
  return match.source === now ? renderText(match.source) : renderDiff(match.source, now);
}

/** The n-th line of a text, from 1; the whole text where it has fewer. @param {string} text @param {number} n */
export const lineOf = (text, n) => text.split(LINE_END)[n - 1] ?? text;

/** What is known of a match beside its texts, in words. @returns {string[]} */
export function factsOf(match) {
  const facts = [];
  if (match.isEarlier) facts.push(gettext("Earlier translation of this row"));
  if (match.kind === "exact") facts.push(pgettext("match", "exact"));
  if (match.kind === "context") facts.push(pgettext("match", "same context"));
  if (match.kind === "repaired") facts.push(pgettext("match", "adapted"));
  if (match.line) facts.push(fmt(gettext("line {n} of {of}"), { n: match.line.n, of: match.line.of }));
  if (match.parts?.penalty) facts.push(fmt(gettext("penalty −{n}"), { n: Math.abs(match.parts.penalty) }));
  if (match.author) facts.push(match.author);
  if (match.changed_at) facts.push(ageOf(match.changed_at));
  return facts;
}

const DAY_MS = 86_400_000;
const ageOf = (time) => (Date.now() - new Date(time).getTime() < DAY_MS ? when(time) : day(time));

function repairsOf(repairs, languages) {
  const text = (value) => h("bdi", { class: "dim", lang: languages.target.code || null }, value || "–");
  const one = (repair) => {
    return h("span", null, text(repair.from), icon("right", { small: true, label: gettext("became") }), text(repair.to));
  };
  return h("p", { class: "m-repairs faint" }, icon("sync", { small: true, label: gettext("Adapted to this row") }),
    repairs.some((repair) => repair.kind === "sentence") && h("span", null, gettext("put together from several entries")),
    repairs.filter((repair) => repair.kind !== "sentence").map(one));
}

function partsOf(parts) {
  const part = (value, word, style) => h("span", { class: `part${style}` }, h("b", null, value), word);
  const share = (value, word) => part(String(value), word, value < LOW ? " low" : "");
  return h("div", { class: "parts" },
    share(parts.words, pgettext("score", "words")), share(parts.numbers, pgettext("score", "numbers")), share(parts.codes, pgettext("score", "codes")), share(parts.punctuation, pgettext("score", "punct.")),
    part(parts.context > 0 ? `+${parts.context}` : "0", pgettext("score", "context"), parts.context > 0 ? " plus" : ""),
    part(parts.penalty ? `−${Math.abs(parts.penalty)}` : "0", pgettext("score", "penalty"), parts.penalty ? " low" : ""));
}

function spokenMatch(match, n) {
  const memory = match.memory.name;
  const text = spoken(match.target);
  if (match.score === null) return fmt(gettext("Same meaning, from {memory}: {text}"), { memory, text });
  if (match.kind === "earlier") return fmt(gettext("Earlier translation of this row, {score} percent: {text}"), { score: match.score, text });
  return fmt(gettext("Match {n}, {score} percent, from {memory}: {text}"), { n, score: match.score, memory, text });
}

/**
 * The matches in their order, the row's earlier translation last; where it is one of the matches anyway, that one says so.
 * @param {any} answer of a look-up
 */
export function withEarlier({ proposals, lines, earlier }) {
  const same = (match) => earlier && match.entry_id === earlier.entry_id && match.target === earlier.target;
  const named = proposals.map((match) => (same(match) ? { ...match, isEarlier: true } : match));
  return [...named, ...lines, ...(earlier && !proposals.some(same) ? [earlier] : [])];
}

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

/** Where the terms stand in a source, as marks of renderText. @param {string} source @param {any[]} terms gathered */
export const termMarks = (source, terms) => marksAt(source, terms.flatMap((term) => term.hits.map(({ start, end }) => ({ start, end, class: "term", title: titleOf(term) }))));

/** What finds an entry in its memory: the longest run of plain words, else its key. @param {{key?: string, source: string}} entry */
export function searchFor({ key, source }) {
  const runs = parse(source).filter((part) => part.type === "text").map((part) => part.raw.trim());
  return runs.reduce((best, run) => (run.length > best.length ? run : best), "").slice(0, 120) || (key ? `in:key ${key}` : "");
}

const notWords = (term) => term.not.map((word) => fmt(gettext("not {word}"), { word }));

function titleOf(term) {
  return [[...term.use, ...notWords(term)].join(", "), term.note].filter(Boolean).join("\n");
}

/** One line of the terms; `n` from 1 is its key. */
export function termElement(term, { languages, n, onUse, onMenu }) {
  const target = languages.target.code || null;
  const hasKey = n < 10 && term.use.length > 0;
  return h("div", {
    class: "term-row", role: "button", tabindex: "-1", "data-item": `t${term.source}`, "aria-disabled": term.use.length ? null : "true", title: term.note || null,
    "aria-keyshortcuts": hasKey ? `Control+Shift+${n}` : null, onclick: onUse, oncontextmenu: onMenu,
  },
    h("span", { class: "t-src", lang: languages.source.code || null }, term.source),
    h("span", null, h("span", { lang: target }, term.use.join(", ")), notWords(term).map((words) => [" ", h("span", { class: "st-qa", lang: target }, words)]), term.note && h("span", { class: "t-note faint" }, " ", term.note)),
    h("span", { class: "faint num" }, hasKey ? String(n) : ""));
}
