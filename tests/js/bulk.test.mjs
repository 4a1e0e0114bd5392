import assert from "node:assert/strict";
import { test } from "node:test";
import { Selection } from "../../static/js/components/grid/selection.js";
import { rangesOf } from "../../static/js/pages/editor_acts.js";
import { blockHtml, blockText, readBlock } from "../../static/js/pages/editor_clipboard.js";
import { canTake } from "../../static/js/pages/editor_paste_dialog.js";
import { nameOf } from "../../static/js/pages/editor_replace_list.js";

const BLOCKS = [
  [["a"]],
  [["a", "b\tc"], ['say "x"', "l1\nl2"], ["", ""], ["007", "=1+1"]],
  [["", "tail"], ["\n", '"']],
  [['"', '""', '"""'], ["\t", " ", "한국어"]],
];

test("a block that was written is read as it was", () => {
  for (const block of BLOCKS) assert.deepEqual(readBlock(blockText(block)), block);
});

test("what spreadsheets write is read cell by cell", () => {
  assert.deepEqual(readBlock('a\tb\r\n"two\r\nlines"\td\r\n'), [["a", "b"], ["two\nlines", "d"]]);
  assert.deepEqual(readBlock("one"), [["one"]]);
  assert.deepEqual(readBlock("one\n"), [["one"]]);
  assert.deepEqual(readBlock("a\t\nb\t"), [["a", ""], ["b", ""]]);
  assert.deepEqual(readBlock(""), []);
});

test("a quote that belongs to the text stays", () => {
  assert.deepEqual(readBlock('"unclosed\tx\n"a"b\tc\n'), [['"unclosed', "x"], ['"a"b', "c"]]);
  assert.deepEqual(readBlock('5" nail\t6'), [['5" nail', "6"]]);
});

test("the table holds markup as text and line ends inside their cells", () => {
  const html = blockHtml([["<b>&\"", "one\ntwo"]]);
  assert.ok(html.includes("&lt;b&gt;&amp;&quot;"));
  assert.ok(html.includes("one<br"));
  assert.equal(html.match(/<td/gu).length, 2);
});

test("reading a hostile block takes no longer than its length", () => {
  const block = '"a\t'.repeat(3000);
  const start = performance.now();
  assert.equal(readBlock(block)[0].length, 3001);
  assert.ok(performance.now() - start < 2000);
});

test("numbers of rows become ranges", () => {
  assert.deepEqual(rangesOf([1, 2, 3, 7, 9, 10]), [[1, 3], [7, 7], [9, 10]]);
  assert.deepEqual(rangesOf([]), []);
});

function selection(most = 5) {
  const told = [];
  return { told, chosen: new Selection((changed) => told.push(changed), most) };
}

test("all rows of a large view are chosen without keeping each of them", () => {
  const { told, chosen } = selection();
  chosen.set(3);
  chosen.chooseAll(12_480);
  assert.equal(chosen.all, true);
  assert.equal(chosen.isMany, true);
  assert.equal(chosen.count(12_480), 12_480);
  assert.equal(chosen.has(12_000), true);
  assert.deepEqual(chosen.indices(), []);
  assert.equal(chosen.current, 3);
  assert.equal(told.at(-1), null);
});

test("all rows of a small view are picked one by one", () => {
  const { chosen } = selection();
  chosen.chooseAll(4);
  assert.equal(chosen.all, false);
  assert.deepEqual(chosen.indices(), [0, 1, 2, 3]);
  chosen.chooseAll(1);
  assert.equal(chosen.isMany, false);
  assert.deepEqual(chosen.indices(), [0]);
});

test("moving, picking and Esc let a choice of all rows go", () => {
  for (const act of [(one) => one.set(2), (one) => one.extend(2), (one) => one.toggle(2), (one) => one.clear()]) {
    const { told, chosen } = selection();
    chosen.set(1);
    chosen.chooseAll(1000);
    act(chosen);
    assert.equal(chosen.all, false);
    assert.equal(told.at(-1), null);
    assert.equal(chosen.has(999), false);
  }
});

test("a line of a pasted block is taken only where it changes its row", () => {
  const line = { row_id: 1, before: "a", after: "b", refused: null };
  assert.equal(canTake(line), true);
  assert.equal(canTake({ ...line, after: "a" }), false);
  assert.equal(canTake({ ...line, row_id: null }), false);
  assert.equal(canTake({ ...line, refused: { code: "locked", message: "x" } }), false);
});

test("hits are told apart by row and place", () => {
  assert.equal(nameOf({ row_id: -4, index: 2 }), "-4:2");
});
