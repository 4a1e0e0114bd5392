import assert from "node:assert/strict";
import { test } from "node:test";
import { Saving } from "../../static/js/components/grid/saving.js";
import { Steps } from "../../static/js/components/grid/steps.js";

globalThis.document ??= /** @type {any} */ ({ querySelector: () => null, dispatchEvent: () => true });

/** A server of rows that answers when it is let, and the windows of a page. */
function scene() {
  const server = new Map([[1, { id: 1, n: 1, target: "one", status: "translated", rev: 1, text_rev: 1, edited_by: { id: 9, name: "Me" } }]]);
  const here = new Map([...server].map(([id, row]) => [id, { ...row }]));
  const gate = { held: [], closed: false };
  const log = [];
  const respond = (status, body) => ({ ok: status < 400, status, headers: new Headers(), text: async () => JSON.stringify(body) });
  globalThis.fetch = async (path, { method, body }) => {
    const id = Number(/rows\/(\d+)/u.exec(path)?.[1]);
    if (method === "GET") return respond(200, server.get(id));
    if (gate.closed) await new Promise((resolve) => gate.held.push(resolve));
    const row = server.get(id);
    const asked = JSON.parse(body);
    log.push(asked);
    if (gate.down) throw new TypeError("network");
    if (gate.leased) return respond(409, { error: { code: "leased", message: "held", details: { holder: { id: 2, name: "Min-a" } } } });
    if (asked.text_rev !== row.text_rev) return respond(409, { error: { code: "stale", message: "stale", details: { row } } });
    const next = { ...row, ...(asked.target !== undefined && { target: asked.target }), ...(asked.status && { status: asked.status }), rev: row.rev + 1, text_rev: row.text_rev + 1, edited_by: { id: 9, name: "Me" } };
    server.set(id, next);
    if (gate.answerLost) {
      gate.answerLost = false;
      throw new TypeError("network");
    }
    return respond(200, { row: next, file: { revision: next.rev, counts: {} } });
  };
  const refusals = [];
  const windows = { indexOf: (id) => (here.has(id) ? id : -1), at: (id) => here.get(id), put: (row) => here.set(row.id, row) };
  const saving = new Saving({ fileId: 1, userId: 9, windows, onRow: () => {}, onFile: () => {}, onRefused: (id, refusal) => refusals.push(refusal), onLate: () => {} });
  const theirs = (target) => server.set(1, { ...server.get(1), target, rev: server.get(1).rev + 1, text_rev: server.get(1).text_rev + 1, edited_by: { id: 2, name: "Min-a" } });
  return { server, here, gate, log, refusals, saving, theirs, row: () => here.get(1) };
}

test("undo right after a save waits for the save and takes it back", async () => {
  const { saving, gate, server, row } = scene();
  gate.closed = true;
  const save = saving.save(row(), { target: "two", status: "translated" });
  const undo = saving.step(-1);
  gate.closed = false;
  gate.held.forEach((go) => go());
  await save;
  assert.deepEqual(await undo, { id: 1 });
  assert.equal(server.get(1).target, "one");
  assert.equal(row().target, "one");
});

test("two undos in a row take back two edits, and redo brings both again", async () => {
  const { saving, server, row } = scene();
  await saving.save(row(), { target: "two" });
  await saving.save(row(), { target: "three", status: "confirmed" });
  await Promise.all([saving.step(-1), saving.step(-1)]);
  assert.equal(server.get(1).target, "one");
  assert.equal(await saving.step(-1), null);
  await Promise.all([saving.step(1), saving.step(1)]);
  assert.deepEqual([server.get(1).target, server.get(1).status], ["three", "confirmed"]);
  assert.equal(await saving.step(1), null);
});

test("undo never takes back somebody's later text: it asks", async () => {
  const { saving, server, row, theirs, refusals } = scene();
  await saving.save(row(), { target: "two" });
  theirs("theirs");
  await saving.step(-1);
  assert.equal(server.get(1).target, "theirs");
  assert.equal(refusals.length, 1);
  assert.deepEqual([refusals[0].mine, refusals[0].theirs.target], ["one", "theirs"]);
  assert.equal((await saving.keepMine(1)).target, "one");
});

test("nor a text of theirs that lies below an edit of mine", async () => {
  const { saving, server, row, here, theirs, refusals } = scene();
  await saving.save(row(), { target: "two" });
  theirs("theirs");
  here.set(1, server.get(1));
  await saving.save(row(), { target: "three" });
  await saving.step(-1);
  assert.equal(server.get(1).target, "theirs");
  await saving.step(-1);
  assert.equal(server.get(1).target, "theirs");
  assert.equal(refusals.length, 1);
});

test("an edit begun on my own unanswered text is not stale", async () => {
  const { saving, gate, server, row, refusals } = scene();
  gate.closed = true;
  const first = saving.save(row(), { target: "two" });
  const opened = row();
  gate.closed = false;
  gate.held.forEach((go) => go());
  await first;
  await saving.save(opened, { target: "three" });
  await saving.save(opened, { target: "four" });
  assert.equal(server.get(1).target, "four");
  assert.deepEqual(refusals, []);
});

test("but theirs in between makes it stale", async () => {
  const { saving, server, row, theirs, refusals } = scene();
  const opened = row();
  await saving.save(opened, { target: "two" });
  theirs("theirs");
  await saving.save(opened, { target: "three" });
  assert.equal(server.get(1).target, "theirs");
  assert.equal(refusals[0].theirs.target, "theirs");
});

test("saves wait while the server is away and go in order; a lost answer is no conflict", async () => {
  const { saving, gate, server, row, refusals, log } = scene();
  gate.down = true;
  const first = saving.save(row(), { target: "two" });
  const second = saving.save(row(), { target: "three", status: "confirmed" });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(saving.delivery.late, 1);
  assert.equal(row().target, "three", "what was typed stays in sight");
  gate.down = false;
  gate.answerLost = true;
  saving.delivery.retry();
  await new Promise((resolve) => setTimeout(resolve, 5));
  saving.delivery.retry();
  await Promise.all([first, second]);
  assert.deepEqual([server.get(1).target, server.get(1).status], ["three", "confirmed"]);
  assert.deepEqual(refusals, []);
  assert.equal(saving.delivery.late, 0);
  assert.ok(log.length >= 4);
});

test("a held row's refusal keeps nothing in the cell and leaves the step for later", async () => {
  const { saving, gate, row, refusals } = scene();
  await saving.save(row(), { target: "two" });
  gate.leased = true;
  assert.equal(await saving.save(row(), { target: "three" }), null);
  assert.equal(refusals[0].error.details.holder.name, "Min-a");
  assert.equal(saving.refused.size, 0);
  assert.equal(row().target, "two");
  await saving.step(-1);
  gate.leased = false;
  await saving.step(-1);
  assert.equal(row().target, "one");
});

test("steps outlive a reload, a damaged store is an empty one", () => {
  const store = new Map();
  const storage = { getItem: (name) => store.get(name) ?? null, setItem: (name, value) => store.set(name, value) };
  const steps = new Steps(storage, "s");
  const past = (target) => ({ target, status: "translated" });
  steps.brought(1, 7);
  steps.push({ id: 1, before: past("a"), after: past("b") });
  steps.push({ changeSet: 4, label: "Replaced" });
  const again = new Steps(storage, "s");
  assert.deepEqual(again.take(-1), { changeSet: 4, label: "Replaced" });
  assert.equal(again.mine.get(1), 7);
  for (const damaged of ["{", "[]", "null", '{"done":1}']) {
    store.set("s", damaged);
    assert.deepEqual(new Steps(storage, "s").done, []);
  }
});
