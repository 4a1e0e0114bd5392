/**
 * The filter language, read far enough to colour it, to complete it and to follow one's own edits. The server's
 * reading decides; this one never refuses anything.
 *
 * `status:translated AND target:"{0}" AND -by:mina`: AND, OR, NOT, parentheses; words beside each other mean AND;
 * a bare word is looked for in source and target; `field:value` contains, `:=` equals, `:/…/` is a regular
 * expression (`/…/i` in any case), `>`, `>=`, `<`, `<=` and `a..b` compare numbers and dates.
 */

/** Every field. */
export const FIELDS = [
  "status", "is", "check", "source", "target", "text", "any", "key", "comment", "context", "location", "by", "assignee", "updated",
  "origin", "score", "length", "n", "has", "file",
];
/** The values of fields that have a closed list. */
export const VALUES = {
  status: ["todo", "done", "new", "original", "translated", "confirmed", "reviewed", "approved"],
  is: ["changed", "locked", "blank", "empty", "repeated", "mine", "leased", "conflict"],
  check: ["any", "placeholder", "tag", "line_break", "length", "untranslated", "none", "dismissed"],
  has: ["comment", "note", "limit"],
  origin: ["none", "human", "tm", "mt", "import", "sync"],
};
/** Fields whose value is a person. */
export const PEOPLE = ["by", "assignee"];
/** Fields that hold text of a row. */
export const TEXTS = ["source", "target", "key", "comment", "context", "location", "text", "any"];

/** Fields whose values are compared: before the others "<" and ">" are text. */
const COMPARED = ["updated", "score", "length", "n"];

const FIELD = /([A-Za-z_]+):/y;
const WORD = /[^\s()"]+/uy;
const OPERATOR = /[<>]=?|=/y;
const isConnective = (word) => /^(?:and|or|not)$/iu.test(word);

/**
 * @typedef {Object} Token
 * @property {"space"|"operator"|"open"|"close"|"minus"|"field"|"compare"|"word"|"string"|"regex"} type
 * @property {string} raw
 * @property {number} from
 * @property {number} to
 * @property {string} [value] what a word, text or expression says; the name of a field
 * @property {string} [flags] of an expression
 * @property {boolean} [ended] whether a text or expression has its end
 */

/** @param {string} text @returns {Token[]} that together are the text again */
export function lex(text) {
  /** @type {Token[]} */
  const tokens = [];
  let at = 0;
  const add = (type, length, more = {}) => {
    tokens.push({ type, raw: text.slice(at, at + length), from: at, to: at + length, ...more });
    at += length;
  };
  const sticky = (pattern) => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (at < text.length) {
    const before = tokens[tokens.length - 1]?.type;
    const inValue = before === "field" || before === "compare";
    const c = text[at];
    if (/\s/u.test(c)) add("space", /^\s+/u.exec(text.slice(at))[0].length);
    else if (c === "(") add("open", 1);
    else if (c === ")") add("close", 1);
    else if (c === '"') string(text, at, add);
    else if (c === "/" && (before === "field" || !before || before === "space" || before === "open" || before === "minus") && regex(text, at, add)) continue;
    else if (before === "field" && sticky(OPERATOR) && (c === "=" || compares(tokens[tokens.length - 1].value))) add("compare", sticky(OPERATOR)[0].length);
    else if (!inValue && c === "-" && /\S/u.test(text[at + 1] || "")) add("minus", 1);
    else if (!inValue && sticky(FIELD)) {
      const name = sticky(FIELD)[1];
      add("field", name.length + 1, { value: name.toLowerCase() });
    } else {
      const word = sticky(WORD)?.[0] ?? c;
      add(!inValue && isConnective(word) ? "operator" : "word", word.length, { value: word });
    }
  }
  return tokens;
}

const compares = (field) => COMPARED.includes(field) || !FIELDS.includes(field);

/** "…" with \" and \\ inside. One without an end goes to the end. */
function string(text, at, add) {
  let value = "";
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === "\\" && (text[i + 1] === '"' || text[i + 1] === "\\")) value += text[++i];
    else if (text[i] === '"') return add("string", i + 1 - at, { value, ended: true });
    else value += text[i];
  }
  return add("string", text.length - at, { value, ended: false });
}

/** /…/flags with \/ inside; false where no end follows and the slash is a letter. */
function regex(text, at, add) {
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === "/" && i > at + 1) {
      const flags = /^[a-z]*/u.exec(text.slice(i + 1))[0];
      add("regex", i + 1 - at + flags.length, { value: text.slice(at + 1, i).replace(/\\\//gu, "/"), flags, ended: true });
      return true;
    }
  }
  return false;
}

/**
 * @typedef {Object} Node
 * @property {"and"|"or"|"not"|"term"} type
 * @property {number} from
 * @property {number} to
 * @property {Node[]} [items]
 * @property {string|null} [field] null for a bare word
 * @property {string} [compare] "", "=", ">", ">=", "<" or "<="
 * @property {"word"|"string"|"regex"} [kind]
 * @property {string} [value]
 * @property {string} [flags]
 */

/** The tree of a filter; null where there is none, or while it is not written to its end. @returns {Node|null} */
export function parse(text) {
  const tokens = lex(text).filter((token) => token.type !== "space");
  let at = 0;
  const peek = () => tokens[at];
  const isWord = (word) => peek()?.type === "operator" && peek().value.toUpperCase() === word;
  const both = (type, items) => (items.length === 1 ? items[0] : { type, items, from: items[0].from, to: items[items.length - 1].to });

  const either = () => {
    const items = [all()];
    while (isWord("OR")) {
      at += 1;
      items.push(all());
    }
    return both("or", items);
  };
  const all = () => {
    const items = [one()];
    while (peek() && peek().type !== "close" && !isWord("OR")) {
      if (isWord("AND")) at += 1;
      items.push(one());
    }
    return both("and", items);
  };
  const one = () => {
    const token = peek();
    if (!token) throw new Unfinished();
    if (isWord("NOT") || token.type === "minus") {
      at += 1;
      const item = one();
      return { type: "not", items: [item], from: token.from, to: item.to };
    }
    if (token.type === "open") {
      at += 1;
      const inner = either();
      if (peek()?.type !== "close") throw new Unfinished();
      at += 1;
      return { ...inner, from: token.from, to: tokens[at - 1].to };
    }
    return term();
  };
  const term = () => {
    const first = tokens[at++];
    let field = null;
    let compare = "";
    let value = first;
    if (first.type === "field") {
      field = first.value;
      if (peek()?.type === "compare") compare = tokens[at++].raw;
      value = tokens[at++];
    }
    // A value stands directly behind its field.
    if (!value || (value !== first && value.from !== tokens[at - 2].to) || !["word", "string", "regex"].includes(value.type) || value.ended === false) throw new Unfinished();
    return { type: "term", field, compare, kind: value.type, value: value.value, flags: value.flags || "", from: first.from, to: value.to };
  };

  try {
    if (!tokens.length) return null;
    const tree = either();
    return at === tokens.length ? tree : null;
  } catch (error) {
    if (error instanceof Unfinished) return null;
    throw error;
  }
}

class Unfinished extends Error {}

const CLASSES = { field: "q-f", operator: "q-o", minus: "q-o", open: "q-o", close: "q-o", compare: "q-o", string: "q-s", regex: "q-s" };

/**
 * The text in coloured pieces: {raw, class}. Names that no field has, and the place that the server named, are q-bad.
 * @param {string} text @param {{from: number, to: number}|null} [wrong] @param {string[]} [fields]
 */
export function pieces(text, wrong = null, fields = FIELDS) {
  const found = [];
  const add = (raw, name) => raw && found.push({ raw, class: name || "" });
  lex(text).forEach((token) => {
    const bad = wrong ? token.from < wrong.to && wrong.from < token.to && token.type !== "space" : false;
    const unknown = token.type === "field" && !fields.includes(token.value);
    if (token.type === "field") {
      add(token.raw.slice(0, -1), `q-f${bad || unknown ? " q-bad" : ""}`);
      add(":", "q-o");
    } else add(token.raw, [CLASSES[token.type], bad && "q-bad"].filter(Boolean).join(" "));
  });
  return found;
}

/**
 * What is being written at the caret.
 * @returns {{what: "word"|"value", field: string, typed: string, from: number, to: number}} `typed`: up to the caret
 */
export function atCaret(text, caret) {
  const tokens = lex(text);
  const index = tokens.findIndex((token) => token.from < caret && caret <= token.to);
  const token = tokens[index];
  const before = tokens[index - 1];
  const nothing = { what: /** @type {const} */ ("word"), field: "", typed: "", from: caret, to: caret };
  if (!token) return nothing;
  if (token.type === "field" && caret === token.to) {
    const next = tokens[index + 1];
    const to = next && ["word", "string"].includes(next.type) ? next.to : caret;
    return { what: "value", field: token.value, typed: "", from: caret, to };
  }
  if (token.type === "field") return { what: "word", field: "", typed: text.slice(token.from, caret), from: token.from, to: token.to };
  if (token.type === "compare") return { what: "value", field: tokens[index - 1].value, typed: "", from: caret, to: caret };
  if (token.type !== "word" && token.type !== "string") return nothing;
  const field = before?.type === "field" ? before : before?.type === "compare" ? tokens[index - 2] : null;
  const typed = text.slice(token.from, caret).replace(/^"/u, "");
  if (field) return { what: "value", field: field.value, typed, from: token.from, to: token.to };
  return token.type === "word" ? { what: "word", field: "", typed, from: token.from, to: token.to } : nothing;
}

/** A value as it is written in a filter: bare where it can be. */
export function quoted(value) {
  if (value && !/[\s()"]/u.test(value) && !isConnective(value) && !/^[-/<>=]|\.\.|^[A-Za-z_]+:/u.test(value)) return value;
  return `"${value.replace(/[\\"]/gu, "\\$&")}"`;
}

/** "…/…" as an expression. */
export const expression = (value) => `/${value.replace(/\\.|\//gu, (part) => (part === "/" ? "\\/" : part))}/`;
