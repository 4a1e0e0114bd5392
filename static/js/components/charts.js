/** Small charts as SVG, in the width of a side panel. Every chart says its result in its label. */

import { svg } from "../core/dom.js";

const WIDTH = 344;
/** Room for the word of a mark. */
const LABEL = 110;

/**
 * One stacked bar a line, a word before it and a value behind it.
 * @param {{label: string, lines: {word: string, value: string, parts: {share: number, class: string}[]}[]}} chart `share`
 *   from 0 to 1; a line without parts is an empty one
 */
export function stackedBars({ label, lines }) {
  const left = 66;
  const room = 212;
  const step = 26;
  const drawn = lines.flatMap((line, n) => {
    const y = n * step + 14;
    let x = left;
    const bars = line.parts.filter((part) => part.share > 0).map((part) => {
      const width = part.share * room;
      const bar = svg("rect", { class: part.class, x: x.toFixed(1), y, width: Math.max(0.5, width - 1).toFixed(1), height: 13 });
      x += width;
      return bar;
    });
    const rest = bars.length ? [] : [svg("path", { class: "ax", d: `M${left} ${y + 6.5}H${left + room}` })];
    return [svg("text", { x: 0, y: y + 10 }, line.word), ...bars, ...rest, svg("text", { class: "val", x: WIDTH, y: y + 10, "text-anchor": "end" }, line.value)];
  });
  return svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${lines.length * step + 16}`, role: "img", "aria-label": label }, drawn);
}

/** Runs of days that have a value: a day without one breaks the line. @param {(number|null)[]} values @returns {[number, number][][]} */
export function runs(values) {
  const found = [];
  let open = null;
  values.forEach((value, n) => {
    if (value === null) open = null;
    else if (open) open.push([n, value]);
    else found.push((open = [[n, value]]));
  });
  return found;
}

/** A line from 0 to 100 over the days. @param {{label: string, values: (number|null)[], from: string, to: string}} chart */
export function lineChart({ label, values, from, to }) {
  const left = 28;
  const top = 8;
  const bottom = 100;
  const x = (n) => left + (values.length > 1 ? (n / (values.length - 1)) * (WIDTH - left) : 0);
  const y = (value) => bottom - (value / 100) * (bottom - top);
  const point = ([n, value]) => `${x(n).toFixed(1)},${y(value).toFixed(1)}`;
  const scale = [0, 50, 100].flatMap((value) => [
    svg("path", { class: "ax", d: `M${left} ${y(value)}H${WIDTH}` }),
    svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, String(value)),
  ]);
  const lines = runs(values).flatMap((run) => {
    if (run.length === 1) return [svg("circle", { class: "b1", cx: x(run[0][0]).toFixed(1), cy: y(run[0][1]).toFixed(1), r: 2 })];
    const first = x(run[0][0]).toFixed(1);
    const last = x(run[run.length - 1][0]).toFixed(1);
    return [
      svg("polygon", { class: "a1", points: `${first},${bottom} ${run.map(point).join(" ")} ${last},${bottom}` }),
      svg("polyline", { class: "l1", points: run.map(point).join(" ") }),
    ];
  });
  const ends = [svg("text", { x: left, y: 118 }, from), svg("text", { x: WIDTH, y: 118, "text-anchor": "end" }, to)];
  return svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} 122`, role: "img", "aria-label": label }, scale, lines, ends);
}

/** Where a value lies on steps of equal width: 1.5 is the middle of the second. @param {{from: number, to: number|null}[]} steps @param {number} value */
export function placeOn(steps, value) {
  const n = steps.findIndex((step) => step.to === null || value < step.to);
  if (n < 0) return steps.length;
  const { from, to } = steps[n];
  return n + (to === null ? 0 : Math.max(0, (value - from) / (to - from)));
}

/**
 * Bars of equal width with marks across them.
 * @param {{label: string, steps: {from: number, to: number|null, n: number}[], marks: {at: number, word: string}[], from: string, to: string}} chart
 */
export function histogram({ label, steps, marks, from, to }) {
  const room = WIDTH / steps.length;
  const most = Math.max(1, ...steps.map((step) => step.n));
  const bars = steps.map((step, n) => {
    const height = step.n ? Math.max(1.2, (step.n / most) * 56) : 0;
    return svg("rect", { class: "b2", x: (n * room).toFixed(1), y: (60 - height).toFixed(1), width: Math.max(1, room - 2.6).toFixed(1), height: height.toFixed(1), rx: 1 });
  });
  const lines = marks.map((mark, n) => {
    const x = placeOn(steps, mark.at) * room;
    const after = marks[n + 1] ? placeOn(steps, marks[n + 1].at) * room : WIDTH;
    // A word that would cross the next mark stands before its own.
    const before = x > LABEL && after - x < LABEL;
    return [
      svg("path", { class: "l1", d: `M${x.toFixed(1)} -${10 + n * 14}V60` }),
      svg("text", { class: "val", x: (x + (before ? -5 : 5)).toFixed(1), y: -3 - n * 14, "text-anchor": before ? "end" : "start" }, mark.word),
    ];
  });
  const ends = [svg("path", { class: "ax", d: `M0 60.5H${WIDTH}` }), svg("text", { x: 0, y: 76 }, from), svg("text", { x: WIDTH, y: 76, "text-anchor": "end" }, to)];
  return svg("svg", { class: "chart", viewBox: `0 -28 ${WIDTH} 112`, role: "img", "aria-label": label }, bars, ends, lines);
}
