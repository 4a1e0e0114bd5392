/** What changed between two texts, word by word; every CJK character is a word, every code is one. */

import { h } from "../core/dom.js";
import { readableColour } from "./colour.js";
import { codePill, parse } from "./textmark.js";

const WORDS = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]|[\p{L}\p{N}\p{M}'’]+|\s+|[^\p{L}\p{N}\s]/gu;
const MOST_CELLS = 1_000_000;

/** @param {string} text @returns {string[]} */
export function tokens(text) {
  const all = [];
  for (const part of parse(text)) {
    if (part.type === "text") all.push(...(part.raw.match(WORDS) || []));
    else all.push(part.raw);
  }
  return all;
}

/**
 * @param {string} before @param {string} after
 * @returns {{type: "same"|"ins"|"del", text: string}[]} deletions come before insertions
 */
export function diff(before, after) {
  const a = tokens(before);
  const b = tokens(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  const result = [];
  push(result, "same", a.slice(0, start));
  middle(result, a.slice(start, endA), b.slice(start, endB));
  push(result, "same", a.slice(endA));
  return calm(result);
}

/** A lone space between two changes belongs to both: whole phrases read better than alternating words. */
function calm(parts) {
  const result = [];
  parts.forEach((part, index) => {
    const between = part.type === "same" && index > 0 && index < parts.length - 1 && /^[ \u00a0]$/u.test(part.text);
    if (!between) push(result, part.type, [part.text]);
    else {
      push(result, "del", [part.text]);
      push(result, "ins", [part.text]);
    }
  });
  return gather(result);
}

/** Deletions and insertions in a row become one of each. */
function gather(parts) {
  const result = [];
  let gone = "";
  let come = "";
  const flush = () => {
    if (gone) result.push({ type: "del", text: gone });
    if (come) result.push({ type: "ins", text: come });
    gone = "";
    come = "";
  };
  for (const part of parts) {
    if (part.type === "del") gone += part.text;
    else if (part.type === "ins") come += part.text;
    else {
      flush();
      result.push(part);
    }
  }
  flush();
  return result;
}

function push(result, type, words) {
  if (!words.length) return;
  const text = words.join("");
  const last = result[result.length - 1];
  if (last?.type === type) last.text += text;
  else result.push({ type, text });
}

/** Longest common subsequence of what differs; very long texts count as wholly replaced. */
function middle(result, a, b) {
  if (!a.length || !b.length || a.length * b.length > MOST_CELLS) {
    push(result, "del", a);
    push(result, "ins", b);
    return;
  }
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i * width + j] = a[i] === b[j] ? table[(i + 1) * width + j + 1] + 1 : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  let i = 0;
  let j = 0;
  let gone = [];
  let come = [];
  const flush = () => {
    push(result, "del", gone);
    push(result, "ins", come);
    gone = [];
    come = [];
  };
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      flush();
      push(result, "same", [a[i]]);
      i += 1;
      j += 1;
    } else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) gone.push(a[i++]);
    else come.push(b[j++]);
  }
  gone.push(...a.slice(i));
  come.push(...b.slice(j));
  flush();
}

/** The diff as nodes with <ins> and <del>. Line feeds stay visible; a colour that both texts have colours, another is a code. */
export function renderDiff(before, after) {
  const fragment = document.createDocumentFragment();
  let colour = null;
  for (const part of diff(before, after)) {
    const nodes = [];
    for (const piece of parse(part.text)) {
      if (piece.type === "break") nodes.push(h("span", { class: "eol" }), "\n");
      else if (piece.type === "text") nodes.push(colour ? toned(piece.raw, colour) : piece.raw);
      else if (piece.type === "code") nodes.push(codePill(piece));
      else if (part.type !== "same") nodes.push(codePill({ ...piece, kind: "esc" }));
      else colour = piece.type === "open" ? readableColour(piece.colour) : null;
    }
    if (part.type === "same") fragment.append(...nodes);
    else fragment.append(h(part.type, null, nodes));
  }
  return fragment;
}

function toned(text, colour) {
  const span = h("span", { class: "tone" }, text);
  span.style.color = colour;
  return span;
}
