/** The filter of a view, and whether a row passes it: the server decides, this only follows one's own edits. */

import { parse } from "../querytext.js";

/** @typedef {{query?: string, sort?: string}} Filter what POST files/{id}/views takes */

/** Without anything chosen there is no filter. @param {Filter} filter @returns {Filter|null} */
export function tidy(filter) {
  const clean = {};
  if (filter.query?.trim()) clean.query = filter.query.trim();
  if (filter.sort && filter.sort !== "position") clean.sort = filter.sort;
  return Object.keys(clean).length ? clean : null;
}

/**
 * Whether a row passes, as far as the page can tell: what only the server knows lets it pass.
 * @param {any} row @param {Filter} filter
 */
export function matches(row, filter) {
  const tree = filter.query ? parse(filter.query) : null;
  return !tree || passes(tree, row) !== false;
}

/** true, false, or null where it cannot be told here. */
function passes(node, row) {
  if (node.type === "term") return term(node, row);
  if (node.type === "not") {
    const inner = passes(node.items[0], row);
    return inner === null ? null : !inner;
  }
  const ends = node.type === "or";
  const answers = node.items.map((item) => passes(item, row));
  if (answers.includes(ends)) return ends;
  return answers.includes(null) ? null : !ends;
}

const STATUS_GROUPS = { todo: ["new", "original", "translated"], done: ["confirmed", "reviewed", "approved"] };
const FLAGS = {
  locked: (row) => row.locked, changed: (row) => row.source_changed, blank: (row) => row.blank_intended, empty: (row) => !row.target,
};
const GROUPS = { text: ["source", "target"], any: ["source", "target", "key", "comment"] };

function term(node, row) {
  const value = node.value.toLowerCase();
  switch (node.field) {
    case "status": return node.compare ? null : (STATUS_GROUPS[value] || [value]).includes(row.status);
    case "is": return FLAGS[value] ? Boolean(FLAGS[value](row)) : null;
    case "has": return value === "comment" || value === "note" ? Boolean(row.comment) || null : value === "limit" ? Boolean(row.max_length) : null;
    case "origin": return typeof row.origin === "string" ? row.origin === value : null;
    default: return text(node, row);
  }
}

function text(node, row) {
  const fields = GROUPS[node.field ?? "text"] || [node.field];
  if (fields.some((field) => typeof row[field] !== "string")) return null;
  if (node.kind === "regex" || (node.compare && node.compare !== "=")) return null;
  const wanted = node.value.toLowerCase();
  return fields.some((field) => {
    const have = row[field].toLowerCase();
    return node.compare ? have === wanted : have.includes(wanted);
  });
}
