/** The Health tab: the index of a memory and its vectors, how far they are, and building them anew. */

import { get } from "../core/api.js";
import { fill, h, icon } from "../core/dom.js";
import { exactTime, number, percent } from "../core/format.js";
import { fmt, gettext, pgettext } from "../core/i18n.js";
import { taskBar } from "../components/progress.js";
import { selectField } from "./import_fields.js";
import { engineHint, engineName, indexState, recordsText, whyNot } from "./memory_words.js";

/** So often the vectors' progress is asked for while they are being built. */
const EVERY = 2500;
const ENGINES = ["ngram", ""];
let timer = 0;

const fact = (name, value) => (value || value === 0) && [h("dt", null, name), h("dd", { class: "num" }, value)];

/** @param {MemoryPage} page @param {any} memory @param {HTMLElement} host */
export function healthPart(page, memory, host) {
  clearTimeout(timer);
  const index = indexState(memory);
  const terms = memory.kind === "terms";
  fill(
    host,
    h("div", { class: "sec" }, gettext("Holds")),
    h("div", { class: "pane-body" }, h("dl", { class: "facts" },
      fact(terms ? gettext("Terms") : gettext("Entries"), number(memory.entries)),
      !terms && fact(gettext("Confirmed"), fmt(gettext("{n}, {share}"), { n: number(memory.confirmed), share: percent(memory.confirmed, memory.entries || 1) })),
      fact(gettext("Revision"), number(memory.revision)),
      fact(pgettext("when", "Changed"), exactTime(memory.changed_at)))),
    !terms && [
      h("div", { class: "sec" }, gettext("Index for fuzzy matches")),
      h("div", { class: "pane-body stack mem-form" },
        h("p", { class: `row ${index.colour}` }, icon(index.icon, { small: true }), index.words),
        h("p", { class: "faint" }, indexHint(memory)),
        memory.index?.state !== "none" && h("dl", { class: "facts" }, fact(gettext("In the index"), recordsText(memory, memory.index?.entries || 0)), fact(gettext("Read from the database"), Math.max(0, memory.entries - (memory.index?.entries || 0)) || null))),
      h("div", { class: "sec" }, gettext("Vectors of meaning")),
      h("div", { class: "pane-body stack mem-form" }, vectorsPart(page, memory)),
    ],
  );
  if (memory.vectors?.state === "building") timer = setTimeout(() => page.refreshMemory(), EVERY);
}

function indexHint(memory) {
  if (memory.index?.state === "stale") return gettext("What came since is read beside it: nothing is missed. It is folded in by itself.");
  if (!memory.index || memory.index.state === "none") return gettext("It is built with the first look-up, or soon after an import.");
  return gettext("Shared by all processes of this server.");
}

/** The engines of this server, asked for once. @type {Promise<{engines: any[], kinds: any[]}>|null} */
let asked = null;

function engines() {
  asked ??= get("engines").catch(() => {
    asked = null;
    return { engines: [], kinds: [] };
  });
  return asked;
}

function vectorsPart(page, memory) {
  const why = whyNot(memory, "settings");
  const known = [...new Set([...ENGINES, memory.engine || ""])];
  const field = selectField(gettext("Engine"), known.map((one) => [one, one ? engineName(one) : pgettext("engine", "none")]), memory.engine || "", (engine) => page.acts.change(memory, { engine }));
  const select = field.querySelector("select");
  select.disabled = Boolean(why);
  select.title = why || "";
  const missing = h("ul", { class: "mem-kinds faint" });
  engines().then(({ engines: all, kinds }) => {
    for (const one of all) {
      const option = [...select.options].find((other) => other.value === one.name) || select.insertBefore(h("option", { value: one.name }), select.lastElementChild);
      option.textContent = one.available ? one.title : fmt(gettext("{name}, not available"), { name: one.title });
      option.disabled = !one.available && one.name !== memory.engine;
      option.title = one.why;
    }
    fill(missing, kinds.filter((kind) => !kind.available).map((kind) => h("li", null, fmt(gettext("{name}: {why}"), { name: kind.title, why: kind.why }))));
  });
  return [field, h("p", { class: "faint" }, engineHint(memory.engine)), stateOf(page, memory, memory.vectors, why), missing];
}

function stateOf(page, memory, vectors, why) {
  if (!memory.engine) return null;
  const again = (label) => h("p", null, h("button", { class: "btn btn-s", type: "button", "aria-disabled": why ? "true" : null, title: why || null, onclick: () => page.rebuildVectors(memory) }, label));
  switch (vectors?.state) {
    case "ready":
      return [h("p", { class: "row st-reviewed" }, icon("check", { small: true }), fmt(gettext("{n} ready"), { n: number(vectors.done) })), again(gettext("Build anew"))];
    case "building":
      return h("div", { class: "stack", role: "status" }, h("p", { class: "row" }, icon("clock", { small: true }), fmt(gettext("{done} of {total}, {share}"), { done: number(vectors.done), total: number(vectors.total), share: percent(vectors.done, vectors.total || 1) })), taskBar(vectors.total ? vectors.done / vectors.total : 0), h("p", { class: "faint" }, gettext("Editing and look-ups do not wait for it.")));
    case "unavailable":
      return h("div", { class: "stack" }, h("p", { class: "row st-warn" }, icon("warn", { small: true }), gettext("This engine is not available here.")), vectors.why && h("p", { class: "dim" }, vectors.why), h("p", { class: "faint" }, gettext("Exact and fuzzy matches work without it. The n-gram engine needs nothing.")));
    default:
      return [h("p", { class: "faint row" }, icon("ring", { small: true }), gettext("Not built yet.")), again(gettext("Build now"))];
  }
}
