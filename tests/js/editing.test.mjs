import assert from "node:assert/strict";
import { test } from "node:test";
import { Alphabet } from "../../static/js/components/grid/alphabet.js";
import { editable, fromLines, spellingOf, toLines } from "../../static/js/components/grid/breaks.js";
import { changeOf, orphans, removal } from "../../static/js/components/grid/codes.js";
import { overflow } from "../../static/js/components/grid/limits.js";
import { matches, tidy } from "../../static/js/components/grid/filter.js";
import { diff, tokens } from "../../static/js/components/worddiff.js";

test("a line end keeps the spelling of the row", () => {
  assert.equal(spellingOf({ source: "가<br/>나", target: "", format: "xml" }), "<br/>");
  assert.equal(spellingOf({ source: "가<br/>나", target: "a\nb", format: "xml" }), "\n");
  assert.equal(spellingOf({ source: "가\\n나", target: "a", format: "txt" }), "\\n");
  assert.equal(spellingOf({ source: "가", target: "a", format: "xml" }), "<br/>");
  assert.equal(spellingOf({ source: "가", target: "a", format: "json" }), "\n");
  assert.equal(spellingOf({ source: "가", target: "a", format: "txt" }), "\n");
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

const GOLD = "Find the <PAColor0xffe9bd23>Salt Fox<PAOldColor> and {0}.";
const lettersOf = (...texts) => {
  const alphabet = new Alphabet(texts, { spelling: "<br/>" });
  return { alphabet, texts: texts.map((text) => alphabet.encode(text)), read: (text) => alphabet.read(text) };
};

test("codes are one letter each and come back as they were", () => {
  const { alphabet, texts: [typed] } = lettersOf(GOLD);
  assert.equal(typed.length, "Find the Salt Fox and .".length + 3);
  assert.equal(alphabet.decode(typed), GOLD);
  assert.equal(alphabet.decode(typed.replace("Salt", "Sea")), GOLD.replace("Salt", "Sea"));
  assert.deepEqual(alphabet.read(typed).filter((part) => part.type !== "text").map((part) => part.type), ["open", "close", "code"]);
});

test("what the editor reads put together is the stored text, place by place", () => {
  const { alphabet, texts: [typed] } = lettersOf("a {0}<br/>b\\n");
  assert.equal(typed.split("\n").length, 2);
  const parts = alphabet.read(typed);
  assert.equal(parts.map((part) => part.raw).join(""), "a {0}<br/>b\\n");
  assert.deepEqual(parts.map((part) => [part.at, part.length]), [[0, 2], [2, 1], [3, 1], [4, 1], [5, 1]]);
});

test("a typed line end of a tab file is a line", () => {
  const alphabet = new Alphabet(["a"], { format: "txt" });
  assert.equal(alphabet.encode("a\\nb"), "a\nb");
  assert.notEqual(new Alphabet(["a"], { format: "json" }).encode("a\\nb"), "a\nb");
});

test("letters of a text's own are never taken for codes", () => {
  const own = "\ue100{0}\ue1ff";
  const { alphabet, texts: [typed] } = lettersOf(own);
  assert.equal(alphabet.decode(typed), own);
  assert.equal(alphabet.isLetter("\ue100"), false);
  const pasted = String.fromCharCode(alphabet.first);
  assert.equal(alphabet.decode(alphabet.encode(pasted)), pasted);
  assert.notEqual(alphabet.encode(pasted), pasted);
});

test("a closer without its opener is a code of its own", () => {
  const { alphabet, texts: [typed] } = lettersOf("a<PAOldColor>b<PAColor0xff112233>c<PAOldColor>");
  assert.deepEqual(alphabet.read(typed).filter((part) => part.type !== "text").map((part) => part.type), ["code", "open", "close"]);
});

test("deleting one half of a colour takes the other along and leaves what is between them", () => {
  const { read, texts: [text] } = lettersOf("a<PAColor0xff112233>xy<PAOldColor>b");
  assert.deepEqual(removal(text, 2, -1, read), { from: 1, to: 5, text: "xy", caret: 1 });
  assert.deepEqual(removal(text, 4, 1, read), { from: 1, to: 5, text: "xy", caret: 3 });
  assert.deepEqual(removal(text, 5, -1, read), { from: 1, to: 5, text: "xy", caret: 3 });
  assert.equal(removal(text, 1, -1, read), null);
  const { read: plain, texts: [other] } = lettersOf("a{0}b");
  assert.equal(removal(other, 2, -1, plain), null);
});

test("an edit that took one half of a colour leaves the place of the other", () => {
  const { read, texts: [text] } = lettersOf("a <PAColor0xff112233>xy<PAOldColor> b");
  const without = text.slice(0, 1) + "!" + text.slice(4);
  assert.deepEqual(orphans(text, without, read), [3]);
  assert.deepEqual(orphans(text, `${text}!`, read), []);
  assert.deepEqual(orphans(text, text.slice(0, 1) + text.slice(-1), read), []);
});

test("the changed stretch of two texts", () => {
  assert.deepEqual(changeOf("abcd", "abXcd"), { from: 2, before: 2, after: 3 });
  assert.deepEqual(changeOf("aaa", "aa"), { from: 2, before: 3, after: 2 });
});

test("what does not fit: letters behind the limit, lines behind the last one", () => {
  assert.deepEqual(overflow("abc {0}def", { characters: 5, lines: null }), [[8, 10]]);
  assert.deepEqual(overflow("a<br/>b<br/>cd", { characters: null, lines: 2 }), [[12, 14]]);
  assert.deepEqual(overflow("abcd<br/>ab", { characters: 3, lines: 2, perLine: true }), [[3, 4]]);
  assert.deepEqual(overflow("abc", { characters: 3, lines: 1 }), []);
  assert.deepEqual(overflow("abc", { characters: null, lines: null }), []);
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
  assert.equal(tidy({ query: "  ", sort: "position" }), null);
  assert.deepEqual(tidy({ query: " key:a ", sort: "key" }), { query: "key:a", sort: "key" });
  const passes = (query) => matches(row, { query });
  assert.equal(passes("status:new"), false);
  assert.equal(passes("status:confirmed LIGHT"), true);
  assert.equal(passes("q_1"), false);
  assert.equal(passes("key:q_1"), true);
  assert.equal(passes("is:blank"), true);
  assert.equal(passes("is:locked"), false);
  assert.equal(passes("NOT is:locked AND -status:new"), true);
});
