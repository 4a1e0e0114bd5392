/** Memories and the places they serve, as the page's tree shows them; what a file in a place asks. No page in here. */

import { compact } from "../core/format.js";
import { gettext } from "../core/i18n.js";
import { naturalCompare } from "../core/natural.js";
import { iconOf } from "./explorer_data.js";

/**
 * @typedef {{kind: "platform"|"project"|"folder", id: number}} Ref
 * @typedef {{kind: string, id: number, name: string, parent: Ref|null, restricted?: boolean}} Place
 * @typedef {{id: number, kind: "memory"|"terms", name: string, entries: number, active: boolean, priority: number, penalty: number,
 *   writable: boolean, scope: {kind: string|null, id: number|null, name: string, path: Ref[]}}} Memory as the API gives it
 */

export const UNASSIGNED = "unassigned";

export const keyOfPlace = (ref) => (ref?.kind ? `${ref.kind}:${ref.id}` : UNASSIGNED);
export const keyOfMemory = (memory) => `memory:${memory.id}`;
export const refOfPlace = (place) => (place?.kind && place.kind !== UNASSIGNED ? { kind: place.kind, id: place.id } : null);

/** What the address names: {memory: id} or {place: ref} or neither. */
export function openedBy(path, search) {
  const memory = /^\/memory\/(-?\d+)\/$/u.exec(path);
  if (memory) return { memory: Number(memory[1]), place: null };
  const place = /^(platform|project|folder)-(-?\d+)$/u.exec(new URLSearchParams(search).get("place") || "");
  return { memory: null, place: place ? { kind: place[1], id: Number(place[2]) } : null };
}

/** The address of a memory or a place. */
export function addressOf({ memory = null, place = null }) {
  if (memory !== null) return `/memory/${memory}/`;
  return place ? `/memory/?place=${place.kind}-${place.id}` : "/memory/";
}

export const iconOfMemory = (memory) => (memory.kind === "terms" ? "term" : "memory");

/** By rank in one place: priority, then name. @param {Memory} a @param {Memory} b */
const byRank = (a, b) => a.priority - b.priority || naturalCompare(a.name, b.name) || a.id - b.id;
const byName = (a, b) => naturalCompare(a.name, b.name) || a.id - b.id;

export class Places {
  /** @param {{places: Place[], memories: Memory[]}} [answer] */
  constructor(answer = { places: [], memories: [] }) {
    this.places = new Map(answer.places.map((place) => [keyOfPlace(place), place]));
    this.memories = new Map(answer.memories.map((memory) => [memory.id, memory]));
    /** @type {Map<string, Memory[]>} place -> its memories */
    this.byPlace = new Map();
    for (const memory of answer.memories) {
      const key = keyOfPlace(memory.scope);
      if (!this.byPlace.has(key)) this.byPlace.set(key, []);
      this.byPlace.get(key).push(memory);
    }
  }

  /** More places, such as the folders of a project that were asked for later. @param {Place[]} places */
  add(places) {
    for (const place of places) {
      const key = keyOfPlace(place);
      if (!this.places.has(key)) this.places.set(key, place);
    }
  }

  /** A memory as it is now. */
  put(memory) {
    const before = this.memories.get(memory.id);
    if (before) {
      const list = this.byPlace.get(keyOfPlace(before.scope));
      list?.splice(list.findIndex((one) => one.id === memory.id), 1);
    }
    this.memories.set(memory.id, memory);
    const key = keyOfPlace(memory.scope);
    if (!this.byPlace.has(key)) this.byPlace.set(key, []);
    this.byPlace.get(key).push(memory);
  }

  at(ref) {
    return this.places.get(keyOfPlace(ref)) || null;
  }

  memoriesAt(ref) {
    return [...(this.byPlace.get(keyOfPlace(ref)) || [])].sort(byName);
  }

  placesBelow(ref) {
    const key = ref ? keyOfPlace(ref) : null;
    const rank = { platform: 0, project: 1, folder: 2 };
    return [...this.places.values()].filter((place) => (place.parent ? keyOfPlace(place.parent) : null) === key).sort((a, b) => rank[a.kind] - rank[b.kind] || naturalCompare(a.name, b.name));
  }

  /** A place and those above it, the nearest first. @returns {Place[]} */
  upwards(ref) {
    const found = [];
    for (let place = this.at(ref); place && found.length < 100; place = place.parent ? this.at(place.parent) : null) found.push(place);
    return found;
  }

  /** The active ones that a file in a place asks: nearest first, then priority. @param {Ref} ref @returns {Memory[]} */
  asked(ref, kind = "memory") {
    return this.upwards(ref).flatMap((place) => [...(this.byPlace.get(keyOfPlace(place)) || [])].filter((memory) => memory.active && memory.kind === kind).sort(byRank));
  }

  /** Keys of the places that must be open to show a memory or a place. */
  pathTo(ref) {
    return this.upwards(ref).map(keyOfPlace).reverse();
  }
}

/** @param {Memory} memory @param {boolean} dim */
export const memoryNode = (memory, dim = false) => ({
  key: keyOfMemory(memory), name: memory.name, icon: iconOfMemory(memory), branch: false, count: memory.entries, countText: compact(memory.entries), dim,
  dot: { on: memory.active, label: memory.active ? gettext("Active") : gettext("Not active") },
  data: { ...memory, type: "memory", draggable: memory.may?.settings !== false },
});

/** @param {Place} place */
export const placeNode = (place, branch) => ({
  key: keyOfPlace(place), name: place.name, icon: iconOf(place), branch, data: { ...place, type: "place", draggable: false },
  ...(place.restricted ? { mark: "lock", markLabel: gettext("restricted") } : {}),
});

export const unassignedNode = (count) => ({
  key: UNASSIGNED, name: gettext("Unassigned"), icon: "inbox", branch: count > 0, count, data: { type: "place", kind: UNASSIGNED, id: null, name: gettext("Unassigned"), draggable: false },
});
