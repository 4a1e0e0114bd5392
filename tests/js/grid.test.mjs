import assert from "node:assert/strict";
import { test } from "node:test";
import { savedColumns } from "../../static/js/components/grid/columns.js";
import { anchorOf, moveBy, rangeOf, thumbOf } from "../../static/js/components/grid/geometry.js";
import { Heights } from "../../static/js/components/grid/measure.js";
import { Selection } from "../../static/js/components/grid/selection.js";
import { RowWindows } from "../../static/js/components/grid/windows.js";
import { contrast, mixUntilReadable, rgb } from "../../static/js/components/colour.js";
import { initials } from "../../static/js/components/person.js";
import { comboOf, keyLabel } from "../../static/js/core/keyboard.js";
import { queriesOf } from "../../static/js/pages/editor_actions.js";

const uneven = (index) => 34 + (index % 3) * 22;

test("moving down and up again comes back to the pixel", () => {
  let anchor = { index: 500_000, offset: 7 };
  const start = anchor;
  for (const pixels of [13, 400, -35, 1200, -90]) anchor = moveBy(anchor, pixels, uneven, 1_000_000);
  anchor = moveBy(anchor, -(13 + 400 - 35 + 1200 - 90), uneven, 1_000_000);
  assert.deepEqual(anchor, start);
});

test("nothing scrolls above the first row or past the last", () => {
  assert.deepEqual(moveBy({ index: 2, offset: 0 }, -1e9, uneven, 10), { index: 0, offset: 0 });
  assert.equal(moveBy({ index: 2, offset: 0 }, 1e9, uneven, 10).index, 9);
  assert.deepEqual(moveBy({ index: 5, offset: 3 }, 10, uneven, 0), { index: 0, offset: 0 });
});

test("the range covers the screen and what is around it", () => {
  const { first, last, seenFirst, seenLast } = rangeOf({ index: 100, offset: 10 }, 600, 300, () => 30, 1000);
  assert.equal(seenFirst, 100);
  assert.ok((last - seenFirst) * 30 - 10 >= 900);
  assert.ok((seenLast - seenFirst) * 30 - 10 >= 600);
  assert.ok((100 - first) * 30 >= 290);
});

test("the thumb follows row numbers to both ends, and back", () => {
  const at = (index) => thumbOf({ index, offset: 0 }, 34, 20, 1_000_000, 800, 28);
  assert.equal(at(0).place, 0);
  assert.equal(at(999_980).place, 800 - 28);
  const { size, place } = at(400_000);
  assert.ok(Math.abs(anchorOf(place, size, 20, 1_000_000, 800, 34).index - 400_000) <= 1);
  assert.equal(thumbOf({ index: 0, offset: 0 }, 34, 20, 10, 800, 28).size, 800);
});

test("heights are estimated from what was measured", () => {
  const heights = new Heights(34);
  assert.equal(heights.of(9), 34);
  for (let index = 0; index < 50; index += 1) heights.set(index, 56);
  assert.equal(heights.of(3), 56);
  assert.ok(Math.abs(heights.of(999) - 56) < 1);
  heights.forgetPlaces();
  assert.ok(Math.abs(heights.of(3) - 56) < 1);
});

function windows(total, options = {}) {
  const asked = [];
  const all = new RowWindows({
    block: 100, most: 1000, onRows: () => {}, onError: (error) => { throw error; },
    fetch: async (start, count, signal) => {
      asked.push(start);
      await new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, 1);
        signal.addEventListener("abort", () => { clearTimeout(timer); reject(new DOMException("", "AbortError")); });
      });
      const rows = Array.from({ length: Math.max(0, Math.min(count, total - start)) }, (_, i) => ({ id: 10 * (start + i), n: start + i + 1 }));
      return { total, revision: 1, start, rows };
    },
    ...options,
  });
  all.total = total;
  return { all, asked };
}

const settled = async (all) => {
  do await new Promise((resolve) => setTimeout(resolve, 5)); while (all.asked.size);
};

test("windows are fetched round the screen, and few are kept", async () => {
  const { all } = windows(1_000_000);
  for (let first = 0; first < 20_000; first += 400) {
    all.want(first, first + 30, 1);
    await settled(all);
    assert.equal(all.at(first).n, first + 1);
  }
  assert.ok([...all].length <= 1000);
  assert.equal(all.at(0), undefined);
  assert.equal(all.indexOf(0), -1);
});

test("a jump calls off what is no longer wanted", async () => {
  const { all, asked } = windows(100_000);
  all.want(0, 30, 1);
  all.want(50_000, 50_030, 0);
  await settled(all);
  assert.equal(all.at(50_000).id, 500_000);
  assert.equal(all.at(0), undefined);
  assert.ok(asked.includes(50_000));
});

test("an answer for another view is thrown away", async () => {
  const { all } = windows(1000);
  all.want(0, 30, 0);
  all.reset(5);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(all.at(0), undefined);
  assert.equal(all.total, 5);
});

test("a view may begin with a block that has come already, and what came after it was asked for is newer", async () => {
  const { all, asked } = windows(1000);
  all.want(0, 30, 0);
  await settled(all);
  let answer;
  const waiting = all.expect(new Promise((resolve) => (answer = resolve)));
  all.put({ id: 3010, rev: 5, target: "saved meanwhile" });
  const rows = Array.from({ length: 100 }, (_, i) => ({ id: 10 * (300 + i), n: 7 + i, rev: 4, target: "old" }));
  answer({ total: 150, revision: 4, start: 100, rows: rows.slice(0, 50) });
  const first = await waiting;
  all.reset(first.total, first);
  assert.equal(all.total, 150);
  assert.equal(all.at(100).target, "old");
  assert.deepEqual([all.at(101).target, all.at(101).n], ["saved meanwhile", 8]);
  assert.equal(all.at(0), undefined);
  const before = asked.length;
  all.want(100, 130, 0);
  await settled(all);
  assert.ok(!asked.slice(before).includes(100));
});

test("a newer version of a row takes its place", async () => {
  const { all } = windows(1000);
  all.want(0, 30, 0);
  await settled(all);
  assert.equal(all.put({ id: 70, n: 8, target: "x" }), 7);
  assert.equal(all.at(7).target, "x");
  assert.equal(all.put({ id: -1 }), -1);
});

test("picking rows: from the cursor, single ones, and not too many", () => {
  const selection = new Selection(() => {});
  selection.set(5);
  selection.extend(8);
  assert.deepEqual(selection.indices(), [5, 6, 7, 8]);
  selection.extend(3);
  assert.deepEqual(selection.indices(), [3, 4, 5]);
  selection.toggle(9);
  assert.deepEqual(selection.indices(), [3, 4, 5, 9]);
  assert.equal(selection.extend(100_000), false);
  assert.equal(selection.clear(), true);
  assert.deepEqual(selection.indices(), [9]);
  assert.equal(selection.clear(), true);
  assert.equal(selection.clear(), false);
});

test("saved columns: unknown ones go, missing ones come, widths stay in bounds", () => {
  const columns = savedColumns([{ id: "target", width: 1, shown: false }, { id: "evil", width: 9, shown: true }, { id: "key", width: 9999, shown: true }]);
  assert.equal(columns[0].id, "number");
  assert.equal(columns[columns.length - 1].id, "marks");
  assert.deepEqual(columns.slice(1, 3).map((column) => column.id), ["target", "key"]);
  assert.equal(columns[1].shown, true);
  assert.equal(columns.find((column) => column.id === "key").width, 640);
  assert.ok(columns.some((column) => column.id === "source"));
  assert.equal(savedColumns("nonsense").length, savedColumns(null).length);
});

test("colours of the game are mixed until they can be read", () => {
  const ground = rgb("#101112");
  for (const hex of ["000000", "111111", "0000ff", "ff0000", "e9bd23", "ffffff"]) {
    assert.ok(contrast(mixUntilReadable(rgb(hex), rgb("#e8e9eb"), [ground]), ground) >= 4.5, hex);
  }
  assert.deepEqual(mixUntilReadable(rgb("e9bd23"), rgb("#e8e9eb"), [ground]), rgb("e9bd23"));
});

test("keys are matched by their place on the keyboard", () => {
  const press = (code, more = {}) => comboOf({ code, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...more });
  assert.equal(press("KeyS", { ctrlKey: true, shiftKey: true }), "Ctrl+Shift+KeyS");
  assert.equal(press("NumpadEnter"), "Enter");
  assert.equal(keyLabel("Ctrl+Shift+KeyS"), "Ctrl Shift S");
  assert.equal(keyLabel("Alt+ArrowLeft"), "Alt ←");
  assert.equal(keyLabel("char:?"), "?");
});

test("people's initials", () => {
  assert.equal(initials("Seo-yeon Han"), "SH");
  assert.equal(initials("민아 최"), "민");
  assert.equal(initials(""), "?");
});

test("go to: numbers, cells, keys", () => {
  assert.deepEqual(queriesOf("1,208", "xml"), [{ n: "1208" }, { key: "1,208" }]);
  assert.deepEqual(queriesOf("Sheet 1!$C$12", "xlsx"), [{ cell: "Sheet 1!C12" }, { key: "Sheet 1!$C$12" }]);
  assert.deepEqual(queriesOf("c12", "xlsx"), [{ cell: "c12" }, { key: "c12" }]);
  assert.deepEqual(queriesOf("S2", "xml"), [{ key: "S2" }]);
  assert.deepEqual(queriesOf("QUEST_001", "xlsx"), [{ key: "QUEST_001" }]);
});
