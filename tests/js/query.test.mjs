import assert from "node:assert/strict";
import { test } from "node:test";
import { atCaret, lex, parse, pieces, quoted } from "../../static/js/components/querytext.js";
import { choose, chosen, partsOf, searched, searchOf, searchText, toggled } from "../../static/js/components/queryedit.js";
import { finderOf, layered } from "../../static/js/components/queryhits.js";
import { matches, tidy } from "../../static/js/components/grid/filter.js";

const EXAMPLES = [
  'status:translated AND target:"{0}" AND updated:>2026-11-01 AND by:mina AND check:placeholder',
  "salt fox", "안개", '-source:"안개 속" OR (n:10..20 AND NOT key:=Q1)', "target:/a\\/b(c|d)/i length:>=40", 'text:="The \\"Salt\\" Fox"',
  'unended "text', "a:", "((", ") x", "source:(a)", "http://x", "-", "--a", "/", "//", "12:30",
];

test("the pieces of a filter are the filter again, whatever was typed", () => {
  for (const text of EXAMPLES) {
    assert.equal(lex(text).map((token) => token.raw).join(""), text);
    assert.equal(pieces(text).map((piece) => piece.raw).join(""), text);
  }
});

test("random letters are read without an end or a fault", () => {
  const letters = ['"', "(", ")", "/", "-", ":", "=", ">", ".", " ", "a", "안", "\\", "AND", "status:"];
  let seed = 7;
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let round = 0; round < 3000; round += 1) {
    const text = Array.from({ length: random(14) }, () => letters[random(letters.length)]).join("");
    assert.equal(lex(text).map((token) => token.raw).join(""), text);
    parse(text);
    partsOf(text);
    finderOf(text)?.("source", "안 a");
    for (let caret = 0; caret <= text.length; caret += 1) atCaret(text, caret);
  }
});

test("what is written becomes a tree; what is not finished is none", () => {
  const tree = parse(EXAMPLES[0]);
  assert.equal(tree.type, "and");
  assert.deepEqual(tree.items.map((one) => [one.field, one.compare, one.value]), [
    ["status", "", "translated"], ["target", "", "{0}"], ["updated", ">", "2026-11-01"], ["by", "", "mina"], ["check", "", "placeholder"],
  ]);
  assert.deepEqual(parse("a b OR c").items.map((one) => one.type), ["and", "term"]);
  assert.equal(parse("-a").type, "not");
  assert.equal(parse("NOT key:x").items[0].field, "key");
  assert.equal(parse("a and not b").items[1].type, "not");
  assert.equal(parse("target:<br>").value, "<br>");
  assert.equal(parse("n:<5").compare, "<");
  assert.equal(parse("한글:x").value, "한글:x");
  assert.equal(parse("--a").items[0].type, "not");
  for (const text of ["", "status: new", "a AND", "(a", "a)", "status:", '"open', "NOT", "text:="]) assert.equal(parse(text), null, text);
});

test("fields, operators and texts have their colours, an unknown field is underlined", () => {
  assert.deepEqual(pieces('speaker:"x" AND a'), [
    { raw: "speaker", class: "q-f q-bad" }, { raw: ":", class: "q-o" }, { raw: '"x"', class: "q-s" }, { raw: " ", class: "" },
    { raw: "AND", class: "q-o" }, { raw: " ", class: "" }, { raw: "a", class: "" },
  ]);
  assert.deepEqual(pieces("status:nwe", { from: 7, to: 10 }).map((piece) => piece.class), ["q-f", "q-o", "q-bad"]);
});

test("the caret knows what is being written", () => {
  assert.deepEqual(atCaret("sta", 3), { what: "word", field: "", typed: "sta", from: 0, to: 3 });
  assert.deepEqual(atCaret("status:", 7), { what: "value", field: "status", typed: "", from: 7, to: 7 });
  assert.deepEqual(atCaret("a status:tr b", 11), { what: "value", field: "status", typed: "tr", from: 9, to: 11 });
  assert.deepEqual(atCaret('by:"min a', 9), { what: "value", field: "by", typed: "min a", from: 3, to: 9 });
  assert.deepEqual(atCaret("updated:>", 9), { what: "value", field: "updated", typed: "", from: 9, to: 9 });
  assert.deepEqual(atCaret("a b", 2), { what: "word", field: "", typed: "", from: 2, to: 2 });
  assert.equal(atCaret("status:tr", 3).to, 7);
});

test("values are quoted where they must be", () => {
  assert.equal(quoted("mina"), "mina");
  assert.equal(quoted("Mina Choi"), '"Mina Choi"');
  assert.equal(quoted('a "b"\\'), '"a \\"b\\"\\\\"');
  for (const value of ["AND", "or", "-a", "/a/", "a:b", ">1", "(x)", "1..2", ""]) assert.match(quoted(value), /^"/u, value);
  for (const value of ["mina", "Mina Choi", 'a "b"\\', "AND", "a:b", "안개", "{0}", "http://x"]) assert.equal(parse(`by:${quoted(value)}`).value, value);
});

test("choosing in the menu writes the filter", () => {
  assert.equal(toggled("", "status", "new"), "status:new");
  assert.equal(toggled("안개 status:new", "status", "translated"), "안개 (status:new OR status:translated)");
  assert.equal(toggled("(status:new OR status:translated) 안개", "status", "new"), "status:translated 안개");
  assert.equal(toggled("status:new", "status", "new"), "");
  assert.deepEqual(chosen("안개 (status:new OR status:done)", "status"), ["new", "done"]);
  assert.deepEqual(chosen("-status:new", "status"), []);
  assert.equal(choose("status:new a", "status", ["todo"]), "status:todo a");
  assert.equal(toggled("is:locked", "is", "changed", true), "is:locked is:changed");
  assert.equal(toggled("is:locked is:changed", "is", "locked", true), "is:changed");
  assert.equal(toggled("a OR b", "status", "new"), "(a OR b) status:new");
  assert.equal(toggled("(a", "status", "new"), "((a) status:new", "what cannot be read is kept");
});

test("how text is looked for is filter text too", () => {
  assert.deepEqual(searchOf("status:new salt fox"), { mode: "contains", fields: ["source", "target"], value: "salt fox" });
  assert.equal(searched("status:new salt fox", { mode: "exact" }), 'status:new text:="salt fox"');
  assert.equal(searched("salt fox", { mode: "excludes" }), '-"salt fox"');
  assert.equal(searched("a/b", { mode: "regex" }), "/a\\/b/i");
  assert.equal(searched("/Fox/", { fields: ["source"] }), "source:/Fox/");
  assert.equal(searched("salt fox", { fields: ["key"] }), "key:salt key:fox");
  assert.equal(searched("salt", { fields: ["source", "key"] }), "(source:salt OR key:salt)");
  assert.equal(searched("(source:salt OR key:salt)", { fields: ["source", "target"] }), "salt");
  assert.equal(searched('text:="salt fox"', { fields: ["source", "target", "key", "comment"] }), 'any:="salt fox"');
  assert.equal(searched("/a|b/", { mode: "contains" }), "a|b");
  assert.equal(searched("status:new", { mode: "exact" }), "status:new");
  for (const mode of ["contains", "exact", "excludes", "regex"]) {
    for (const fields of [["source"], ["source", "target"], ["key", "comment"], ["source", "target", "key", "comment"]]) {
      const search = { mode, fields: [...fields], value: "Salt 안개" };
      const found = searchOf(searchText(search));
      assert.deepEqual({ ...found, fields: [...found.fields].sort() }, { ...search, fields: [...fields].sort() }, searchText(search));
    }
  }
});

test("hits are the letters that were looked for", () => {
  const find = finderOf("fox OR 안개 -salt");
  assert.deepEqual(find("target", "Fox in a FOX hole, salt").map((mark) => [mark.from, mark.to]), [[0, 3], [9, 12]]);
  assert.deepEqual(find("source", "짙은 안개").map((mark) => [mark.from, mark.to]), [[3, 5]]);
  assert.equal(finderOf("status:new"), null);
  assert.equal(finderOf("-fox"), null);
  assert.deepEqual(finderOf("source:/a+/")("source", "baab").map((mark) => [mark.from, mark.to]), [[1, 3]]);
  assert.deepEqual(finderOf("source:a")("target", "a"), []);
  assert.deepEqual(finderOf("text:=ab")("source", "abab"), []);
  assert.equal(finderOf("/(?<=a{1,2}[/"), null);
  assert.deepEqual(finderOf("/x*/")("source", "axb").length, 1);
  assert.deepEqual(finderOf("ab bc")("source", "abc").map((mark) => [mark.from, mark.to]), [[0, 3]]);
  assert.deepEqual(finderOf("{0}")("source", "a {0}").map((mark) => [mark.from, mark.to]), [[2, 5]]);
});

test("an expression that runs away marks nothing and holds nothing up", () => {
  const text = "a".repeat(300) + "!";
  const began = performance.now();
  for (const source of ["(a+)+$", "(a|aa)*b", "a*a*a*a*b", "(?<=a*)b", "(a)\\1+b", ".*.*b"]) finderOf(`/${source}/`)?.("source", text);
  assert.ok(performance.now() - began < 1500);
  assert.deepEqual([finderOf("/Fox/")("source", "fox").length, finderOf("/Fox/i")("source", "fox").length], [0, 1]);
  assert.equal(finderOf("/(a+)+$/"), null);
  assert.equal(finderOf("/[)]+a/")("source", "))a").length, 1);
});

test("marks of two kinds lie over each other", () => {
  const term = [{ from: 0, to: 6, class: "term", title: "Harbor" }];
  assert.deepEqual(layered(term, [{ from: 2, to: 4, class: "hit" }]).map((mark) => [mark.from, mark.to, mark.class]), [[0, 2, "term"], [2, 4, "term hit"], [4, 6, "term"]]);
  assert.deepEqual(layered(term, []), term);
});

test("a row that leaves the filter by one's own edit is known", () => {
  const row = { status: "translated", source: "안개", target: "Fog", key: "Q1", comment: "", locked: false };
  const pass = (query) => matches(row, { query });
  assert.ok(pass("status:todo") && pass("fog") && pass("안개 -salt") && pass("key:=q1") && pass("is:locked OR status:translated"));
  assert.ok(!pass("status:new") && !pass("salt") && !pass("is:empty") && !pass("-fog") && !pass("target:=fo"));
  for (const query of ["check:placeholder", "by:mina", "updated:>2026-01-01", "/x/", "is:mine", "(a", "status:new OR by:mina"]) assert.ok(pass(query), query);
  assert.ok(!pass("by:mina status:new"));
  assert.equal(tidy({ query: "  ", sort: "position" }), null);
  assert.deepEqual(tidy({ query: " a ", sort: "key" }), { query: "a", sort: "key" });
});
