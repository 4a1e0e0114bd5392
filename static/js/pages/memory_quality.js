/** The Quality tab of a memory: how its matches were used and how long look-ups took. */

import { ApiError, get } from "../core/api.js";
import { fill, h, icon } from "../core/dom.js";
import { day, number } from "../core/format.js";
import { fmt, gettext, interfaceLanguage, ngettext } from "../core/i18n.js";
import { histogram, lineChart, stackedBars } from "../components/charts.js";

const DAYS = 30;
/** A histogram shows at least these steps, so that a fast memory does not look like a slow one. */
const LEAST_STEPS = 10;

const share = (value) => (value === null ? "–" : fmt(gettext("{n} %"), { n: value }));
const milliseconds = (value) => new Intl.NumberFormat(interfaceLanguage(), { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
const used = (band) => band.as_is + band.edited + band.not_used;

function bandWord(band) {
  if (band === "context") return "101, 102";
  if (band === "semantic") return gettext("meaning");
  if (band === "earlier") return gettext("earlier");
  return band.includes("-") ? fmt(gettext("{from} to {to}"), { from: band.split("-")[0], to: band.split("-")[1] }) : band;
}

export class Quality {
  /** @param {HTMLElement} host the panel to fill */
  constructor(host) {
    this.host = host;
    /** Whether there is something to show: the tab is hidden without. */
    this.isReady = true;
    this.asked = null;
    this.shown = null;
  }

  /** Show the figures of a memory. @param {any} memory as the API gives it */
  async show(memory) {
    this.asked?.abort();
    if (memory.kind === "terms") {
      this.shown = null;
      fill(this.host, sentence(gettext("Figures are kept of memories. This is a term base.")));
      return;
    }
    const asked = (this.asked = new AbortController());
    if (this.shown !== memory.id) fill(this.host);
    try {
      const figures = await get(`memories/${memory.id}/quality`, { query: { days: DAYS }, signal: asked.signal });
      this.shown = memory.id;
      fill(this.host, h("div", { class: "pane-body qual" }, figures.lookups || figures.bands.some(used) ? parts(figures) : nothingYet()));
    } catch (error) {
      if (error?.name === "AbortError") return;
      if (!(error instanceof ApiError)) throw error;
      fill(this.host, sentence(error.message));
    }
  }
}

const sentence = (text) => h("div", { class: "pane-body" }, h("p", { class: "faint" }, text));

function nothingYet() {
  return [
    h("p", null, gettext("Nobody has asked this memory in the last 30 days.")),
    h("p", { class: "faint" }, gettext("Open a row of a file that it serves: look-ups are counted by the day, and what became of the best match when the row is confirmed. No names are kept.")),
  ];
}

function parts(figures) {
  return [
    h("div", { class: "fig" },
      h("div", null, h("b", { class: "num" }, share(figures.hit_share)), h("span", null, gettext("of look-ups found a match ≥ 75"))),
      h("div", null, h("b", { class: "num" }, share(figures.as_is_share)), h("span", null, gettext("of matches used as they are")))),
    bandsPart(figures),
    h("div", { class: "chart-head" }, h("span", { class: "h-section" }, gettext("Look-ups with a match ≥ 75")), h("span", { class: "faint" }, gettext("%, 30 days"))),
    seriesChart(figures),
    timesPart(figures),
    figures.advice && adviceLine(figures.advice),
  ];
}

function bandsPart(figures) {
  const bands = figures.bands.filter((band) => used(band) || !["50-74", "semantic", "earlier"].includes(band.band));
  const lines = bands.map((band) => ({
    word: bandWord(band.band),
    value: share(band.as_is_share),
    parts: used(band) ? [["as_is", "f-approved"], ["edited", "f-translated"], ["not_used", "b3"]].map(([name, style]) => ({ share: band[name] / used(band), class: style })) : [],
  }));
  const told = bands.filter(used).map((band) => `${bandWord(band.band)}: ${share(band.as_is_share)}`).join(", ");
  const key = (colour, word) => h("span", null, h("i", { class: `key-dot ${colour}` }), word);
  return [
    h("div", { class: "chart-head" }, h("span", { class: "h-section" }, gettext("What people did with a match"))),
    h("div", { class: "legend" }, key("k-green", gettext("as is")), key("k-yellow", gettext("edited")), key("k-line", gettext("not used")), h("span", { class: "push faint" }, gettext("as is"))),
    stackedBars({ label: fmt(gettext("Used as they are, by band: {bands}"), { bands: told || gettext("none yet") }), lines }),
  ];
}

function seriesChart(figures) {
  const values = figures.series.map((one) => one.hit_share);
  const known = values.filter((value) => value !== null);
  const label = known.length ? fmt(gettext("Hit rate over 30 days, from {first} to {last} percent"), { first: known[0], last: known[known.length - 1] }) : gettext("No look-ups in 30 days");
  return lineChart({ label, values, from: day(`${figures.series[0].day}T12:00:00`), to: gettext("today") });
}

function timesPart(figures) {
  if (figures.p50 === null) return null;
  const last = figures.times.reduce((found, step, n) => (step.n ? n + 1 : found), 0);
  const steps = figures.times.slice(0, Math.max(LEAST_STEPS, last));
  const end = steps[steps.length - 1];
  const half = fmt(gettext("half under {ms} ms"), { ms: milliseconds(figures.p50) });
  const most = fmt(gettext("95 % under {ms} ms"), { ms: milliseconds(figures.p95) });
  return [
    h("div", { class: "chart-head" }, h("span", { class: "h-section" }, gettext("Time of a look-up")), h("span", { class: "faint" }, fmt(ngettext("{n} today", "{n} today", figures.today), { n: number(figures.today) }))),
    histogram({
      label: fmt(gettext("Look-up time: {half}, {most}"), { half, most }),
      steps,
      marks: [{ at: figures.p50, word: half }, { at: figures.p95, word: most }],
      from: "0",
      to: end.to === null ? fmt(gettext("over {ms} ms"), { ms: number(end.from) }) : fmt(gettext("{ms} ms"), { ms: number(end.to) }),
    }),
  ];
}

function adviceLine(advice) {
  const [from, to] = advice.band.split("-");
  return h("p", { class: "tip" }, icon("info", { small: true }), h("span", null,
    fmt(gettext("Matches from {from} to {to} are used as they are in {share} of 100. A threshold of {threshold} would hide {unused} that nobody used, and {used} that somebody did."),
      { from, to, share: advice.as_is_share, threshold: advice.threshold, unused: number(advice.hidden_unused), used: number(advice.hidden_used) })));
}
