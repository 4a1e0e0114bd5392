import assert from "node:assert/strict";
import { test } from "node:test";
import { Alphabet } from "../../static/js/components/grid/alphabet.js";
import { editable, fromLines, spellingOf, toLines } from "../../static/js/components/grid/breaks.js";
import { removal, step } from "../../static/js/components/grid/codes.js";
import { matches, tidy } from "../../static/js/components/grid/filter.js";
import { diff, tokens } from "../../static/js/components/worddiff.js";

test("a line end keeps the spelling of the row", () => {
  assert.equal(spellingOf({ source: "가<br/>나", target: "", format: "xml" }), "<br/>");
  assert.equal(spellingOf({ source: "가<br/>나", target: "a\nb", format: "xml" }), "\n");
  assert.equal(spellingOf({ source: "가\\n나", target: "a", format: "txt" }), "\\n");
  assert.equal(spellingOf({ source: "가", target: "a", format: "xml" }), "<br/>");
  assert.equal(spellingOf({ source: "가", target: "a", format: "json" }), "\n");
});

test("two spellings in one text are shown as stored", () => {
  const { text, back } = editable({ source: "", target: "a<br/>b\nc", format: "xml" });
  assert.equal(text, "a<br/>b\nc");
  assert.equal(back(text), "a<br/>b\nc");
});

test("what is opened and closed without typing is the stored text", () => {
  for (const target of ["", "a", "a<br/>b", "<br/><br/>", "a\\nb", "C:\\\\new\\n", "a\nb", "&lt;br/&gt;x", "<br />"]) {
    for (const format of ["xml", "txt", "xlsx", "json"]) {
      const { text, back } = editable({ source: "가<br/>나", target, format });
      assert.equal(back(text), target, `${format} ${target}`);
    }
  }
  assert.equal(fromLines(toLines("a<br>b", "<br>"), "<br>"), "a<br>b");
});

test("colours are one letter each and come back as they were", () => {
  const target = "Find the <PAColor0xffe9bd23>Salt Fox<PAOldColor> and <PAColor0xff112233>her<PAOldColor>.";
  const alphabet = new Alphabet("", target);
  const typed = alphabet.encode(target);
  assert.equal(typed.length, "Find the Salt Fox and her.".length + 4);
  assert.equal(alphabet.decode(typed), target);
  assert.equal(alphabet.decode(typed.replace("Salt", "Sea")), target.replace("Salt", "Sea"));
  assert.deepEqual(alphabet.parse(typed).filter((part) => part.shown).map((part) => part.type), ["open", "close", "open", "close"]);
});

test("a text with such letters of its own is left alone", () => {
  const alphabet = new Alphabet("<PAColor0xff112233>a<PAOldColor>", "\ue0a3");
  assert.equal(alphabet.isOff, true);
  assert.equal(alphabet.encode("<PAColor0xff112233>a"), "<PAColor0xff112233>a");
});

test("the caret steps over a whole code", () => {
  assert.equal(step("a{10}b", 1, 1), 5);
  assert.equal(step("a{10}b", 5, -1), 1);
  assert.equal(step("a{10}b", 0, 1), null);
  assert.equal(step("a{10}b", 3, -1), 1);
});

test("a code is deleted whole, a colour with its other half", () => {
  assert.deepEqual(removal("a{10}b", 5, -1).map(({ from, to }) => [from, to]), [[1, 5]]);
  assert.equal(removal("ab", 1, -1), null);
  const alphabet = new Alphabet("<PAColor0xff112233>x<PAOldColor>");
  const text = alphabet.encode("a<PAColor0xff112233>x<PAOldColor>b");
  const read = (one) => alphabet.parse(one);
  assert.deepEqual(removal(text, 2, -1, read).map(({ from }) => from), [3, 1]);
  assert.deepEqual(removal(text, 3, 1, read).map(({ from }) => from), [3, 1]);
});

test("the diff is by word, by CJK character and by code", () => {
  assert.deepEqual(tokens("선장님 {0}!"), ["선", "장", "님", " ", "{0}", "!"]);
  assert.deepEqual(diff("Look for the Salty Fox.", "Look for the Salt Fox."), [
    { type: "same", text: "Look for the " }, { type: "del", text: "Salty" }, { type: "ins", text: "Salt" }, { type: "same", text: " Fox." },
  ]);
  assert.deepEqual(diff("이 폭풍을", "이 안개를").filter((part) => part.type === "same").map((part) => part.text), ["이 "]);
});

test("a diff puts both texts back together", () => {
  const texts = ["", "a", "a b c", "The captain came", "captain the came!", "선장님, 이 안개를", "선장, 저 안개가", "{0} of {1}", "{1} of {0}"];
  for (const a of texts) {
    for (const b of texts) {
      const parts = diff(a, b);
      const side = (type) => parts.filter((part) => part.type === "same" || part.type === type).map((part) => part.text).join("");
      assert.equal(side("del"), a);
      assert.equal(side("ins"), b);
    }
  }
});

test("very long texts are not compared word by word", () => {
  const start = performance.now();
  diff("a ".repeat(20000), "b ".repeat(20000));
  assert.ok(performance.now() - start < 2000);
});

test("a filter follows an own edit as the server would", () => {
  const row = { status: "confirmed", source: "등대", target: "Lighthouse", key: "Q_1", locked: false, blank_intended: true };
  assert.equal(tidy({ status: [], text: "", flags: [], fields: ["key"], sort: "position" }), null);
  assert.deepEqual(tidy({ text: "a", fields: ["key"] }), { text: "a", fields: ["key"] });
  assert.equal(matches(row, { status: ["new"] }), false);
  assert.equal(matches(row, { status: ["confirmed"], text: "LIGHT" }), true);
  assert.equal(matches(row, { text: "q_1" }), false);
  assert.equal(matches(row, { text: "q_1", fields: ["key"] }), true);
  assert.equal(matches(row, { flags: ["blank"] }), true);
  assert.equal(matches(row, { flags: ["locked"] }), false);
});
