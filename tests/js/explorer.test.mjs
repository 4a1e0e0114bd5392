import assert from "node:assert/strict";
import { test } from "node:test";
import { Picks, TypeAhead } from "../../static/js/components/pick.js";
import { UndoStack } from "../../static/js/components/undo.js";
import { batches, isLitter } from "../../static/js/components/upload.js";
import { naturalCompare } from "../../static/js/core/natural.js";
import { above, keyOf, pathOfPlace, placeOfPath, sumCounts } from "../../static/js/pages/explorer_data.js";
import { byOrigin } from "../../static/js/pages/explorer_steps.js";
import { isPassing, outcome, resultLink, took } from "../../static/js/pages/tasks_words.js";

const letters = ["a", "b", "c", "d", "e"];
const picks = () => new Picks(() => letters);

test("names sort as people count", () => {
  assert.deepEqual(["file10", "file2", "File1", "챕터 10", "챕터 9"].sort(naturalCompare), ["File1", "file2", "file10", "챕터 9", "챕터 10"]);
});

test("shift extends from the anchor in both directions and control keeps the rest", () => {
  const p = picks();
  p.only("c");
  p.extend("e");
  assert.deepEqual([...p.chosen], ["c", "d", "e"]);
  p.extend("a");
  assert.deepEqual([...p.chosen].sort(), ["a", "b", "c"]);
  p.toggle("e");
  assert.equal(p.has("e"), true);
  p.extend("d", true);
  assert.deepEqual([...p.chosen].sort(), ["a", "b", "c", "d", "e"]);
});

test("steps stop at the ends and start at the near one", () => {
  const p = picks();
  assert.equal(p.step(1), "a");
  assert.equal(p.step(-1), "a");
  assert.equal(p.step(Infinity), "e");
  assert.equal(p.step(-2, "extend"), "c");
  assert.deepEqual([...p.chosen], ["c", "d", "e"]);
  const q = picks();
  assert.equal(q.step(-1), "e");
  assert.equal(new Picks(() => []).step(1), null);
});

test("after a deletion the cursor goes to the next that is left", () => {
  let order = letters;
  const p = new Picks(() => order);
  p.only("c");
  p.extend("d");
  order = ["a", "b", "e"];
  p.settle(letters);
  assert.equal(p.cursor, "e");
  assert.deepEqual([...p.chosen], ["e"]);
  order = ["a"];
  p.settle(["a", "b", "e"]);
  assert.equal(p.cursor, "a");
});

test("typing finds names: a word within a second, the same letter steps on", () => {
  const names = ["apple", "banana", "blue", "blur", "cherry"];
  const ahead = new TypeAhead();
  assert.equal(ahead.find("b", names, -1, 0), 1);
  assert.equal(ahead.find("l", names, 1, 300), 2);
  assert.equal(ahead.find("b", names, 1, 5000), 2);
  assert.equal(ahead.find("b", names, 2, 5200), 3);
  assert.equal(ahead.find("z", names, 2, 9000), -1);
  assert.equal(ahead.takes({ code: "KeyG", timeStamp: 9100 }), true);
  assert.equal(ahead.takes({ code: "KeyG", timeStamp: 20000 }), false);
});

const shelf = () => {
  const kept = new Map();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
};

test("steps are undone in reverse, redone forwards, and outlive the page", async () => {
  const storage = shelf();
  const stack = new UndoStack(storage, "x");
  for (let n = 0; n < 120; n += 1) stack.push({ n });
  assert.equal(stack.done.length, 100);
  const seen = [];
  await stack.undo((step) => void seen.push(step.n));
  await stack.undo((step) => {
    seen.push(step.n);
    return { ...step, trash: [1] };
  });
  assert.deepEqual(seen, [119, 118]);
  const again = new UndoStack(storage, "x");
  const redone = await again.redo((step) => step);
  assert.deepEqual(redone, { n: 118, trash: [1] });
  again.push({ n: 500 });
  assert.equal(again.canRedo, false);
});

test("a step that cannot be undone is dropped", async () => {
  const stack = new UndoStack(null, "x");
  stack.push({ n: 1 });
  await assert.rejects(stack.undo(() => Promise.reject(new Error("taken"))));
  assert.equal(stack.canUndo, false);
  assert.equal(stack.canRedo, false);
});

test("addresses and places are each other's reverse", () => {
  for (const path of ["/", "/trash/", "/platforms/3/", "/projects/-1/", "/folders/12/"]) assert.equal(pathOfPlace(placeOfPath(path)), path);
  assert.equal(keyOf(placeOfPath("/folders/12/x")), "root:");
  assert.deepEqual(above({ kind: "folder", id: 2 }, [{ kind: "project", id: 9, name: "p" }]), { kind: "project", id: 9 });
  assert.equal(above({ kind: "project", id: 9 }, []).kind, "root");
});

test("counts of several nodes are summed by status", () => {
  const node = (rows) => ({ counts: { rows, words: rows * 2, by_status: { new: { rows, words: rows * 2 } } } });
  assert.deepEqual(sumCounts([node(2), node(3), {}]), { rows: 5, words: 10, by_status: { new: { rows: 5, words: 10 } } });
});

test("things moved from several places go back in groups", () => {
  const item = (id, from) => ({ ref: { kind: "file", id }, from, before: `f${id}` });
  const groups = byOrigin([item(1, { kind: "folder", id: 7 }), item(2, null), item(3, { kind: "folder", id: 7 })]);
  assert.deepEqual(groups.map((group) => group.items.map((one) => one.ref.id)), [[1, 3], [2]]);
});

test("uploads go in groups of bounded number and size", () => {
  const one = (size) => ({ path: "x", file: { size } });
  assert.deepEqual(batches(Array.from({ length: 45 }, () => one(1))).map((group) => group.length), [20, 20, 5]);
  assert.deepEqual(batches([one(20e6), one(20e6), one(1)]).map((group) => group.length), [1, 2]);
  assert.equal(isLitter("a/.DS_Store"), true);
  assert.equal(isLitter("a/quest.xml"), false);
});

test("tasks say what came of them", () => {
  assert.equal(took(62), "1:02");
  assert.equal(took(3725), "1:02:05");
  assert.equal(outcome({ status: "failed", error: "Column H is not in sheet Boss.", result: {} }), "Column H is not in sheet Boss.");
  assert.equal(outcome({ kind: "ldm.apply_plan", status: "succeeded", result: { counts: { new: 2, gone: 1, changed: 0 } }, files: [] }), "2 new, 1 gone");
  assert.deepEqual(resultLink({ kind: "ldm.apply_plan", status: "succeeded", subject: { kind: "file", id: 4 }, result: { change_set: 8 } })?.href, "/files/4/changes/?set=8");
  assert.equal(isPassing({ kind: "ldm.inspect", status: "succeeded" }), true);
  assert.equal(isPassing({ kind: "ldm.inspect", status: "running" }), false);
  assert.equal(isPassing({ kind: "ldm.inspect", status: "failed" }, "failed"), false);
  assert.equal(isPassing({ kind: "ldm.import", status: "succeeded" }), false);
});
