import assert from "node:assert/strict";
import { test } from "node:test";
import { withSaved } from "../../static/js/components/records/columns.js";
import { KeysetPages } from "../../static/js/components/records/pages.js";
import { parseTokens } from "../../static/js/components/tokenfield.js";
import { compact, day } from "../../static/js/core/format.js";
import { fmtParts } from "../../static/js/core/i18n.js";
import { addressOf, openedBy, Places } from "../../static/js/pages/memory_data.js";

/** A server with `size` records whose cursor is the id of the last one. */
function server(size, { page = 100, most = 400, total = size } = {}) {
  const asked = [];
  const gone = new Set();
  const pages = new KeysetPages({
    page, most,
    fetch: async (cursor, limit) => {
      asked.push([cursor, limit]);
      const start = cursor ? Number(cursor) : 0;
      const results = [];
      let id = start;
      while (results.length < limit && id < size) {
        id += 1;
        if (!gone.has(id)) results.push({ id });
      }
      return { results, next: id < size ? String(id) : null, total };
    },
    onRows: () => {},
    onError: () => {},
  });
  return { pages, asked, gone };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

async function scrollTo(pages, index) {
  for (let round = 0; round < 2000; round += 1) {
    pages.want(Math.min(index, pages.total - 1), Math.min(index + 20, pages.total));
    await settled();
    if (pages.at(index)) return;
  }
  assert.fail("it never came");
}

test("pages come one after the other as one scrolls, and no more than are needed", async () => {
  const { pages, asked } = server(1000);
  assert.equal(pages.total, 100, "skeletons before the first answer");
  pages.want(0, 20);
  await settled();
  assert.equal(asked.length, 1);
  assert.equal(pages.known, 100);
  assert.equal(pages.total, 200, "a page of skeletons behind what was seen");
  assert.equal(pages.count, 1000);
  pages.want(60, 95);
  await settled();
  assert.deepEqual(asked.map(([cursor]) => cursor), ["", "100"]);
  await scrollTo(pages, 999);
  assert.equal(pages.isWhole, true);
  assert.equal(pages.total, 1000);
});

test("far pages are let go and come back by their cursor", async () => {
  const { pages, asked } = server(2000);
  await scrollTo(pages, 1500);
  assert.equal(pages.at(10), undefined);
  assert.equal(pages.indexOf(11), -1);
  const before = asked.length;
  await scrollTo(pages, 10);
  assert.equal(asked.length, before + 1);
  assert.deepEqual(asked[before], ["", 100]);
  assert.equal(pages.at(10).id, 11);
  assert.equal(pages.indexOf(11), 10);
  assert.ok([...pages].length <= 400);
});

test("a page that lost records elsewhere shows no record twice when it comes back", async () => {
  const { pages, gone } = server(2000);
  await scrollTo(pages, 1500);
  gone.add(3);
  gone.add(4);
  await scrollTo(pages, 0);
  const ids = [];
  for (let index = 0; index < 98; index += 1) ids.push(pages.at(index).id);
  assert.equal(new Set(ids).size, 98);
  assert.deepEqual(ids.slice(0, 4), [1, 2, 5, 6]);
});

test("what is taken out comes back where it was", async () => {
  const { pages } = server(300);
  await scrollTo(pages, 250);
  const taken = pages.take([5, 6, 101]);
  assert.equal(taken.length, 3);
  assert.equal(pages.count, 297);
  assert.equal(pages.at(4).id, 7);
  assert.equal(pages.indexOf(102), 98);
  pages.giveBack(taken);
  assert.equal(pages.count, 300);
  assert.deepEqual([pages.at(4).id, pages.at(5).id, pages.at(100).id], [5, 6, 101]);
});

test("a newer version of a record takes its place", async () => {
  const { pages } = server(50);
  await scrollTo(pages, 0);
  assert.equal(pages.put({ id: 7, target: "new" }), 6);
  assert.equal(pages.at(6).target, "new");
  assert.equal(pages.put({ id: 7000 }), -1);
});

test("another list forgets what is on its way", async () => {
  const { pages } = server(1000);
  pages.want(0, 20);
  pages.reset(3);
  await settled();
  assert.equal(pages.known, 0);
  assert.equal(pages.total, 3);
});

test("an error stops asking until it is tried again", async () => {
  let fails = true;
  const errors = [];
  const pages = new KeysetPages({
    page: 10,
    fetch: async () => {
      if (fails) throw new Error("down");
      return { results: [{ id: 1 }], next: null, total: 1 };
    },
    onRows: () => {},
    onError: (error) => errors.push(error.message),
  });
  pages.want(0, 5);
  await settled();
  pages.want(0, 5);
  await settled();
  assert.deepEqual(errors, ["down"]);
  assert.equal(pages.total, 0);
  fails = false;
  pages.again();
  await settled();
  assert.equal(pages.total, 1);
});

test("fields are told from plain text", () => {
  const known = ["author", "state"];
  assert.deepEqual(parseTokens("author:min-a 바다", known).tokens, { author: "min-a" });
  assert.equal(parseTokens("author:min-a 바다", known).text, "바다");
  assert.deepEqual(parseTokens('author:"Min-a Kim" state:confirmed x', known).tokens, { author: "Min-a Kim", state: "confirmed" });
  const wrong = parseTokens("owner:me sea", known);
  assert.deepEqual(wrong.unknown, ["owner"]);
  assert.equal(wrong.text, "owner:me sea");
  assert.deepEqual(parseTokens("http://a.b 10:30", known).unknown, []);
  for (const text of ["author:min-a foo:bar 바다", "  a  b ", 'x author:"a b', ""]) assert.equal(parseTokens(text, known).parts.map((part) => part.raw).join(""), text);
});

const place = (kind, id, parent = null, name = `${kind} ${id}`) => ({ kind, id, name, parent });
const memory = (id, scope, more = {}) => ({ id, kind: "memory", name: `M${id}`, entries: 1, active: true, priority: 100, penalty: 0, scope: scope || { kind: null, id: null }, ...more });
const tree = () => new Places({
  places: [place("platform", 1), place("project", 1, { kind: "platform", id: 1 }), place("folder", 1, { kind: "project", id: 1 }), place("folder", 2, { kind: "folder", id: 1 }), place("project", 9)],
  memories: [
    memory(1, { kind: "platform", id: 1 }), memory(2, { kind: "project", id: 1 }, { priority: 50 }), memory(3, { kind: "project", id: 1 }, { priority: 10 }), memory(4, { kind: "folder", id: 1 }),
    memory(5, { kind: "folder", id: 2 }, { active: false }), memory(6, null, { active: false }), memory(7, { kind: "folder", id: 2 }, { kind: "terms" }), memory(8, { kind: "project", id: 9 }),
  ],
});

test("a file asks the nearest first, then by priority, the active ones only", () => {
  const places = tree();
  assert.deepEqual(places.asked({ kind: "folder", id: 2 }).map((one) => one.id), [4, 3, 2, 1]);
  assert.deepEqual(places.asked({ kind: "folder", id: 2 }, "terms").map((one) => one.id), [7]);
  assert.deepEqual(places.asked({ kind: "project", id: 9 }).map((one) => one.id), [8]);
  places.put({ ...memory(5, { kind: "folder", id: 2 }), active: true });
  assert.equal(places.asked({ kind: "folder", id: 2 })[0].id, 5);
  places.put({ ...memory(4, { kind: "platform", id: 1 }), priority: 1 });
  assert.deepEqual(places.asked({ kind: "folder", id: 2 }).map((one) => one.id), [5, 3, 2, 4, 1]);
});

test("the way to a place goes through what it lies in", () => {
  assert.deepEqual(tree().pathTo({ kind: "folder", id: 2 }), ["platform:1", "project:1", "folder:1", "folder:2"]);
  assert.deepEqual(tree().pathTo({ kind: "folder", id: 77 }), []);
  assert.deepEqual(tree().placesBelow(null).map((one) => one.kind), ["platform", "project"]);
});

test("addresses name memories and places, below zero too", () => {
  for (const opened of [{ memory: 12, place: null }, { memory: -3, place: null }, { memory: null, place: { kind: "folder", id: -4 } }, { memory: null, place: null }]) {
    const [path, search = ""] = addressOf(opened).split("?");
    assert.deepEqual(openedBy(path, search), opened);
  }
  assert.deepEqual(openedBy("/memory/", "?place=file-1"), { memory: null, place: null });
});

test("counts are short and days have no time", () => {
  assert.deepEqual([812, 9120, 18204, 410000, 1250000].map(compact), ["812", "9,120", "18k", "410k", "1.2m"]);
  const now = new Date(2026, 10, 21, 12).getTime();
  assert.match(day(new Date(2026, 9, 30, 8).toISOString(), now), /30/u);
  assert.match(day(new Date(2025, 9, 30, 8).toISOString(), now), /2025/u);
});

test("sentences take nodes where values stand", () => {
  assert.deepEqual(fmtParts("A file in {place} asks {memories}.", { place: 1, memories: ["a", "b"] }), ["A file in ", 1, " asks ", ["a", "b"], "."]);
  assert.deepEqual(fmtParts("{unknown} stays", {}), ["", "{unknown}", " stays"]);
});

test("saved columns keep what is fixed and always there", () => {
  const given = [{ id: "mark", width: 36, shown: true, fixed: true }, { id: "source", width: 400, shown: true, flex: true, always: true }, { id: "key", width: 100, shown: true }, { id: "note", width: 100, shown: false }];
  const kept = withSaved(given, [{ id: "note", width: 9999, shown: true }, { id: "source", width: 500, shown: false }, { id: "lost", width: 1, shown: true }, { id: "mark", width: 1, shown: false }]);
  assert.deepEqual(kept.map((one) => one.id), ["mark", "note", "source", "key"]);
  assert.equal(kept[0].width, 36);
  assert.equal(kept[1].width, 640);
  assert.equal(kept[2].shown, true);
});
