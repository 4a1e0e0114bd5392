/** Addresses of the pages that show a thing. */

/** @param {{kind: string, id: number, file_id?: number}} ref */
export function linkTo(ref) {
  if (ref.kind === "file") return `/files/${ref.id}/`;
  if (ref.kind === "row") return `/files/${ref.file_id}/?row=${ref.id}`;
  return `/${ref.kind}s/${ref.id}/`;
}
