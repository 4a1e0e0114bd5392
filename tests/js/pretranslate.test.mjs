import assert from "node:assert/strict";
import { test } from "node:test";
import { BANDS, bandClass, bandName, shares, sorted, weighted } from "../../static/js/pages/analysis_bands.js";
import { askFor, changeSetsOf, outcomeOf } from "../../static/js/pages/pretranslate.js";

const file = (name, words, extra = {}) => ({ name, folder: "", total: [1, words, 1, 1], weighted: words / 2, bands: Object.fromEntries(BANDS.map((band) => [band, [0, 0, 0, 0]])), ...extra });

test("one thing has an address of its own, several are sent by kind", () => {
  assert.deepEqual(askFor([{ kind: "folder", id: -3 }], "pretranslate"), { path: "folders/-3/pretranslate", places: {} });
  assert.deepEqual(askFor([{ kind: "file", id: 1 }, { kind: "project", id: 2 }], "analysis"), { path: "analysis", places: { files: [1], folders: [], projects: [2] } });
});

test("a run says what was filled, what was left and why nothing was", () => {
  assert.equal(outcomeOf({ filled: 1, files: [{ memories: 1 }] }), "1 row filled.");
  assert.equal(outcomeOf({ filled: 412, moved: 2, files: [{ memories: 1 }, { memories: 1 }] }), "412 rows filled. In 2 files. 2 rows were changed by somebody meanwhile and left alone.");
  assert.match(outcomeOf({ filled: 0, files: [{ memories: 0 }] }), /No active memory/);
  assert.match(outcomeOf({ filled: 0, files: [{ name: "a.xml", error: "Gone." }] }), /a\.xml: Gone\./);
  assert.deepEqual(changeSetsOf({ files: [{ change_set: 4 }, { change_set: null }, { error: "x" }] }), [4]);
});

test("words are weighed by their band, and shares add up", () => {
  const bands = { "100": [1, 10, 0, 0], new: [1, 30, 0, 0] };
  assert.equal(weighted(bands, { 100: 30, new: 100 }), 33);
  assert.equal(weighted({}, {}), 0);
  const parts = shares(bands, 1);
  assert.deepEqual(parts.map((part) => part.band), BANDS);
  assert.equal(parts.reduce((sum, part) => sum + part.share, 0), 1);
  assert.ok(shares({}, 1).every((part) => part.share === 0));
});

test("files sort by name as people count, by size and by band", () => {
  const files = [file("a10", 5), file("a2", 50, { bands: { new: [0, 7, 0, 0] } }), file("a1", 20)];
  assert.deepEqual(sorted(files, "name", false, 1).map((one) => one.name), ["a1", "a2", "a10"]);
  assert.deepEqual(sorted(files, "total", true, 1).map((one) => one.name), ["a2", "a1", "a10"]);
  assert.equal(sorted(files, "new", true, 1)[0].name, "a2");
  assert.equal(sorted(files, "weighted", false, 1)[0].name, "a10");
  assert.equal(files[0].name, "a10");
});

test("every band has a name and a colour of its own", () => {
  assert.equal(new Set(BANDS.map(bandName)).size, BANDS.length);
  assert.equal(new Set(BANDS.map(bandClass)).size, BANDS.length);
});
