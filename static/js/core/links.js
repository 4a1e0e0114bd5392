/** Addresses of the pages that show a thing. */

/** @param {{kind: string, id: number, file_id?: number}} ref */
export function linkTo(ref) {
  if (ref.kind === "file") return `/files/${ref.id}/`;
  if (ref.kind === "row") return `/files/${ref.file_id}/?row=${ref.id}`;
  return `/${ref.kind}s/${ref.id}/`;
}

/** The page that lists rows by their text. @param {{q?: string, mode?: string, fields?: string, scope?: string, at?: string}} wanted */
export function searchLink(wanted) {
  const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value)).toString();
  return query ? `/search/?${query}` : "/search/";
}

/** The file or place that the page shows, as a scope of the search: "file:12", or "" for everything. */
export function scopeOfPage() {
  const file = /** @type {HTMLElement|null} */ (document.querySelector("#grid-host[data-file]"))?.dataset.file;
  if (file) return `file:${file}`;
  const [, kind, id] = /^\/(platform|project|folder|file)s\/(-?\d+)\//u.exec(location.pathname) || [];
  return kind ? `${kind}:${id}` : "";
}
