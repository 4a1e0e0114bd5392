import assert from "node:assert/strict";
import { test } from "node:test";
import { iconOf, treeSections } from "../../static/js/pages/explorer_data.js";
import { stateOf, stateWords, whyNotHere } from "../../static/js/pages/explorer_here_words.js";

test("an id says where a thing was born, the link how far it is here", () => {
  assert.equal(stateOf({ id: -5, kind: "file" }), "own");
  assert.equal(stateOf({ id: 5, kind: "folder" }), "");
  assert.equal(stateOf({ id: 5, kind: "folder", here: { subscribed: false } }), "");
  assert.equal(stateOf({ id: 5, kind: "folder", here: { subscribed: true } }), "subscribed");
  assert.equal(stateOf({ id: 5, away: true }), "away");
  assert.equal(stateOf({ id: 5, here: { state: "partial", whole: false } }), "partial");
  assert.equal(stateOf({ id: 5, here: { state: "current", whole: true } }), "current");
  assert.equal(stateOf({ id: 5, here: { state: "current", whole: true, subscribed: true } }), "subscribed");
  assert.equal(stateOf({ id: 5, here: { state: "missing", whole: true, subscribed: true } }), "missing");
  assert.ok(["own", "away", "partial", "current", "subscribed", "missing", "forbidden"].every((state) => stateWords(state)));
});

test("every refusal of a desktop has its reason, and roles keep theirs", () => {
  assert.match(whyNotHere({ kind: "file", id: 4 }, "rename"), /changed there/u);
  assert.match(whyNotHere({ kind: "folder", id: 4 }, "import"), /Offline Storage/u);
  assert.match(whyNotHere({ kind: "project", id: -1 }, "delete"), /stays/u);
  assert.match(whyNotHere({ kind: "project", id: -1 }, "manage_access"), /nobody else/u);
  assert.equal(whyNotHere({ kind: "file", id: 4 }, "review"), undefined);
  assert.equal(whyNotHere({ kind: "file", id: -4 }, "rename"), undefined);
});

test("the tree keeps this PC apart from the server", () => {
  const storage = { kind: "project", id: -1, name: "Offline Storage" };
  const platform = { kind: "platform", id: 3, name: "PC", projects: 2 };
  const both = treeSections({ platforms: [platform], projects: [storage], trash_count: 0 });
  assert.deepEqual(both.map((section) => section.nodes.map((node) => node.key)), [["platform:3"], ["project:-1"], ["trash:"]]);
  const online = treeSections({ platforms: [platform], projects: [], trash_count: 0 });
  assert.deepEqual(online.map((section) => section.nodes.map((node) => node.key)), [["platform:3"], ["trash:"]]);
  assert.equal(iconOf(storage), "pc");
});

test("the tree shows once what only the server has, in the order of names", () => {
  const here = { kind: "platform", id: 3, name: "PC", projects: 2 };
  const away = [{ kind: "platform", id: 4, name: "Console", away: true }, { ...here, away: true }, { kind: "project", id: 9, name: "Loose", away: true }];
  const [server] = treeSections({ platforms: [here], projects: [{ kind: "project", id: -1, name: "Offline Storage" }], trash_count: 0 }, away);
  assert.deepEqual(server.nodes.map((node) => [node.key, node.mark]), [["platform:4", "server"], ["platform:3", undefined], ["project:9", "server"]]);
});
