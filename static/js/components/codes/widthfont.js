/**
 * A font of empty letters with given widths, made in memory. In a text area a code is one letter of the private
 * use area; this font gives that letter exactly the width of the code's pill, so that the area breaks its lines
 * where the closed cell does.
 */

const EM = 2048;
const HEAD_MAGIC = 0x5f0f3cf5;
const CHECK_MAGIC = 0xb1b0afba;
/** Widest letter that two bytes of font units hold, in em. */
export const WIDEST = 31.9;

/** Writes big-endian numbers one after the other. */
class Bytes {
  constructor() {
    /** @type {number[]} */
    this.list = [];
  }

  u16(...values) {
    for (const value of values) this.list.push((value >> 8) & 255, value & 255);
    return this;
  }

  u32(...values) {
    for (const value of values) this.u16((value >>> 16) & 65535, value & 65535);
    return this;
  }

  tag(text) {
    for (const letter of text) this.list.push(letter.charCodeAt(0));
    return this;
  }
}

const bytes = () => new Bytes();

/**
 * The font file. Letter `first + i` is `widths[i]` em wide; all others are left to the next font.
 * @param {number} first code point
 * @param {number[]} widths in em, at most WIDEST each
 * @returns {ArrayBuffer}
 */
export function widthFont(first, widths) {
  const advances = [0, ...widths.map((width) => Math.max(0, Math.min(65535, Math.round(width * EM))))];
  const glyphs = advances.length;
  const tables = {
    "OS/2": os2(first, first + widths.length - 1),
    cmap: cmap(first, widths.length),
    glyf: bytes().u32(0),
    head: head(),
    hhea: bytes().u32(0x10000).u16(Math.round(EM * 0.8), -Math.round(EM * 0.2), 0, Math.max(...advances), 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, glyphs),
    hmtx: advances.reduce((out, advance) => out.u16(advance, 0), bytes()),
    loca: advances.reduce((out) => out.u16(0), bytes().u16(0)),
    maxp: bytes().u32(0x10000).u16(glyphs, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    name: names(["Codes", "Regular", "Codes", "Codes", "1.0", "Codes"]),
    post: bytes().u32(0x30000, 0, 0, 0, 0, 0, 0, 0),
  };
  return assemble(tables);
}

/** Two segments: the letters, and the end that every table has. */
function cmap(first, count) {
  const last = first + count - 1;
  return bytes().u16(0, 1, 3, 1).u32(12)
    .u16(4, 32, 0, 4, 4, 1, 0, last, 0xffff, 0, first, 0xffff, (1 - first) & 0xffff, 1, 0, 0);
}

function head() {
  return bytes().u32(0x10000, 0x10000, 0, HEAD_MAGIC).u16(0, EM).u32(0, 0, 0, 0).u16(0, 0, 0, 0, 0, 8, 2, 0, 0);
}

function os2(first, last) {
  return bytes().u16(4, EM / 2, 400, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0).u32(0, 0).u16(0).u32(0, 0, 0, 0).tag("LOCA")
    .u16(0x40, first, last, Math.round(EM * 0.8), -Math.round(EM * 0.2), 0, Math.round(EM * 0.8), Math.round(EM * 0.2)).u32(1, 0).u16(0, 0, 0, 0x20, 0);
}

function names(texts) {
  const out = bytes().u16(0, texts.length, 6 + 12 * texts.length);
  let at = 0;
  for (const [id, text] of texts.entries()) {
    out.u16(3, 1, 0x409, id + 1, text.length * 2, at);
    at += text.length * 2;
  }
  for (const text of texts) for (const letter of text) out.u16(letter.charCodeAt(0));
  return out;
}

/** Tables in the order of their names, each at a multiple of four bytes, with its sum. */
function assemble(tables) {
  const entries = Object.entries(tables).map(([name, { list }]) => ({ name, list: [...list, ...new Array((4 - (list.length % 4)) % 4).fill(0)], length: list.length }));
  const power = 2 ** Math.floor(Math.log2(entries.length));
  const out = bytes().u32(0x10000).u16(entries.length, power * 16, Math.log2(power), (entries.length - power) * 16);
  let at = 12 + entries.length * 16;
  let headAt = 0;
  for (const { name, list, length } of entries) {
    out.tag(name).u32(sumOf(list), at, length);
    if (name === "head") headAt = at;
    at += list.length;
  }
  const file = Uint8Array.from([...out.list, ...entries.flatMap(({ list }) => list)]);
  new DataView(file.buffer).setUint32(headAt + 8, (CHECK_MAGIC - sumOf(file)) >>> 0);
  return file.buffer;
}

function sumOf(list) {
  let sum = 0;
  for (let at = 0; at < list.length; at += 4) sum = (sum + ((list[at] << 24) | (list[at + 1] << 16) | (list[at + 2] << 8) | list[at + 3])) >>> 0;
  return sum;
}
