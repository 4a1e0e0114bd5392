/** What the inbox says about a conflict: whose text is whose, what happened, what each act does. */

import { day, exactTime } from "../core/format.js";
import { fmt, gettext } from "../core/i18n.js";

/**
 * @typedef {Object} Conflict as GET conflicts answers
 * @property {string} op
 * @property {number} file_id
 * @property {string} file_name
 * @property {number} row_id
 * @property {string} key
 * @property {string} source
 * @property {number|null} n the row's number
 * @property {string} base what the desktop had seen
 * @property {string} kept what is in the file
 * @property {{id: number, name: string}|null} kept_by
 * @property {string|null} kept_at
 * @property {string} lost
 * @property {{id: number, name: string}|null} lost_by
 * @property {string|null} lost_at
 * @property {string} reason concurrent, gone, forbidden, clock
 * @property {string} resolution "", kept, swapped, third
 * @property {{id: number, name: string}|null} resolved_by
 * @property {string|null} resolved_at
 */

/** Which of the two texts is mine: "lost", "kept", or neither. @param {Conflict} one @param {number|undefined} me */
export function sideOf(one, me) {
  if (me === undefined || me === null) return "";
  if (one.lost_by?.id === me) return "lost";
  return one.kept_by?.id === me ? "kept" : "";
}

/** The name of the other one, or of a file that came again. */
export const nameOf = (person) => person?.name || gettext("An import");

/**
 * Titles of the two texts and the words of the acts.
 * @param {Conflict} one @param {number|undefined} me
 */
export function conflictWords(one, me) {
  const mine = sideOf(one, me);
  const [lost, kept] = [nameOf(one.lost_by), nameOf(one.kept_by)];
  if (mine === "lost") return { lost: gettext("Mine"), kept: gettext("Theirs"), keep: gettext("Leave theirs"), swap: gettext("Swap: mine into the file") };
  if (mine === "kept") return { lost: gettext("Theirs"), kept: gettext("Mine"), keep: gettext("Leave mine"), swap: gettext("Swap: theirs into the file") };
  return { lost, kept, keep: gettext("Leave it as it is"), swap: fmt(gettext("Swap: the text of {name} into the file"), { name: lost }) };
}

/** Why there is no choice between two texts, or "". @param {Conflict} one */
export function noRowWords(one) {
  if (one.reason === "gone") return gettext("The row is not in the file any more. The text is kept here.");
  if (one.reason === "forbidden") return gettext("The row could not be changed. The text is kept here.");
  return "";
}

/** What stands below the text that is in the file. @param {Conflict} one */
export function keptWords(one) {
  if (one.resolution) return gettext("It was in the file when both met.");
  return one.reason === "clock" ? gettext("In the file. The clocks were too far apart to say which was later.") : gettext("In the file: the later edit stands until somebody decides.");
}

/** "You swapped", "Yoon Kim left it". @param {Conflict} one @param {number|undefined} me */
export function settledWords(one, me) {
  const own = one.resolved_by && one.resolved_by.id === me;
  const name = nameOf(one.resolved_by);
  if (one.resolution === "swapped") return own ? gettext("You swapped") : fmt(gettext("{name} swapped"), { name });
  if (one.resolution === "third") return own ? gettext("You wrote a third") : fmt(gettext("{name} wrote a third"), { name });
  return own ? gettext("You left it") : fmt(gettext("{name} left it"), { name });
}

/** The time where it was today, with the day before it where it was another. @param {string|null} iso */
export function moment(iso) {
  if (!iso) return "";
  return new Date(iso).toDateString() === new Date().toDateString() ? day(iso) : exactTime(iso);
}

/** What happened, in order of time: [{at, words}]. @param {Conflict} one @param {number|undefined} me */
export function storyOf(one, me) {
  const sentence = (person) => {
    if (!person) return gettext("An import brought its text.");
    return person.id === me ? gettext("You edited the row.") : fmt(gettext("{name} edited the row."), { name: person.name });
  };
  const steps = [
    { at: one.kept_at, words: sentence(one.kept_by) },
    { at: one.lost_at, words: sentence(one.lost_by) },
  ].sort((a, b) => Date.parse(a.at || "") - Date.parse(b.at || "") || 0);
  steps.push({ at: one.created_at ?? null, words: one.reason === "concurrent" ? gettext("Neither had seen the other. The later one went into the file, the other came here.") : one.reason === "clock" ? gettext("Neither had seen the other, and their clocks were too far apart to compare. The other text came here.") : noRowWords(one) });
  if (one.resolution) steps.push({ at: one.resolved_at, words: `${settledWords(one, me)}.` });
  return steps.map((step) => ({ at: moment(step.at), words: step.words }));
}

/** Conflicts by file, in the order in which the files come first. @param {Conflict[]} list @returns {{id: number, name: string, items: Conflict[]}[]} */
export function byFile(list) {
  const files = new Map();
  for (const one of list) {
    if (!files.has(one.file_id)) files.set(one.file_id, { id: one.file_id, name: one.file_name, items: [] });
    files.get(one.file_id).items.push(one);
  }
  return [...files.values()];
}
