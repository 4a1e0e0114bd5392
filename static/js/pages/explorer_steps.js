/** What the explorer can undo: each step as plain data, and doing it either way. */

import { patch, pollTask, post } from "../core/api.js";
import { fmt, gettext } from "../core/i18n.js";

/**
 * @typedef {{kind: string, id: number}} Ref
 * @typedef {{type: "rename", ref: Ref, before: string, after: string}
 *   | {type: "move", items: {ref: Ref, from: Ref|null, before: string}[], to: Ref|null}
 *   | {type: "copy", refs: Ref[], trash: number[]}
 *   | {type: "create", refs: Ref[], trash: number[]}
 *   | {type: "delete", refs: Ref[], trash: number[]}} Step
 */

/** Rename a node. */
export const rename = (ref, name) => patch(`${ref.kind}s/${ref.id}`, { name });

/** Move things; the names they have there. @returns {Promise<{ref: Ref, name: string}[]>} */
export async function move(items, to) {
  const answer = await post("tree/move", { items, to });
  return answer.items;
}

/** Copy things, waiting for the task where it is much. @returns {Promise<{ref: Ref, name: string}[]>} */
export async function copy(items, to, signal) {
  const answer = await post("tree/copy", { items, to });
  if (!answer.task) return answer.items;
  const done = await pollTask(answer.task, undefined, { signal });
  return done.result?.items || [];
}

/** Into the recycle bin. @returns {Promise<{ids: number[], memories: number}>} ids of the bin entries, and how many memories lost their place */
export async function throwAway(refs) {
  const answer = await post("tree/delete", { items: refs });
  return { ids: answer.trash.map((entry) => entry.id), memories: answer.memories_unassigned || 0 };
}

/** Into the recycle bin. @returns {Promise<number[]>} ids of the bin entries */
export const toBin = async (refs) => (await throwAway(refs)).ids;

async function fromBin(ids) {
  for (const id of ids) await post(`trash/${id}/restore`);
}

/** Items that came from several places, in groups by place. @param {{ref: Ref, from: Ref|null, before: string}[]} items */
export function byOrigin(items) {
  const groups = new Map();
  for (const item of items) {
    const key = item.from ? `${item.from.kind}:${item.from.id}` : "";
    if (!groups.has(key)) groups.set(key, { from: item.from, items: [] });
    groups.get(key).items.push(item);
  }
  return [...groups.values()];
}

async function moveBack(step) {
  for (const group of byOrigin(step.items)) {
    const moved = await move(group.items.map((item) => item.ref), group.from);
    for (const [index, one] of moved.entries()) {
      // A name that was taken there got a suffix; here the old name is free again.
      const { before, ref } = group.items[index];
      if (one.name !== before) await rename(ref, before).catch(() => null);
    }
  }
  return step;
}

/** Take a step back. @param {Step} step @returns {Promise<Step>} the step as it is now */
export async function undoStep(step) {
  switch (step.type) {
    case "rename":
      await rename(step.ref, step.before);
      return step;
    case "move":
      return moveBack(step);
    case "delete":
      await fromBin(step.trash);
      return { ...step, trash: [] };
    default:
      return { ...step, trash: await toBin(step.refs) };
  }
}

/** Do a step again. @param {Step} step @returns {Promise<Step>} */
export async function redoStep(step) {
  switch (step.type) {
    case "rename":
      await rename(step.ref, step.after);
      return step;
    case "move":
      await move(step.items.map((item) => item.ref), step.to);
      return step;
    case "delete":
      return { ...step, trash: await toBin(step.refs) };
    default:
      await fromBin(step.trash);
      return { ...step, trash: [] };
  }
}

/** What a step was, for the message that it was undone. @param {Step} step */
export function stepName(step) {
  switch (step.type) {
    case "rename": return fmt(gettext("Rename to {name}"), { name: step.after });
    case "move": return gettext("Move");
    case "copy": return gettext("Copy");
    case "create": return gettext("Create");
    default: return gettext("Move to recycle bin");
  }
}

/** The things a step is about, to choose them in the list. @param {Step} step @returns {Ref[]} */
export const stepRefs = (step) => (step.type === "rename" ? [step.ref] : step.type === "move" ? step.items.map((item) => item.ref) : step.refs);
