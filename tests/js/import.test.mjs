import assert from "node:assert/strict";
import { test } from "node:test";
import {
  columnLabel, columnRole, headerOf, isInSource, isMonolingual, proposeSource, withDelimiter, withEncoding, withHeader, withNewRule, withoutRule, withRole, withRule, withSheet,
} from "../../static/js/pages/import_model.js";

const column = (id, role = "", language = "") => ({ id, title: id, role, language });
const sheet = { name: "Items", columns: [column("A", "key"), column("B", "source", "ko"), column("C", "target", "en"), column("D")] };

test("a chosen role keeps what was found for the other columns", () => {
  const options = withRole(null, "xlsx", sheet, "D", "comment");
  assert.deepEqual(options.sheets.Items.columns, { A: { role: "key" }, B: { role: "source", language: "ko" }, C: { role: "target", language: "en" }, D: { role: "comment" } });
  assert.equal(options.sheets.Items.used, true);
});

test("there is one source: choosing another moves it", () => {
  const options = withRole(null, "xlsx", sheet, "D", "source", "ja");
  assert.equal(columnRole(options, "xlsx", "Items", sheet.columns[1]).role, "");
  assert.deepEqual(columnRole(options, "xlsx", "Items", sheet.columns[3]), { role: "source", language: "ja" });
});

test("targets may be several, and leaving a column takes it out", () => {
  let options = withRole(null, "xlsx", sheet, "D", "target", "ja");
  assert.equal(Object.values(options.sheets.Items.columns).filter((one) => one.role === "target").length, 2);
  options = withRole(options, "xlsx", sheet, "C", "");
  assert.equal("C" in options.sheets.Items.columns, false);
});

test("delimited text has its columns at the top, and short forms are read", () => {
  const table = { name: "talk.csv", columns: [column("0", "key"), column("1", "source")] };
  const options = withRole({ delimiter: ";", columns: { 0: "key", 1: "source" } }, "csv", table, "1", "target", "en");
  assert.deepEqual(options, { delimiter: ";", columns: { 0: { role: "key" }, 1: { role: "target", language: "en" } } });
  assert.equal(columnLabel("0"), "1");
  assert.equal(columnLabel("AB"), "AB");
});

test("options of the caller are never changed", () => {
  const given = Object.freeze({ sheets: Object.freeze({ Items: Object.freeze({ used: true }) }) });
  assert.equal(withSheet(given, "Items", false).sheets.Items.used, false);
  assert.equal(given.sheets.Items.used, true);
});

test("a heading goes with its row number; encoding and delimiter find the columns anew", () => {
  const headed = withHeader({ sheets: { Items: { used: true, header: true, header_row: 3 } } }, "xlsx", "Items", false);
  assert.deepEqual(headed.sheets.Items, { used: true, header: false });
  assert.equal(headerOf(headed, "xlsx", "Items"), false);
  assert.deepEqual(withEncoding({ encoding: "utf-8", columns: {}, header: true }, "cp949"), { encoding: "cp949", header: true });
  assert.deepEqual(withEncoding({ encoding: "utf-8" }, ""), {});
  assert.deepEqual(withDelimiter({ delimiter: ",", quote: '"', columns: {}, encoding: "utf-8" }, "|"), { delimiter: "|", encoding: "utf-8" });
});

test("XML rules are changed, added and removed one by one", () => {
  let options = { rules: [{ element: "String", target: "@Str", key: "@Id" }] };
  options = withRule(options, 0, "source", "@Origin");
  options = withRule(options, 0, "key", "");
  assert.deepEqual(options.rules[0], { element: "String", target: "@Str", source: "@Origin" });
  options = withNewRule(options, { name: "Item", columns: [{ ...column("@Id", "key") }, column("Name")] });
  assert.deepEqual(options.rules[1], { element: "Item", key: "@Id", target: "Name" });
  const guessed = withNewRule({}, { name: "Talk", columns: [column("@Id"), column("@Kind"), column("@Line")], rows: [["7", "a", "A long sentence"]] });
  assert.deepEqual(guessed.rules[0], { element: "Talk", key: "@Id", target: "@Line" });
  assert.deepEqual(withoutRule(options, 0).rules, [options.rules[1]]);
});

test("formats of one language take their source from another file", () => {
  assert.equal(isMonolingual("json", {}), true);
  assert.equal(isMonolingual("json", { fields: { source: "ko" } }), false);
  assert.equal(isMonolingual("xml", { rules: [{ element: "a", target: "@t" }] }), true);
  assert.equal(isMonolingual("xml", { rules: [{ element: "a", target: "@t", source: "@s" }] }), false);
  assert.equal(isMonolingual("xlsx", {}), false);
});

test("the source-language file is found by its name", () => {
  const all = ["ko.json", "en.json", "ui.properties", "ui_en.properties", "en/quest.json", "ko/quest.json", "other.json"];
  assert.equal(proposeSource("en.json", all, "ko", "en"), "ko.json");
  assert.equal(proposeSource("ui_en.properties", all, "ko", "en"), "ui.properties");
  assert.equal(proposeSource("en/quest.json", all, "ko", "en"), "ko/quest.json");
  assert.equal(proposeSource("other.json", all, "ko", "en"), null);
  assert.equal(proposeSource("ko.json", all, "ko", "en"), null);
  assert.equal(proposeSource("en.json", all, "", "en"), null);
  assert.equal(isInSource("lang/ko.json", "ko"), true);
  assert.equal(isInSource("lang/korean_quest.json", "ko"), false);
});
