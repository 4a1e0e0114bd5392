/** Changing a filter by choosing from a menu: what is chosen becomes filter text, so that there is one language. */

import { expression, parse, quoted } from "./querytext.js";

/** The fields that text is looked for in, as the menu offers them. */
export const PLACES = ["source", "target", "key", "comment"];
export const MODES = ["contains", "exact", "excludes", "regex"];

/**
 * What must all be true, in order. One part when it cannot be taken apart.
 * @param {string} text @returns {{text: string, node: any}[]}
 */
export function partsOf(text) {
  const tree = parse(text);
  if (!tree) return text.trim() ? [{ text: text.trim(), node: null }] : [];
  // "(a b)" is one part, "(a) b" are two.
  const nodes = tree.type === "and" && tree.items[0].from === tree.from ? tree.items : [tree];
  return nodes.map((node) => ({ text: text.slice(node.from, node.to), node }));
}

/** Parts as one filter. */
export function joined(parts) {
  const many = parts.length > 1;
  return parts.map((part) => (many && part.node === null ? `(${part.text})` : many && part.node.type === "or" && !part.text.startsWith("(") ? `(${part.text})` : part.text)).join(" ");
}

const isTerm = (node, field) => node?.type === "term" && node.field === field && !node.compare && node.kind !== "regex";

/** The values of a part that says `field:a` or `(field:a OR field:b)`; null of any other. */
function valuesIn(part, field) {
  const { node } = part;
  const terms = node?.type === "or" ? node.items : [node];
  return terms.every((one) => isTerm(one, field)) ? terms.map((one) => one.value.toLowerCase()) : null;
}

/** Which values of a field a filter asks for. @returns {string[]} */
export function chosen(text, field) {
  return partsOf(text).flatMap((part) => valuesIn(part, field) || []);
}

const written = (field, values) => (values.length > 1 ? `(${values.map((value) => `${field}:${quoted(value)}`).join(" OR ")})` : `${field}:${quoted(values[0])}`);

/** The filter with exactly these values of a field, any of them; none takes the field out. */
export function choose(text, field, values) {
  const parts = partsOf(text);
  const at = parts.findIndex((part) => valuesIn(part, field));
  const kept = parts.filter((part) => !valuesIn(part, field));
  if (values.length) {
    const fresh = written(field, values);
    kept.splice(at < 0 ? kept.length : at, 0, { text: fresh, node: parse(fresh) });
  }
  return joined(kept);
}

/** The filter with a value of a field taken in or out. `alone`: values of the field are true together, not one of them. */
export function toggled(text, field, value, alone = false) {
  if (!alone) {
    const now = chosen(text, field);
    return choose(text, field, now.includes(value) ? now.filter((one) => one !== value) : [...now, value]);
  }
  const parts = partsOf(text);
  const isIt = (part) => isTerm(part.node, field) && part.node.value.toLowerCase() === value;
  if (parts.some(isIt)) return joined(parts.filter((part) => !isIt(part)));
  const fresh = `${field}:${quoted(value)}`;
  return joined([...parts, { text: fresh, node: parse(fresh) }]);
}

/** What a part looks for in texts: {mode, fields, value}; null of a part that is no search of text. */
function searchIn(node) {
  if (!node) return null;
  if (node.type === "not") {
    const inner = searchIn(node.items[0]);
    return inner?.mode === "contains" ? { ...inner, mode: "excludes" } : null;
  }
  if (node.type === "or") {
    const all = node.items.map(searchIn);
    const [first] = all;
    if (!first || all.some((one) => !one || one.mode !== first.mode || one.value !== first.value || one.fields.length > 1)) return null;
    return { ...first, fields: all.flatMap((one) => one.fields) };
  }
  if (node.type !== "term") return null;
  const fields = { null: ["source", "target"], text: ["source", "target"], any: PLACES }[String(node.field)] || (PLACES.includes(node.field) ? [node.field] : null);
  if (!fields) return null;
  if (node.kind === "regex") return { mode: "regex", fields, value: node.value, flags: node.flags };
  if (node.compare) return node.compare === "=" ? { mode: "exact", fields, value: node.value } : null;
  return { mode: "contains", fields, value: node.value };
}

/** How and where text is looked for. @returns {{mode: string, fields: string[], value: string}} */
export function searchOf(text) {
  const found = partsOf(text).map((part) => searchIn(part.node)).filter(Boolean);
  if (!found.length) return { mode: "contains", fields: ["source", "target"], value: "" };
  const value = found.filter((one) => one.mode === found[0].mode).map((one) => one.value).join(" ");
  return { mode: found[0].mode, fields: found[0].fields, value };
}

/** A search of text as filter text. @param {{mode: string, fields: string[], value: string, flags?: string}} search */
export function searchText({ mode, fields, value, flags = "i" }) {
  const has = (...names) => names.length === fields.length && names.every((name) => fields.includes(name));
  const names = has(...PLACES) ? ["any"] : has("source", "target") ? ["text"] : PLACES.filter((name) => fields.includes(name));
  const body = mode === "exact" ? `=${/^"/u.test(quoted(value)) ? quoted(value) : value}` : mode === "regex" ? expression(value) + flags : quoted(value);
  const bare = names[0] === "text" && mode !== "exact";
  const terms = names.map((name) => (bare ? body : `${name}:${body}`));
  const whole = terms.length > 1 ? `(${terms.join(" OR ")})` : terms[0];
  return mode === "excludes" ? `-${whole}` : whole;
}

/**
 * The filter with its text looked for in another way or in other fields. Words beside each other that were looked
 * for one by one become one text, except for `contains`.
 * @param {string} text @param {{mode?: string, fields?: string[]}} change
 */
export function searched(text, change) {
  const parts = partsOf(text);
  const kept = [];
  let place = -1;
  const searches = [];
  for (const part of parts) {
    const search = searchIn(part.node);
    if (!search) kept.push(part);
    else {
      if (place < 0) place = kept.length;
      searches.push(search);
    }
  }
  if (!searches.length) return text;
  const wanted = { ...searches[0], ...change };
  const values = wanted.mode === "contains" || (change.mode === undefined && wanted.mode !== "exact") ? searches.map((one) => one.value) : [searches.map((one) => one.value).join(" ")];
  const fresh = values.map((value) => searchText({ ...wanted, value })).map((one) => ({ text: one, node: parse(one) }));
  kept.splice(place, 0, ...fresh);
  return joined(kept);
}
