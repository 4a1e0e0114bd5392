/** How files are read: changing the options that a reader takes, and proposing what belongs together. No page in here. */

/** Formats whose columns are chosen. */
const TABLES = new Set(["xlsx", "csv", "txt"]);
/** Roles of which a table has one column at most. */
const SINGLE = new Set(["source", "context", "comment", "max_length", "speaker"]);
/** In the order the person sees them. */
export const ROLES = ["", "key", "source", "target", "context", "comment", "max_length", "speaker"];
export const RULE_FIELDS = ["key", "source", "target", "context", "comment"];

export const isTable = (format) => TABLES.has(format);
export const isArchive = (name) => name.toLowerCase().endsWith(".zip");

const copy = (value) => JSON.parse(JSON.stringify(value ?? {}));

/** The part of the options that says what a table's columns are. */
function part(options, format, table) {
  if (format !== "xlsx") return options;
  options.sheets ||= {};
  options.sheets[table] ||= { used: true };
  return options.sheets[table];
}

const roleIn = (value) => (typeof value === "string" ? { role: value, language: "" } : { role: value?.role || "", language: value?.language || "" });

/** Role and language of a column, by the options where they say so, else by what was found. */
export function columnRole(options, format, table, column) {
  const columns = format === "xlsx" ? options?.sheets?.[table]?.columns : options?.columns;
  if (columns) return roleIn(columns[column.id]);
  return { role: column.role || "", language: column.language || "" };
}

/**
 * Options with another role for a column. A role that one column has moves here from there.
 * @param {any} options @param {string} format @param {any} table of the inspection @param {string} id
 * @param {string} role @param {string} [language]
 */
export function withRole(options, format, table, id, role, language = "") {
  const next = copy(options);
  const into = part(next, format, table.name);
  const columns = {};
  for (const column of table.columns) {
    const now = columnRole(options, format, table.name, column);
    if (column.id === id || !now.role || (SINGLE.has(role) && now.role === role)) continue;
    columns[column.id] = now.language ? now : { role: now.role };
  }
  if (role) columns[id] = language && (role === "source" || role === "target") ? { role, language } : { role };
  into.columns = columns;
  if (format === "xlsx") into.used = true;
  return next;
}

/** Options with a sheet read or left out. */
export function withSheet(options, name, used) {
  const next = copy(options);
  next.sheets ||= {};
  next.sheets[name] = { ...next.sheets[name], used };
  return next;
}

/** Whether the first row is a heading: the options' word, or null where they say nothing. */
export function headerOf(options, format, table) {
  const from = format === "xlsx" ? options?.sheets?.[table] : options;
  return from?.header ?? null;
}

/** Options with a heading row or without. What the columns are is kept. */
export function withHeader(options, format, table, header) {
  const next = copy(options);
  const into = part(next, format, table);
  into.header = header;
  delete into.header_row;
  return next;
}

/** Options with another encoding ("" finds it); the columns are found anew, for their titles read differently. */
export function withEncoding(options, encoding) {
  const next = copy(options);
  delete next.columns;
  delete next.header_row;
  if (encoding) next.encoding = encoding;
  else delete next.encoding;
  return next;
}

/** Options with another delimiter ("" finds it); the columns are others then. */
export function withDelimiter(options, delimiter) {
  const next = copy(options);
  for (const name of ["columns", "header", "header_row", "quote", "escape", "delimiter"]) delete next[name];
  if (delimiter) next.delimiter = delimiter;
  return next;
}

/** Options with a rule changed; an empty value takes the field away. */
export function withRule(options, index, field, value) {
  const next = copy(options);
  next.rules ||= [];
  const rule = { ...next.rules[index], [field]: value };
  if (!value) delete rule[field];
  next.rules[index] = rule;
  return next;
}

/** The column with the longest values, seen over the first rows; without rows the first one. */
function wordiest(table, but) {
  const length = (column) => (table.rows || []).reduce((sum, row) => sum + (row[table.columns.indexOf(column)] || "").length, 0);
  return table.columns.filter((column) => !but.has(column.id)).sort((a, b) => length(b) - length(a))[0]?.id;
}

/** Options with one more rule, made from what is known of an element. */
export function withNewRule(options, table) {
  const next = copy(options);
  const rule = { element: table.name };
  for (const column of table.columns) if (RULE_FIELDS.includes(column.role) && !rule[column.role]) rule[column.role] = column.id;
  rule.key ||= table.columns.find((column) => /(?:^|@|[a-z_])(?:id|key)$/iu.test(column.id))?.id;
  rule.target ||= wordiest(table, new Set([rule.key, rule.source])) || "text()";
  if (!rule.key) delete rule.key;
  next.rules = [...(next.rules || []), rule];
  return next;
}

/** Options without a rule; the last one cannot go. */
export function withoutRule(options, index) {
  const next = copy(options);
  next.rules = (next.rules || []).filter((_rule, at) => at !== index);
  return next;
}

/** Whether a format has one language a file, so that the source comes from another file. */
export function isMonolingual(format, options) {
  if (format === "json") return !options?.fields;
  if (format === "properties" || format === "po") return true;
  return format === "xml" && (options?.rules || []).length > 0 && options.rules.every((rule) => !rule.source);
}

const stem = (code) => code.split(/[-_]/u)[0].toLowerCase();
const tokensOf = (path) => path.split(/([/._\-\s]+)/u);

/**
 * Which of the other files is the source-language file of this one, by its name: "en.json" and "ko.json",
 * "ui_en.properties" and "ui.properties", "en/quest.json" and "ko/quest.json".
 * @param {string} path @param {string[]} others @param {string} source @param {string} target language codes, "" when not known
 * @returns {string|null}
 */
export function proposeSource(path, others, source, target) {
  if (!source) return null;
  const ending = path.split(".").pop().toLowerCase();
  const same = others.filter((other) => other !== path && other.split(".").pop().toLowerCase() === ending);
  const wanted = (word) => word && (target ? stem(word) === stem(target) || word.toLowerCase() === target.toLowerCase() : /^[a-z]{2,3}$/iu.test(word));
  const tokens = tokensOf(path);
  for (let i = tokens.length - 1; i >= 0; i -= 2) {
    if (!wanted(tokens[i])) continue;
    for (const code of [source, stem(source), source.replace("-", "_")]) {
      const exchanged = tokens.map((token, at) => (at === i ? code : token)).join("").toLowerCase();
      const hit = same.find((other) => other.toLowerCase() === exchanged);
      if (hit) return hit;
    }
    if (i === 0) continue;
    const without = tokens.filter((_token, at) => at !== i && at !== i - 1).join("").toLowerCase();
    const plain = same.find((other) => other.toLowerCase() === without);
    if (plain) return plain;
  }
  return null;
}

/** Whether a file's name says that it is in the source language: such a file is not translated itself. */
export function isInSource(path, source) {
  if (!source) return false;
  return tokensOf(path.split("/").slice(-2).join("/")).some((word) => word.toLowerCase() === source.toLowerCase() || (word.length > 1 && word.toLowerCase() === stem(source)));
}

/** The name of a column for people: letters as they are, numbers from 1. */
export const columnLabel = (id) => (/^\d+$/u.test(id) ? String(Number(id) + 1) : id);
