import assert from "node:assert/strict";
import { test } from "node:test";

import { clashOf, isModifier, keysOf, lettersOn, refusalOf, restoreKeys, setKeys, setLetters } from "../../static/js/core/keymap.js";

const confirm = { id: "row.confirm", label: "Confirm", group: "Row selected", keys: ["Ctrl+KeyS"] };
const inEditor = { id: "edit.confirm", label: "Confirm", group: "While editing", keys: ["Ctrl+KeyS"], typing: true };
const commands = { id: "app.commands", label: "Commands", group: "Anywhere", keys: ["Ctrl+KeyK"], typing: true, everywhere: true };
const all = [confirm, inEditor, commands];

test("a command answers to its own keys until the person gives it others", () => {
  assert.deepEqual(keysOf(confirm), ["Ctrl+KeyS"]);
  setKeys("row.confirm", ["F4"]);
  assert.deepEqual(keysOf(confirm), ["F4"]);
  setKeys("row.confirm", []);
  assert.deepEqual(keysOf(confirm), []);
  setKeys("row.confirm", null);
  assert.deepEqual(keysOf(confirm), ["Ctrl+KeyS"]);
});

test("all keys come back at once", () => {
  setKeys("row.confirm", ["F4"]);
  setKeys("app.commands", ["F9"]);
  restoreKeys();
  assert.deepEqual([keysOf(confirm), keysOf(commands)], [["Ctrl+KeyS"], ["Ctrl+KeyK"]]);
});

test("the same key on a chosen row and in the open editor is no clash; one of the whole page is", () => {
  assert.equal(clashOf(confirm, "Ctrl+KeyS", all), null);
  assert.equal(clashOf(confirm, "Ctrl+KeyK", all), commands);
  assert.equal(clashOf(commands, "Ctrl+KeyS", all), confirm);
  assert.equal(clashOf(commands, "Ctrl+KeyK", all), null);
});

test("keys of another person's choice count in clashes, and keys given away do not", () => {
  setKeys("app.commands", ["F9"]);
  assert.equal(clashOf(confirm, "F9", all), commands);
  assert.equal(clashOf(confirm, "Ctrl+KeyK", all), null);
  restoreKeys();
});

test("AltGr, the browser's own keys and bare letters in text fields are refused", () => {
  assert.equal(refusalOf(confirm, "Ctrl+Alt+KeyS"), "altgr");
  assert.equal(refusalOf(confirm, "Ctrl+KeyW"), "browser");
  assert.equal(refusalOf(inEditor, "KeyS"), "letter");
  assert.equal(refusalOf(inEditor, "Shift+Digit1"), "letter");
  assert.equal(refusalOf(inEditor, "Shift+F5"), null);
  assert.equal(refusalOf(confirm, "KeyS"), null);
});

test("a modifier alone is no key yet", () => {
  assert.equal(isModifier("Ctrl+ControlLeft"), true);
  assert.equal(isModifier("Ctrl+Shift+KeyS"), false);
});

test("letters without Ctrl can be switched off", () => {
  assert.equal(lettersOn(), true);
  setLetters(false);
  assert.equal(lettersOn(), false);
  setLetters(true);
});
