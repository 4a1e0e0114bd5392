/** What of the explorer is on this PC: marks of the list, what only the server has, bringing it here and back up. */

import { announceTask, get, post, remove, request } from "../core/api.js";
import { h, icon } from "../core/dom.js";
import { exactTime, number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { page } from "../core/prefs.js";
import { toast, toastError } from "../components/toast.js";
import { keyOf, openPlace, ROOT } from "./explorer_data.js";
import { stateOf, stateWords } from "./explorer_here_words.js";

const IDS_AT_ONCE = 100;
const NODES_AT_ONCE = 500;
/** States of the link in which the server can be asked. */
const REACHED = new Set(["online"]);

export class Here {
  /** @param {Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.isOn = Boolean(page.desktop);
    /** @type {any} what the desktop knows of its server; null until it was asked */
    this.link = null;
    /** Nodes that only the server has, by key, with the path to each. */
    this.away = new Map();
    /** Those of the top; null until the server was asked. @type {any[]|null} */
    this.roots = null;
  }

  get isLinked() {
    return Boolean(this.isOn && this.link && this.link.state !== "alone");
  }

  get isOnline() {
    return this.isLinked && REACHED.has(this.link.state);
  }

  /** Open a place: what is here, or what the server told of a place that is not here. */
  async open(place, onPart, signal) {
    try {
      return await openPlace(place, onPart, signal);
    } catch (error) {
      const known = this.away.get(keyOf(place)) || history.state?.away;
      if (error.status !== 404 || !known || keyOf(known.node) !== keyOf(place)) throw error;
      return { node: known.node, path: known.path, children: [], next: null };
    }
  }

  /** What the browser keeps of a place that is not here, so that loading the page again shows it again. */
  keptOf(place) {
    const away = this.away.get(keyOf(place));
    return away ? { away } : null;
  }

  /** Find out about the nodes of a place, and add what only the server has. Calls `draw` when something is known. */
  async look(opened, place, draw, signal) {
    if (!this.isOn) return;
    try {
      this.link = await get("link", { signal });
      await this.#mark(opened.children, signal);
      draw(opened.children);
      if (!this.isOnline) this.#showRoots(null);
      else if (!(place.id < 0)) {
        const more = [];
        for await (const found of serverPages(parentOf(place), signal)) {
          more.push(...this.#onServer(found, opened, place));
          draw([...opened.children, ...more]);
        }
        if (place.kind === "root") this.#showRoots(more);
      }
      if (this.isOnline && !this.roots) this.#showRoots(this.#awayBelow(ROOT, [], await serverNodes("", signal)));
    } catch (error) {
      // The list shows what is here in any case; a server that does not answer is the link's to tell.
      if (error.name !== "AbortError" && error.status !== 404 && !error.isTemporary) toastError(error);
    }
  }

  async #mark(nodes, signal) {
    const files = nodes.filter((node) => node.kind === "file" && node.id > 0);
    const known = new Map();
    for (let start = 0; start < files.length; start += IDS_AT_ONCE) {
      const ids = files.slice(start, start + IDS_AT_ONCE).map((node) => node.id);
      const answer = await get("link/files", { query: { ids: ids.join(",") }, signal });
      for (const one of answer.items || answer) known.set(one.file_id, one);
    }
    for (const node of files) node.here = known.get(node.id) || { state: "away" };
  }

  /** Nodes of the server: what it tells of those that are here, and those that only it has. */
  #onServer(found, opened, place) {
    const here = new Map(opened.children.map((node) => [keyOf(node), node]));
    const path = place.kind === "root" ? [] : [...opened.path, { kind: place.kind, id: place.id, name: opened.node?.name || "" }];
    // Of folders and what is above them only the link knows whether they are kept.
    for (const node of found) {
      const known = here.get(keyOf(node));
      if (known && known.kind !== "file") known.here = { subscribed: Boolean(node.subscribed) };
    }
    return this.#awayBelow(place, path, found.filter((node) => !here.has(keyOf(node))));
  }

  /** Those of the server's nodes that are not here, as the list and the tree show them. */
  #awayBelow(place, path, found) {
    const away = found.filter((node) => !node.here).map((node) => awayNode(node, place));
    for (const node of away) this.away.set(keyOf(node), { node, path });
    return away;
  }

  #showRoots(nodes) {
    const first = !this.roots && nodes?.length > 0;
    this.roots = nodes;
    this.explorer.drawTree(first);
  }

  /**
   * What only the server has below a place of the tree. Nothing while it is not reached.
   * @param {any} place @param {any[]} above the places above it, from the top
   */
  async placesBelow(place, above) {
    if (!this.isOnline || place.id < 0) return [];
    const path = [...above, place].map(({ kind, id, name }) => ({ kind, id, name }));
    try {
      const places = [];
      for await (const found of serverPages(parentOf(place))) {
        places.push(...found.filter((node) => node.kind !== "file"));
        if (found.at(-1)?.kind === "file") break; // files come last, and there may be thousands
      }
      return this.#awayBelow(place, path, places);
    } catch {
      return []; // The tree shows what is here; the list says what is the matter.
    }
  }

  /** Go into a file: one that is not here, or not whole, is fetched as far as it can be shown. */
  async openFile(node) {
    if (this.isOn && node.id > 0 && needsOpening(node)) {
      const note = toast(fmt(gettext("Fetching {name} from the server…"), { name: node.name }), { kind: "info", icon: "download", id: "opening", stay: true });
      try {
        await post("link/open", { file_id: node.id });
      } catch (error) {
        note();
        // What is here already can be worked on, whatever the server says.
        if (node.away || stateOf(node) === "away") return toastError(error);
      }
    }
    location.assign(`/files/${node.id}/`);
    return undefined;
  }

  async #told(work, done) {
    try {
      await work();
      toast(done, { kind: "done", icon: "sync" });
      await this.explorer.reload();
    } catch (error) {
      toastError(error);
    }
  }

  download(nodes) {
    const fetch = async (node) => {
      const { task } = await post("link/mirror", { kind: node.kind, id: node.id });
      if (task) announceTask(task);
    };
    return this.#told(() => Promise.all(nodes.map(fetch)), gettext("It is being fetched. It can be opened as soon as the first rows are here."));
  }

  keep(nodes) {
    return this.#told(() => Promise.all(nodes.map((node) => request("PUT", `link/subscriptions/${node.kind}/${node.id}`))), gettext("This is kept in sync from now on."));
  }

  stop(nodes) {
    return this.#told(() => Promise.all(nodes.map((node) => remove(`link/subscriptions/${node.kind}/${node.id}`))), gettext("This is no longer kept in sync. What is here stays here."));
  }

  syncNow() {
    return this.#told(() => post("link/sync"), gettext("Sending and fetching now."));
  }
}

const parentOf = (place) => (place.kind === "root" ? "" : `${place.kind}:${place.id}`);

/** What the server has directly below a place ("" for the top), page by page. */
async function* serverPages(parent, signal) {
  let cursor = null;
  do {
    const answer = await get("link/tree", { query: { parent, cursor, limit: NODES_AT_ONCE }, signal });
    yield answer.items;
    cursor = answer.next;
  } while (cursor);
}

/** Everything that the server has directly below a place ("" for the top). */
export async function serverNodes(parent, signal) {
  const all = [];
  for await (const found of serverPages(parent, signal)) all.push(...found);
  return all;
}

/** A node that only the server has, as the list shows it. */
export const awayNode = (node, place) => ({
  counts: { rows: 0, words: 0, by_status: {} },
  changed_by: node.changed_by_name ? { id: node.changed_by_id, name: node.changed_by_name } : null,
  ...node, away: true, parent: place.kind === "root" ? null : { kind: place.kind, id: place.id }, may: {}, here: { state: "away", subscribed: Boolean(node.subscribed) },
});

/** Whether rows of a file are still to come before it is shown. */
export const needsOpening = (node) => Boolean(node.away) || stateOf(node) === "away" || stateOf(node) === "partial";

/** The cell of the column "This PC". */
export function hereCell(node) {
  const state = stateOf(node);
  if (!state) return "";
  const { pending = 0, conflicts = 0, synced_at: syncedAt } = node.here || {};
  const marks = [];
  if (conflicts) marks.push(h("span", { class: "row st-conflict", title: fmt(ngettext("{n} row in conflict", "{n} rows in conflict", conflicts), { n: number(conflicts) }) }, icon("conflict", { small: true }), fmt(ngettext("{n} conflict", "{n} conflicts", conflicts), { n: number(conflicts) })));
  if (pending) marks.push(h("span", { class: "row st-translated" }, icon("upload", { small: true }), fmt(gettext("{n} to send"), { n: number(pending) })));
  if (!marks.length) marks.push(h("span", { class: ["missing", "forbidden", "partial"].includes(state) ? "row st-warn" : "row faint" }, icon(ICONS[state], { small: true }), stateWords(state)));
  return h("span", { class: "row here", title: [stateWords(state), syncedAt ? exactTime(syncedAt) : ""].filter(Boolean).join("\n") }, marks);
}

const ICONS = { own: "pc", away: "server", partial: "download", current: "check", subscribed: "sync", missing: "warn", forbidden: "lock" };
