/** The menu of the filter: what is chosen there becomes filter text. */

import { number } from "../core/format.js";
import { gettext } from "../core/i18n.js";
import { keyOf } from "../core/keyboard.js";
import { openMenu, separator } from "../components/menu.js";
import { choose, chosen, MODES, PLACES, searched, searchOf, searchText, toggled } from "../components/queryedit.js";
import { STATUSES, statusGlyph, statusName } from "../components/status.js";
import { checkName, fieldName, markName, modeName } from "./editor_query_words.js";

const CHECKS = ["any", "placeholder", "tag", "line_break", "length", "untranslated", "none", "dismissed"];
const MARKS = ["changed", "mine", "repeated", "locked", "blank", "conflict"];
const SORTS = () => [["position", gettext("As in the file")], ["key", gettext("By key")], ["source", gettext("By source")], ["target", gettext("By target")], ["edited", gettext("Last edited first")]];

/** Words for the button: what of the filter has a name in the menu. */
export function namesIn(query) {
  return [
    ...chosen(query, "status").map((one) => (one === "todo" ? gettext("To do") : one === "done" ? gettext("Done") : statusName(one))),
    ...chosen(query, "is").map(markName),
    ...chosen(query, "check").map(checkName),
  ];
}

/** @param {FilterBar} bar */
export function openFilterMenu(bar, place) {
  const { query, sort } = bar;
  const apply = (text) => bar.apply({ query: text });
  const statuses = chosen(query, "status");
  const marks = chosen(query, "is");
  const isToDo = statuses.length === 1 && statuses[0] === "todo";
  openMenu(
    [
      ...STATUSES.map((one) => ({ label: statusName(one), icon: statusGlyph(one), checked: statuses.includes(one), run: () => apply(toggled(query, "status", one)) })),
      { label: gettext("To do: new, original, translated"), icon: "tasks", checked: isToDo, run: () => apply(choose(query, "status", isToDo ? [] : ["todo"])) },
      separator,
      ...MARKS.map((one) => ({ label: markName(one), checked: marks.includes(one), run: () => apply(toggled(query, "is", one, true)) })),
      { label: gettext("With a comment"), checked: chosen(query, "has").includes("comment"), run: () => apply(toggled(query, "has", "comment", true)) },
      { label: gettext("With findings of checks"), icon: "error", items: checks(bar) },
      separator,
      { label: gettext("How text is looked for"), icon: "search", items: modes(bar) },
      { label: gettext("Look for the text in"), icon: "columns", items: places(bar) },
      { label: gettext("Order"), icon: "swap", items: SORTS().map(([value, label]) => ({ label, checked: sort === value, run: () => bar.apply({ sort: value }) })) },
      separator,
      { label: gettext("The same in other files…"), icon: "files", disabled: query ? undefined : gettext("There is no filter."), run: () => bar.findElsewhere() },
      { label: gettext("Saved filters"), icon: "pin", items: bar.saved?.items() || [] },
      { label: gettext("All rows"), icon: "close", key: keyOf("find.clear"), run: () => bar.clear(), disabled: query ? undefined : gettext("There is no filter.") },
    ],
    place,
    { label: gettext("Filter") },
  );
}

function checks(bar) {
  const now = chosen(bar.query, "check");
  return CHECKS.map((kind) => ({
    label: checkName(kind), checked: now.includes(kind), key: bar.counts[kind] === undefined ? "" : number(bar.counts[kind]),
    run: () => bar.apply({ query: toggled(bar.query, "check", kind) }),
  }));
}

/** Another way to look for the text that is there; without one the field gets the form, with the caret in it. */
function modes(bar) {
  const now = searchOf(bar.query);
  const begin = (mode) => {
    const form = searchText({ ...now, mode, value: "x" });
    const at = form.lastIndexOf("x");
    // A text in quotes, so that it may have spaces.
    const quote = mode === "exact" || mode === "excludes" ? '"' : "";
    const before = bar.query ? `${bar.query} ` : "";
    bar.field.writeAt(`${before}${form.slice(0, at)}${quote}${quote}${form.slice(at + 1)}`, before.length + at + quote.length);
  };
  return [
    ...MODES.map((mode) => ({
      label: modeName(mode), checked: Boolean(now.value) && now.mode === mode,
      run: () => (now.value ? bar.apply({ query: searched(bar.query, { mode }) }) : begin(mode)),
    })),
    separator,
    { label: gettext("Similar meaning…"), icon: "same", run: () => bar.findSimilar(now.value) },
  ];
}

function places(bar) {
  const now = searchOf(bar.query);
  return PLACES.map((field) => ({
    label: fieldName(field), checked: now.fields.includes(field), disabled: now.value ? undefined : gettext("Type a text first."),
    run: () => {
      const fields = now.fields.includes(field) ? now.fields.filter((one) => one !== field) : [...now.fields, field];
      if (fields.length) bar.apply({ query: searched(bar.query, { fields }) });
    },
  }));
}
