/** What an import into a memory would do, and what came of it. */

import { h, icon } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext } from "../core/i18n.js";
import { renderText } from "../components/textmark.js";
import { renderDiff } from "../components/worddiff.js";
import { warningsList } from "./import_preview.js";
import { itemKind } from "./import_words.js";
import { entriesText, termsText } from "./memory_words.js";

const SAMPLES = 8;

const fact = (name, value, colour) => (value ? [h("dt", { class: colour || null }, name), h("dd", { class: "num" }, number(value))] : null);

/** The figures of a comparison. */
export function countsOf(report, kind) {
  const counts = report.counts || report;
  const { new: fresh = 0, changed = 0, gone = 0, unchanged = 0, merged = 0, skipped = 0 } = counts;
  return h("div", { class: "mem-counts", role: "status" },
    h("p", { class: "strong" }, fresh || changed || gone ? gettext("As a newer version it would change this:") : gettext("The file says what the memory says already.")),
    h("dl", { class: "facts count" },
      fact(gettext("New"), fresh, "st-reviewed"), fact(gettext("Changed"), changed, "st-translated"), fact(gettext("Gone from the file"), gone), fact(gettext("The same"), unchanged), fact(gettext("Twice in the file"), merged), fact(gettext("Left out"), skipped)),
    h("p", { class: "faint" }, kind === "terms" ? gettext("Merge and keep all leave the gone ones.") : gettext("Overwrite, merge and keep all leave those alone that are gone from the file.")),
    warningsList(report.warnings || []));
}

/** The first of each kind: {key, source, target}, of changed ones also the texts before. */
export function samplesOf(report, memory) {
  const lines = ["changed", "new", "gone"].flatMap((kind) => (report.samples?.[kind] || []).slice(0, SAMPLES).map((sample) => line(kind, sample, memory)));
  return lines.length ? h("div", { class: "mem-samples scroll", tabindex: "0", "aria-label": gettext("Some of them") }, lines) : null;
}

function line(kind, sample, memory) {
  const look = itemKind(kind);
  const text = (name, language, quiet) => {
    const before = sample[`${name}_before`];
    const changed = kind === "changed" && before !== undefined && before !== sample[name];
    return h("div", { class: quiet ? "g-text dim" : "g-text", lang: language || null, dir: "auto" }, changed ? renderDiff(before, sample[name]) : renderText(sample[name]));
  };
  return h("div", { class: "mem-sample" }, h("span", { class: `row ${look.colour}` }, icon(look.icon, { small: true }), look.words), text("source", memory?.source_language, true), text("target", memory?.target_language, false));
}

/** What came of it. */
export function reportOf(result, kind) {
  const count = kind === "terms" ? termsText : entriesText;
  const { added = 0, changed = 0, unchanged = 0, removed = 0, merged = 0, skipped = 0, warnings = [] } = result;
  const said = added || changed || removed;
  return h("div", { class: "mem-report", role: "status", tabindex: "-1" },
    h("h3", { class: "h-section row" }, h("span", { class: "st-reviewed" }, icon("check")), said ? fmt(gettext("Written: {what}"), { what: count(added + changed) }) : gettext("Nothing had to change.")),
    h("dl", { class: "facts count" },
      fact(gettext("Added"), added, "st-reviewed"), fact(gettext("Changed"), changed, "st-translated"), fact(gettext("Deleted"), removed), fact(gettext("The same"), unchanged), fact(gettext("Twice in the file"), merged), fact(gettext("Left out"), skipped, "st-warn")),
    warnings.length > 0 && h("h3", { class: "label" }, fmt(gettext("Warnings ({n})"), { n: number(warnings.length) })),
    warningsList(warnings));
}
