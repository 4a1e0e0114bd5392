/** The game's own colours, made readable: mixed towards the text colour until 4.5:1 on the cell. */

const NEED = 4.5;
const STEPS = 20;
let cache = new Map();
let ground = null;

/** @param {string} hex "rrggbb" @returns {[number, number, number]} */
export function rgb(hex) {
  const value = parseInt(hex.replace("#", "").slice(0, 6), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function luminance(colour) {
  const [r, g, b] = colour.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG contrast of two colours. */
export function contrast(one, two) {
  const a = luminance(one);
  const b = luminance(two);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** `colour` mixed towards `text` until it reaches 4.5:1 on every ground. */
export function mixUntilReadable(colour, text, grounds) {
  for (let step = 0; step <= STEPS; step += 1) {
    const part = step / STEPS;
    const mixed = /** @type {[number, number, number]} */ (colour.map((channel, i) => Math.round(channel + (text[i] - channel) * part)));
    if (grounds.every((one) => contrast(mixed, one) >= NEED)) return mixed;
  }
  return text;
}

function readGround() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => rgb(style.getPropertyValue(name).trim() || "#000000");
  return { text: value("--text"), grounds: ["--bg-app", "--bg-row", "--st-translated-tint", "--bg-selected"].map(value) };
}

/** A CSS colour for text of this colour in the present theme. @param {string} hex "rrggbb" */
export function readableColour(hex) {
  const theme = document.documentElement.dataset.theme;
  if (ground?.theme !== theme) {
    ground = { theme, ...readGround() };
    cache = new Map();
  }
  if (!cache.has(hex)) {
    // A file with a colour per row must not fill the memory.
    if (cache.size > 500) cache.clear();
    cache.set(hex, `rgb(${mixUntilReadable(rgb(hex), ground.text, ground.grounds).join(" ")})`);
  }
  return cache.get(hex);
}
