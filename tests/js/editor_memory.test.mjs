import assert from "node:assert/strict";
import { test } from "node:test";
import { marksAt } from "../../static/js/components/textmark.js";
import { diff } from "../../static/js/components/worddiff.js";
import { Lookups } from "../../static/js/pages/editor_lookup.js";
import { factsOf, gatherTerms, lineOf, searchFor, termMarks, withEarlier } from "../../static/js/pages/editor_matches.js";

/** A server that answers when it is told to. */
function server() {
  const sent = [];
  const send = (path, body, { signal }) =>
    new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new DOMException("Aborted", "AbortError")));
      sent.push({ row: body.row, signal, answer: (more = {}) => resolve({ proposals: [], building: [], semantic_loading: [], row: body.row, ...more }) });
    });
  return { sent, lookups: new Lookups(1, send) };
}
const row = (id, source = `source ${id}`) => ({ id, source });

test("the newest question wins and calls the one before off", async () => {
  const { sent, lookups } = server();
  const first = lookups.ask(row(1));
  const second = lookups.ask(row(2));
  await assert.rejects(first, { name: "AbortError" });
  sent[1].answer();
  assert.equal((await second).row, 2);
  assert.equal(lookups.known(row(2)).row, 2);
  assert.equal(lookups.known(row(1)), null);
});

test("a row asked for ahead is not asked for twice", async () => {
  const { sent, lookups } = server();
  lookups.prefetch(row(2));
  lookups.prefetch(row(2));
  const answer = lookups.ask(row(2));
  assert.equal(lookups.ask(row(2)), answer);
  assert.equal(sent.length, 1);
  sent[0].answer();
  assert.equal((await answer).row, 2);
  assert.equal((await lookups.ask(row(2))).row, 2);
  assert.equal(sent.length, 1);
});

test("another source of the same row is another question", async () => {
  const { sent, lookups } = server();
  const answer = lookups.ask(row(1));
  sent[0].answer();
  await answer;
  assert.equal(lookups.known(row(1, "changed")), null);
});

test("what is still being built is asked for again, and after a change everything is", async () => {
  const { sent, lookups } = server();
  const half = lookups.ask(row(1));
  sent[0].answer({ building: [7] });
  await half;
  assert.equal(lookups.known(row(1)), null);
  const whole = lookups.ask(row(1));
  sent[1].answer();
  await whole;
  assert.ok(lookups.known(row(1)));
  const late = lookups.ask(row(2));
  lookups.forget();
  await assert.rejects(late, { name: "AbortError" });
  assert.equal(lookups.known(row(1)), null);
});

test("a match is compared with its line of the row", () => {
  for (const end of ["\n", "\\n", "<br/>", "<BR />", "&lt;br/&gt;"]) assert.equal(lineOf(`one${end}two${end}three`, 2), "two");
  assert.equal(lineOf("one", 4), "one");
});

test("terms with one source are one line: what to use and what not", () => {
  const hit = (source, target, use, start) => ({ source, target, use, note: "", start, end: start + source.length });
  const found = gatherTerms([hit("여우", "fox", "preferred", 0), hit("여우", "vixen", "admitted", 0), hit("여우", "dog", "forbidden", 0), hit("불", "light", "preferred", 4)]);
  assert.deepEqual(found.map(({ source, use, not }) => ({ source, use, not })), [{ source: "여우", use: ["fox", "vixen"], not: ["dog"] }, { source: "불", use: ["light"], not: [] }]);
});

test("places count code points, marks count UTF-16 units, the longest of overlapping ones stays", () => {
  assert.deepEqual(marksAt("😀ab", [{ start: 1, end: 2, class: "x" }]).map(({ from, to }) => [from, to]), [[2, 3]]);
  const terms = [{ use: ["a"], not: [], note: "", hits: [{ start: 0, end: 2 }] }, { use: ["b"], not: [], note: "", hits: [{ start: 0, end: 4 }, { start: 5, end: 6 }] }];
  assert.deepEqual(termMarks("항구거리의 불", terms).map(({ from, to }) => [from, to]), [[0, 4], [5, 6]]);
});

test("an entry is looked for by its longest plain words, else by its key", () => {
  assert.equal(searchFor({ key: "Q1", source: "{0}" }), "in:key Q1");
  assert.equal(searchFor({ key: "", source: "{0}통 <br/> 소금여우를 찾으세요 {1}" }), "소금여우를 찾으세요");
});

test("the facts of a match: what was done to it, how far it goes, whose it is", () => {
  const match = { kind: "repaired", line: { n: 2, of: 3 }, parts: { penalty: 4 }, confirmed: false, author: "Ji-ho", changed_at: new Date().toISOString() };
  assert.deepEqual(factsOf(match), ["adapted", "line 2 of 3", "penalty −4", "Ji-ho", "just now"]);
  assert.deepEqual(factsOf({ ...match, kind: "fuzzy", line: null, parts: null, confirmed: true, changed_at: null }), ["Ji-ho"]);
  const kindOf = (kind) => factsOf({ kind, line: null, parts: null, confirmed: true, author: "", changed_at: null });
  assert.deepEqual(["exact", "context", "fuzzy"].map(kindOf), [["exact"], ["same context"], []]);
});

test("CJK letters are compared one by one where a word is not one, codes as a whole", () => {
  assert.deepEqual(diff("海を見る", "海を聞く").map(({ type, text }) => [type, text]), [["same", "海を"], ["del", "見る"], ["ins", "聞く"]]);
  assert.deepEqual(diff("{10} 통", "{11} 통").map(({ type, text }) => [type, text]), [["del", "{10}"], ["ins", "{11}"], ["same", " 통"]]);
});

test("an earlier translation that is among the matches is named there, not listed twice", () => {
  const best = { entry_id: 1, target: "a", score: 99 };
  const other = { entry_id: 2, target: "b", score: 80 };
  const named = withEarlier({ proposals: [best, other], lines: [], earlier: { entry_id: 1, target: "a", kind: "earlier" } });
  assert.deepEqual(named, [{ ...best, isEarlier: true }, other]);
  const apart = withEarlier({ proposals: [other], lines: [], earlier: { entry_id: 1, target: "a", kind: "earlier" } });
  assert.deepEqual(apart.map((match) => match.entry_id), [2, 1]);
  assert.deepEqual(withEarlier({ proposals: [], lines: [], earlier: null }), []);
});
