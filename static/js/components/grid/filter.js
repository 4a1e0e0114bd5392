/** The filter of a view, and whether a row passes it: the server decides, this only follows one's own edits. */

/** @typedef {{status?: string[], text?: string, fields?: string[], flags?: string[], sort?: string}} Filter */

/** Without anything chosen there is no filter. @param {Filter} filter @returns {Filter|null} */
export function tidy(filter) {
  const clean = {};
  if (filter.status?.length) clean.status = filter.status;
  if (filter.text) {
    clean.text = filter.text;
    if (filter.fields?.length) clean.fields = filter.fields;
  }
  if (filter.flags?.length) clean.flags = filter.flags;
  if (filter.sort && filter.sort !== "position") clean.sort = filter.sort;
  return Object.keys(clean).length ? clean : null;
}

/** @param {any} row @param {Filter} filter */
export function matches(row, filter) {
  if (filter.status?.length && !filter.status.includes(row.status)) return false;
  if (filter.flags?.some((flag) => !row[flag === "blank" ? "blank_intended" : flag])) return false;
  if (!filter.text) return true;
  const text = filter.text.toLocaleLowerCase();
  return (filter.fields?.length ? filter.fields : ["source", "target"]).some((field) => String(row[field] || "").toLocaleLowerCase().includes(text));
}
