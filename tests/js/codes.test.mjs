/** What the server reads of codes, the scripts read: one list of texts for both. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { coloursOf, partners } from "../../static/js/components/codes/pairs.js";
import { PATTERNS } from "../../static/js/components/codes/patterns.js";
import { codesOf, identity, missingCodes, parse, sizeOf, useCodes } from "../../static/js/components/codes/reading.js";
import { widthFont } from "../../static/js/components/codes/widthfont.js";

const shared = JSON.parse(readFileSync(new URL("../data/codes.json", import.meta.url), "utf-8"));
const KINDS = new Map(PATTERNS.map((pattern) => [pattern.name, pattern.kind]));

function places(text) {
  const found = [];
  let at = 0;
  for (const part of parse(text)) {
    const end = at + [...part.raw].length;
    if (part.type !== "text") found.push([at, end, KINDS.get(part.name), part.raw]);
    at = end;
  }
  return found;
}

test("every code of the shared texts is read as the server reads it", () => {
  assert.ok(shared.texts.length > 20);
  for (const { text, codes } of shared.texts) assert.deepEqual(places(text), codes, text);
});

test("texts are as long as the server says", () => {
  for (const { text, characters, lines } of shared.texts) assert.deepEqual(sizeOf(text), { characters, lines }, text);
});

test("the patterns are the server's, in its order", () => {
  const mine = PATTERNS.map(({ name, family, kind, source }) => ({ name, family, kind, source }));
  assert.deepEqual(mine, shared.patterns.map(({ name, family, kind, source }) => ({ name, family, kind, source })));
});

test("codes are the same or not as the server says", () => {
  assert.ok(shared.same.length);
  for (const { one, other, same } of shared.same) {
    const of = (text) => parse(text).filter((part) => part.type !== "text" && part.type !== "break").map(identity).sort();
    assert.equal(JSON.stringify(of(one)) === JSON.stringify(of(other)), same, `${one} / ${other}`);
  }
});

test("a project's own patterns come first, and families can be switched off", () => {
  try {
    useCodes({ builtin: ["braces"], custom: [{ name: "key", kind: "placeholder", source: "\\[key:[a-z]{1,20}\\]" }, { name: "broken", kind: "tag", source: "(" }] });
    assert.deepEqual(codesOf("[key:jump] {0} <b> %s"), ["[key:jump]", "{0}"]);
    assert.deepEqual(missingCodes("[key:jump] {0}", "{0}"), ["[key:jump]"]);
    useCodes({ custom: [{ name: "dash", kind: "tag", source: "\\-\\&\\~" }] });
    assert.deepEqual(codesOf("-&~ {0}"), ["-&~", "{0}"]);
  } finally {
    useCodes({});
  }
  assert.deepEqual(codesOf("[key:jump] {0}"), ["{0}"]);
});

test("colours of a source are offered with the closer that the source uses", () => {
  assert.deepEqual(coloursOf("<PAColor0xffe9bd23>a<PAOldColor> <PAColor0xffe9bd23>b<PAOldColor>"), [{ open: "<PAColor0xffe9bd23>", close: "<PAOldColor>", colour: "e9bd23" }]);
  assert.deepEqual(coloursOf("&lt;PAColor0xffe9bd23&gt;a&lt;PAOldColor&gt;").map(({ close }) => close), ["&lt;PAOldColor&gt;"]);
  assert.deepEqual(coloursOf("<PAColor0xff112233>to the end").map(({ close }) => close), ["<PAOldColor>"]);
  assert.deepEqual(coloursOf("<color=#ff8800>a</color> [color=#00ff00]b[/color] <b>c</b>").map(({ close, colour }) => [close, colour]), [["</color>", "ff8800"], ["[/color]", "00ff00"]]);
});

test("halves belong together by their nesting", () => {
  const parts = parse("<PAColor0xff112233>a<color=#ff0000>b</color>c<PAOldColor>");
  assert.deepEqual([...partners(parts)].sort((a, b) => a[0] - b[0]), [[0, 6], [2, 4], [4, 2], [6, 0]]);
});

test("the font of widths is a font file", () => {
  const file = new DataView(widthFont(0xe100, [1, 2.5]));
  assert.equal(file.getUint32(0), 0x10000);
  assert.equal(file.byteLength % 4, 0);
});
