import assert from "node:assert/strict";
import { test } from "node:test";
import { codesOf, missingCodes, parse, sizeOf, spoken } from "../../static/js/components/textmark.js";

const shape = (text) => parse(text).map((part) => [part.type, part.raw]);

test("the parts put together are the text again", () => {
  const texts = ["", "plain", "{0}/{1}", "<PAColor0xffe9bd23>gold<PAOldColor>", "a<br/>b\\nc\nd\r\ne", "100% {x", "&desc; &lt;br/&gt;", "%1#% %s %1$d %%", "⟦1⟧⟦2⟧", "}{ <> \\", "\\\\n", "{a{b}c} {"];
  for (const text of texts) assert.equal(parse(text).map((part) => part.raw).join(""), text);
});

test("codes of every family are found whole", () => {
  assert.deepEqual(codesOf("{0} of %1#% and %s %1$d {StaticInfo:Buff:412#Bleed} <key:interact> &desc; \\t ⟦3⟧"), ["{0}", "%1#", "%s", "%1$d", "{StaticInfo:Buff:412#Bleed}", "<key:interact>", "&desc;", "\\t", "⟦3⟧"]);
});

test("a per cent sign in a sentence is no code", () => {
  assert.deepEqual(codesOf("10% increase, 100% of it, 5%."), []);
});

test("line ends are found however they are spelled", () => {
  assert.deepEqual(shape("a<br/>b<BR>c\\nd\ne&lt;br/&gt;f").filter(([type]) => type === "break").map(([, raw]) => raw), ["<br/>", "<BR>", "\\n", "\n", "&lt;br/&gt;"]);
});

test("an escaped backslash before n is not a line end", () => {
  assert.deepEqual(shape("C:\\\\new"), [["text", "C:"], ["code", "\\\\"], ["text", "new"]]);
});

test("colours open and close, escaped ones too", () => {
  const parts = parse("<PAColor0xFFE9BD23>a<PAOldColor>&lt;PAColor0x112233&gt;b");
  assert.deepEqual(parts.filter((part) => part.type === "open").map((part) => part.colour), ["e9bd23", "112233"]);
  assert.equal(parts[2].type, "close");
});

test("braces that never close are text, and inner braces belong to the outer", () => {
  assert.deepEqual(shape("{a"), [["text", "{a"]]);
  assert.deepEqual(shape("{n, plural, one {x} other {y}}"), [["code", "{n, plural, one {x} other {y}}"]]);
});

test("missing codes are counted, and words inside a link may differ", () => {
  assert.deepEqual(missingCodes("{0} {0} {1}", "{0}"), ["{0}", "{1}"]);
  assert.deepEqual(missingCodes("{StaticInfo:Buff:1#출혈}", "{StaticInfo:Buff:1#Bleed}"), []);
  assert.deepEqual(missingCodes("{StaticInfo:Buff:1#출혈}", "{StaticInfo:Buff:2#Bleed}"), ["{StaticInfo:Buff:1#출혈}"]);
});

test("codes have no length, line ends make lines", () => {
  assert.deepEqual(sizeOf("안개 {0}<br/>ab"), { characters: 5, lines: 2 });
});

test("hostile text takes linear time", () => {
  // Processor time, and growth instead of a bound: the machine may be busy with other things.
  const time = (text) => {
    const start = process.cpuUsage();
    parse(text);
    const spent = process.cpuUsage(start);
    return (spent.user + spent.system) / 1000;
  };
  const best = (text) => Math.min(time(text), time(text), time(text));
  for (const piece of ["{", "<", "&", "%", "\\", "<a", "{{}", "&lt;", "<PAColor0x", "⟦"]) {
    const [small, large] = [best(piece.repeat(5_000)), best(piece.repeat(80_000))];
    assert.ok(large < 100 + 80 * small, `${piece}: ${small} ms, then ${large} ms for sixteen times the text`);
  }
});

test("a text is spoken without its colours", () => {
  assert.equal(spoken("Find the <PAColor0xffe9bd23>Salt Fox<PAOldColor><br/>{0}"), "Find the Salt Fox {0}");
});
