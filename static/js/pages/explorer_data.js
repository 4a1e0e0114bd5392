/** Places of the explorer: their addresses, what is in them, and what the tree shows of them. */

import { get } from "../core/api.js";
import { gettext } from "../core/i18n.js";
import { naturalCompare } from "../core/natural.js";
import { STORAGE_ID } from "./explorer_here_words.js";

/** @typedef {{kind: "root"|"trash"|"platform"|"project"|"folder", id: number|null}} Place */

export const ROOT = { kind: "root", id: null };
export const TRASH = { kind: "trash", id: null };

export const keyOf = (ref) => `${ref.kind}:${ref.id ?? ""}`;
export const refOf = (node) => ({ kind: node.kind, id: node.id });
export const samePlace = (a, b) => keyOf(a) === keyOf(b);

/** "/folders/12/" -> {kind: "folder", id: 12} @param {string} path @returns {Place} */
export function placeOfPath(path) {
  const match = /^\/(platform|project|folder)s\/(-?\d+)\/$/u.exec(path);
  if (match) return { kind: /** @type {any} */ (match[1]), id: Number(match[2]) };
  return path === "/trash/" ? TRASH : ROOT;
}

/** The address of a place. @param {Place} place */
export function pathOfPlace(place) {
  if (place.kind === "root") return "/";
  return place.kind === "trash" ? "/trash/" : `/${place.kind}s/${place.id}/`;
}

/** The place above, by the path that the server gives. @returns {Place} */
export function above(place, path) {
  if (place.kind === "root" || place.kind === "trash") return ROOT;
  const last = path[path.length - 1];
  return last ? { kind: last.kind, id: last.id } : ROOT;
}

/** Icon of a node. */
export function iconOf(node) {
  if (node.kind === "project" && node.id === STORAGE_ID) return "pc";
  if (node.kind !== "file") return node.kind;
  if (["xlsx", "csv"].includes(node.format)) return "file-sheet";
  return ["xml", "json"].includes(node.format) ? "file-xml" : "file-text";
}

/**
 * What is in a place; `onPart` gets what is there so far when it comes in pages.
 * @param {Place} place
 * @param {(opened: any) => void} onPart
 * @param {AbortSignal} signal
 */
export async function openPlace(place, onPart, signal) {
  if (place.kind === "root") {
    const roots = await get("tree", { signal });
    return { node: null, path: [], children: [...roots.platforms, ...roots.projects], roots };
  }
  let opened = null;
  let cursor = null;
  do {
    const page = await get(`tree/${place.kind}/${place.id}`, { query: { cursor }, signal });
    opened = { ...page, children: [...(opened?.children || []), ...page.children] };
    cursor = page.next;
    if (cursor) onPart(opened);
  } while (cursor);
  return opened;
}

/** Those of a kind that are not here; what the server told may be older than what came here since. */
function missing(here, away, kind) {
  const known = new Set(here.map(keyOf));
  return away.filter((node) => node.kind === kind && !known.has(keyOf(node)));
}

/** What is here and what only the server has, in one order. */
const mixed = (here, away) => (away.length ? [...here, ...away].sort((a, b) => naturalCompare(a.name, b.name)) : here);

function markOf(node) {
  if (node.away) return { mark: "server", markLabel: gettext("On the server") };
  return node.restricted ? { mark: "lock", markLabel: gettext("restricted") } : {};
}

/** A node of the API as the tree shows it. */
export const treeNode = (node) => ({
  key: keyOf(node), name: node.name, icon: iconOf(node), branch: true, count: node.kind === "platform" ? node.projects : null, data: { ...node, draggable: node.kind !== "platform" && !node.away }, ...markOf(node),
});

/** What the server has and what this PC has stand apart where there are both. */
function fileSections(nodes) {
  const own = nodes.filter((node) => node.id === STORAGE_ID);
  if (!own.length) return [{ heading: gettext("Files"), nodes: nodes.map(treeNode) }];
  const others = nodes.filter((node) => node.id !== STORAGE_ID).map(treeNode);
  return [...(others.length ? [{ heading: gettext("Server"), nodes: others }] : []), { heading: gettext("This PC"), nodes: own.map(treeNode) }];
}

/** Sections of the tree. @param {any} roots @param {any[]} [away] what only the server has at the top */
export const treeSections = (roots, away = []) => [
  ...fileSections([...mixed(roots.platforms, missing(roots.platforms, away, "platform")), ...mixed(roots.projects, missing(roots.projects, away, "project"))]),
  { heading: "", nodes: [{ key: keyOf(TRASH), name: gettext("Recycle bin"), icon: "trash", branch: false, count: roots.trash_count, data: { kind: "trash", id: null } }] },
];

/** What a branch holds. Folders come whole for a project, so that opening them asks nothing. */
export class Branches {
  /** @param {(place: any, above: any[]) => Promise<any[]>} away places that only the server of a desktop has */
  constructor(away) {
    this.away = away;
    this.folders = new Map();
  }

  forget() {
    this.folders.clear();
  }

  /** @param {TreeNode} node @param {TreeNode[]} above */
  async load(node, above) {
    const here = node.data.away ? [] : await this.#here(node);
    const known = new Set(here.map((one) => one.key));
    const away = await this.away(node.data, above.map((one) => one.data));
    return mixed(here, away.map(treeNode).filter((one) => !known.has(one.key)));
  }

  async #here(node) {
    const { kind, id, project_id: projectId } = node.data;
    if (kind === "platform") {
      const opened = await get(`tree/platform/${id}`, { query: { limit: 500 } });
      return opened.children.map(treeNode);
    }
    const project = kind === "project" ? id : projectId;
    if (!this.folders.has(project)) this.folders.set(project, get(`tree/project/${project}/folders`).then((answer) => answer.results));
    let all;
    try {
      all = await this.folders.get(project);
    } catch (error) {
      this.folders.delete(project);
      throw error;
    }
    const parents = new Set(all.map((folder) => folder.parent_id));
    const parent = kind === "project" ? null : id;
    return all
      .filter((folder) => folder.parent_id === parent)
      .map((folder) => ({ key: `folder:${folder.id}`, name: folder.name, icon: "folder", branch: parents.has(folder.id), count: null, data: { kind: "folder", id: folder.id, name: folder.name, project_id: folder.project_id, draggable: true } }));
  }
}

/** The sum of counts of nodes: {rows, words, by_status}. */
export function sumCounts(nodes) {
  const sum = { rows: 0, words: 0, by_status: {} };
  for (const { counts } of nodes) {
    sum.rows += counts?.rows || 0;
    sum.words += counts?.words || 0;
    for (const [status, one] of Object.entries(counts?.by_status || {})) {
      const into = (sum.by_status[status] ||= { rows: 0, words: 0 });
      into.rows += one.rows;
      into.words += one.words;
    }
  }
  return sum;
}
