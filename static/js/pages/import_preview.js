/** What a file gives when it is read this way: the first rows, with codes as pills, and what was odd. */

import { h, icon } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { renderText } from "../components/textmark.js";
import { rowsText } from "./import_words.js";

/** @param {any} item @param {{source: string, target: string}} languages */
export function preview(item, languages) {
  const { segments, total_segments: total } = item.inspection;
  if (!segments.length) return h("div", { class: "empty" }, icon("warn"), h("p", null, gettext("Read this way, the file has nothing to translate.")));
  const contexts = segments.some((segment) => segment.context || segment.comment);
  const many = new Set(segments.map((segment) => segment.variant)).size > 1;
  const text = (value, language) => h("td", null, h("div", { class: "g-text imp-cell", lang: language || null, dir: "auto" }, value ? renderText(value) : h("span", { class: "faint" }, gettext("Empty"))));
  const { source_language: from = languages.source, target_language: to = languages.target } = item.options || {};
  return h("div", { class: "imp-preview" },
    h("div", { class: "bar-row" }, h("span", { class: "strong" }, gettext("First rows")), h("span", { class: "faint" }, fmt(gettext("{n} of {all}"), { n: number(segments.length), all: rowsText(total) })), h("span", { class: "fill" }), h("span", { class: "faint" }, gettext("Nothing is written yet"))),
    h("div", { class: "scroll fill", tabindex: "0", "aria-label": gettext("First rows") },
      h("table", { class: "table imp-rows" },
        h("thead", null, h("tr", null, h("th", { class: "imp-key" }, gettext("Key")), h("th", null, gettext("Source")), h("th", null, gettext("Target")), many && h("th", null, gettext("Language")), contexts && h("th", null, gettext("Context")))),
        h("tbody", null, segments.map((segment) =>
          h("tr", null,
            h("td", { class: "mono clip", title: segment.location }, segment.key || h("span", { class: "faint" }, segment.location)),
            text(segment.source, from), text(segment.target, segment.variant || to),
            many && h("td", { class: "faint" }, segment.variant),
            contexts && h("td", { class: "dim imp-context" }, [segment.context, segment.comment].filter(Boolean).join(" · "))))))));
}

/** What was read all the same, with its place. */
export function warningsList(warnings) {
  if (!warnings.length) return null;
  const most = 20;
  return [
    h("ul", { class: "imp-warnings" }, warnings.slice(0, most).map((warning) =>
      h("li", null, h("span", { class: "st-warn" }, icon("warn", { small: true })), h("span", null, warning.place && h("span", { class: "mono" }, warning.place, " "), warning.text)))),
    warnings.length > most && h("p", { class: "faint" }, fmt(ngettext("and {n} more", "and {n} more", warnings.length - most), { n: number(warnings.length - most) })),
  ];
}

/** A version without the source-language file that the present one was joined with. */
export function sourceMissing(name, choose, without) {
  return h("div", { class: "imp-problem is-question" }, icon("info"), h("div", null,
    h("p", { class: "strong" }, fmt(gettext("The present version was joined with {name}."), { name })),
    h("p", null, gettext("Choose the source-language file of the new version: rows get their source from it.")),
    h("p", { class: "row" }, h("button", { class: "btn btn-s", type: "button", "data-focus": "missing-source", onclick: choose }, gettext("Choose a file…")), h("button", { class: "btn btn-quiet btn-s", type: "button", "data-focus": "without-source", onclick: without }, gettext("Compare without it")))));
}

/** Why a file cannot be read, and where. */
export function problem(item, again) {
  return h("div", { class: "imp-problem", role: "alert" }, icon("error"), h("div", null,
    h("p", { class: "strong" }, fmt(gettext("{name} could not be read like this."), { name: item.path })),
    h("p", null, item.error.message),
    h("p", { class: "dim" }, item.inspection ? gettext("Below is how it was read before. Nothing is written.") : gettext("Choose another encoding, or another file. Nothing is written.")),
    h("p", { class: "row" }, h("button", { class: "btn btn-s", type: "button", onclick: again }, gettext("Read again")))));
}
