import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Delivery } from "../../static/js/components/grid/delivery.js";
import { RowWindows } from "../../static/js/components/grid/windows.js";
import { LiveSocket, socketAddress } from "../../static/js/core/socket.js";
import { ChangesCursor } from "../../static/js/pages/editor_cursor.js";
import { Held } from "../../static/js/pages/editor_lease.js";
import { linkState } from "../../static/js/pages/editor_link.js";
import { People } from "../../static/js/pages/editor_presence.js";

const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

// ---- the socket ----
/** A socket client whose lines are made by the test. */
function client(more = {}) {
  const lines = [];
  const frames = [];
  const states = [];
  const socket = new LiveSocket({
    url: "ws://here/", hello: () => ({ type: "join", since: 7 }), welcome: "joined", random: () => 1,
    onFrame: (frame) => frames.push(frame), onState: (state) => states.push(state),
    make: () => {
      const line = { sent: [], send: (text) => line.sent.push(JSON.parse(text)), close: () => line.onclose?.({ code: 1005 }) };
      line.say = (frame) => line.onmessage({ data: JSON.stringify(frame) });
      lines.push(line);
      return line;
    },
    ...more,
  });
  const join = () => {
    const line = lines[lines.length - 1];
    line.onopen();
    line.say({ type: "joined", revision: 7 });
    return line;
  };
  return { socket, lines, frames, states, join };
}

test("the first frame joins, and only then is the line open", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, lines, states } = client();
  socket.open();
  assert.equal(socket.send({ type: "at", row: 1 }), false);
  lines[0].onopen();
  assert.deepEqual(lines[0].sent, [{ type: "join", since: 7 }]);
  assert.deepEqual(states, ["connecting"]);
  lines[0].say({ type: "joined" });
  assert.equal(socket.send({ type: "at", row: 1 }), true);
  assert.deepEqual(states, ["connecting", "open"]);
  socket.close();
  assert.deepEqual(states.at(-1), "closed");
  mock.timers.tick(100_000);
  assert.equal(lines.length, 1, "who leaves stays away");
  mock.timers.reset();
});

test("a lost line is tried again after one to thirty seconds, each pause up to twice the one before", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, lines } = client();
  socket.open();
  const pauses = [];
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const before = lines.length;
    lines.at(-1).onclose({ code: 1006 });
    let waited = 0;
    while (lines.length === before) {
      mock.timers.tick(500);
      waited += 500;
    }
    pauses.push(waited);
  }
  assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  socket.close();
  mock.timers.reset();
});

test("the jitter is full: a pause may be anything below its bound", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, lines } = client({ random: () => 0.1 });
  socket.open();
  lines[0].onclose({ code: 1006 });
  mock.timers.tick(99);
  assert.equal(lines.length, 1);
  mock.timers.tick(1);
  assert.equal(lines.length, 2);
  socket.close();
  mock.timers.reset();
});

test("a server that lets us in and throws us out at once is not asked without pause", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, lines, join } = client();
  socket.open();
  for (const pause of [1000, 2000, 4000]) {
    join().onclose({ code: 4408 });
    const before = lines.length;
    mock.timers.tick(pause - 1);
    assert.equal(lines.length, before);
    mock.timers.tick(1);
    assert.equal(lines.length, before + 1);
  }
  join();
  mock.timers.tick(6000);
  lines.at(-1).onclose({ code: 1006 });
  mock.timers.tick(1000);
  assert.equal(socket.state, "connecting");
  socket.close();
  mock.timers.reset();
});

test("after a restart not everybody comes back in the same second", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, lines, join } = client();
  socket.open();
  join().onclose({ code: 1012 });
  mock.timers.tick(3999);
  assert.equal(lines.length, 1);
  mock.timers.tick(1);
  assert.equal(lines.length, 2);
  socket.close();
  mock.timers.reset();
});

test("who may not be here does not knock again until asked to", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  for (const code of [4401, 4404]) {
    const { socket, lines, join } = client();
    socket.open();
    join().onclose({ code });
    mock.timers.tick(200_000);
    assert.equal(lines.length, 1);
    assert.equal(socket.state, "refused");
    socket.hurry();
    assert.equal(lines.length, 2);
    socket.close();
  }
  mock.timers.reset();
});

test("silence is pinged, and a line that does not answer is given up", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, lines, join, frames } = client();
  socket.open();
  const line = join();
  mock.timers.tick(20_000);
  assert.deepEqual(line.sent.at(-1), { type: "ping" });
  line.say({ type: "pong" });
  mock.timers.tick(20_000);
  assert.equal(socket.state, "open");
  mock.timers.tick(10_000);
  assert.equal(socket.state, "waiting");
  assert.equal(frames.filter((frame) => frame.type === "pong").length, 0);
  mock.timers.tick(1000);
  assert.equal(lines.length, 2);
  line.onclose({ code: 1006 });
  assert.equal(socket.state, "connecting", "the old line's end is no news");
  socket.close();
  mock.timers.reset();
});

test("a line that opens and never lets us in counts as lost; broken frames are passed over", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, lines, frames } = client();
  socket.open();
  lines[0].onopen();
  for (const data of ["{", "null", "[]", '{"a":1}', '"x"']) lines[0].onmessage({ data });
  assert.deepEqual(frames, []);
  mock.timers.tick(10_000);
  assert.equal(socket.state, "waiting");
  assert.equal(socket.everOpen, false);
  socket.close();
  mock.timers.reset();
});

test("the socket is on the page's own host", () => {
  assert.equal(socketAddress(-3, { protocol: "https:", host: "l10n.example:8443" }), "wss://l10n.example:8443/ws/files/-3/");
  assert.equal(socketAddress(5, { protocol: "http:", host: "127.0.0.1:8000" }), "ws://127.0.0.1:8000/ws/files/5/");
});

// ---- the cursor ----
/** A file on a server: rows of {id, rev}, and a screen that follows it through a cursor. */
function followed({ limit = 3, fail = () => false } = {}) {
  const server = { revision: 1, rows: new Map([[1, 1], [2, 1], [3, 1], [4, 1]]) };
  const screen = new Map(server.rows);
  const changesSince = (since) => {
    const all = [...server.rows].filter(([, rev]) => rev > since).sort((a, b) => a[1] - b[1]).map(([id, rev]) => ({ id, rev }));
    // A page never splits one revision.
    const page = all.filter((row, at) => at < limit || row.rev === all[limit - 1].rev);
    const more = all.length > page.length;
    return { revision: more ? page.at(-1).rev : server.revision, rows: page, more };
  };
  const asked = [];
  const cursor = new ChangesCursor({
    since: 1,
    fetch: async (since) => {
      asked.push(since);
      const answer = changesSince(since);
      await settle();
      if (fail()) throw new Error("away");
      return answer;
    },
    apply: ({ rows }) => {
      for (const { id, rev } of rows) if (rev > screen.get(id)) screen.set(id, rev);
    },
    everything: async () => {
      const { revision } = server;
      for (const [id, rev] of server.rows) screen.set(id, rev);
      await settle();
      return revision;
    },
  });
  const edit = (...ids) => {
    server.revision += 1;
    for (const id of ids) server.rows.set(id, server.revision);
    return { from: server.revision, to: server.revision, rows: ids.map((id) => ({ id, rev: server.revision })) };
  };
  return { server, screen, cursor, edit, asked, same: () => assert.deepEqual([...screen], [...server.rows]) };
}

test("frames that join on move the screen without a question", () => {
  const { cursor, edit, asked, same } = followed();
  cursor.take(edit(1));
  cursor.take(edit(2, 3));
  same();
  assert.equal(cursor.since, 3);
  assert.deepEqual(asked, []);
});

test("a gap is fetched, an old frame is nothing", async () => {
  const { cursor, edit, asked, same } = followed();
  const lost = edit(1);
  cursor.take(edit(2));
  assert.equal(cursor.since, 1);
  await cursor.look();
  same();
  assert.equal(asked[0], 1);
  cursor.take(lost);
  assert.equal(cursor.since, 3);
});

test("a hint of a revision that nobody has is not asked for without end", async () => {
  const { cursor, asked } = followed();
  cursor.hint(99);
  await cursor.look();
  assert.ok(asked.length <= 3, String(asked.length));
});

test("very much at once is fetched as it is shown", async () => {
  const { cursor, edit, same, server, screen } = followed({ limit: 1 });
  for (let id = 10; id < 30; id += 1) {
    server.rows.set(id, 1);
    screen.set(id, 1);
    edit(id);
  }
  await cursor.look();
  same();
});

test("however many frames and answers are lost, the screen comes to the server's rows", async () => {
  let seed = 20261121;
  const chance = () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  for (let run = 0; run < 60; run += 1) {
    let lossy = true;
    const { cursor, edit, same } = followed({ limit: 2, fail: () => lossy && chance() < 0.3 });
    const late = [];
    for (let step = 0; step < 40; step += 1) {
      const frame = edit(...[1, 2, 3, 4].filter(() => chance() < 0.4));
      const luck = chance();
      if (luck < 0.3) cursor.take(frame);
      else if (luck < 0.5) late.push(frame);
      else if (luck < 0.6) cursor.hint(frame.to);
      if (chance() < 0.3 && late.length) cursor.take(late.pop());
      if (chance() < 0.3) cursor.look().catch(() => null);
      if (chance() < 0.5) await settle();
    }
    lossy = false;
    await cursor.look().catch(() => null);
    await cursor.look();
    same();
  }
});

// ---- windows and what comes meanwhile ----
test("an answer that is older than what came meanwhile does not bring the old text back", async () => {
  const answers = [];
  const rows = new RowWindows({ block: 2, onRows: () => {}, onError: assert.ifError, fetch: () => new Promise((resolve) => answers.push(resolve)) });
  rows.total = 2;
  rows.want(0, 2, 0);
  rows.put({ id: 1, rev: 9, target: "new" });
  answers[0]({ total: 2, revision: 5, start: 0, rows: [{ id: 1, rev: 5, n: 1, target: "old" }, { id: 2, rev: 5, n: 2, target: "b" }] });
  await settle();
  assert.equal(rows.at(0).target, "new");
  assert.equal(rows.at(0).n, 1);
  assert.equal(rows.newer.size, 0);
});

// ---- sending while the server is away ----
const away = Object.assign(new Error("away"), { isTemporary: true });

test("what could not be sent goes later, in the order it was made", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  let reachable = false;
  const sent = [];
  const told = [];
  const delivery = new Delivery((late) => told.push(late), () => 1);
  const send = (name) => delivery.send(async () => {
    await null;
    if (!reachable) throw away;
    sent.push(name);
    return name;
  });
  const all = [send("a"), send("b")];
  await settle();
  all.push(send("c"));
  await settle();
  assert.equal(told.at(-1), 3);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    mock.timers.tick(4000);
    await settle();
  }
  assert.deepEqual(sent, []);
  reachable = true;
  delivery.retry();
  await settle();
  all.push(send("d"));
  assert.deepEqual(await Promise.all(all), ["a", "b", "c", "d"]);
  assert.deepEqual(sent, ["a", "b", "c", "d"]);
  assert.equal(told.at(-1), 0);
  mock.timers.reset();
});

test("a refusal is an answer: it is not tried again and holds nobody up", async () => {
  const delivery = new Delivery(() => {}, () => 1);
  const no = Object.assign(new Error("no"), { isTemporary: false });
  await assert.rejects(delivery.send(async () => { throw no; }), no);
  assert.equal(await delivery.send(async () => 5), 5);
  assert.equal(delivery.late, 0);
});

test("an answer that takes long counts as not saved yet", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const told = [];
  const delivery = new Delivery((late) => told.push(late), () => 1);
  let answer;
  const work = delivery.send(() => new Promise((resolve) => (answer = resolve)));
  mock.timers.tick(3000);
  assert.deepEqual(told, []);
  mock.timers.tick(2000);
  assert.deepEqual(told, [1]);
  answer();
  await work;
  assert.deepEqual(told, [1, 0]);
  mock.timers.reset();
});

// ---- people and leases ----
const window_ = (connection, id, row = null) => ({ connection, id, name: `P${id}`, row });

test("a person with two windows is one person; oneself is nobody else", () => {
  const people = new People(1);
  const changed = people.reset([window_("a", 1, 5), window_("b", 2, 5), window_("c", 2, 6), window_("d", 3)]);
  assert.deepEqual(people.others.map((one) => [one.id, one.rows]), [[2, [5, 6]], [3, []]]);
  assert.deepEqual([...changed].sort(), [5, 6]);
  const before = people.onRows.get(6);
  assert.deepEqual([...people.change({ moved: [{ connection: "b", row: 7 }] })].sort(), [5, 7]);
  assert.equal(people.onRows.get(6), before, "what is the same is the same object: nothing is drawn again");
  assert.deepEqual([...people.change({ left: ["c", "nobody"] })], [6]);
  assert.deepEqual([...people.change({ joined: [window_("e", 3, 7)], left: ["d"] })], [7]);
  assert.deepEqual(people.onRows.get(7).map((one) => one.id), [2, 3]);
});

test("what others hold is known, one's own windows hold nothing against oneself", () => {
  const held = new Held(1);
  const lease = (row, id) => ({ row, id, name: `P${id}`, until: "" });
  assert.deepEqual([...held.reset([lease(5, 2), lease(6, 1)])], [5]);
  const before = held.rows.get(5);
  assert.deepEqual([...held.change({ taken: [lease(5, 2)] })], [], "a renewal changes nothing");
  assert.equal(held.rows.get(5), before);
  assert.deepEqual([...held.typed({ row: 5, id: 2, name: "P2", text: "abc" })], [5]);
  assert.equal(held.rows.get(5).text, "abc");
  assert.deepEqual([...held.change({ taken: [lease(7, 3)], released: [5] })], [5, 7]);
  assert.deepEqual([...held.typed({ row: 5, id: 2, name: "P2", text: "late" })], []);
  assert.deepEqual([...held.change({ taken: [lease(7, 1)] })], [7], "passed on to me");
  assert.equal(held.rows.size, 0);
});

test("the chip is quiet when all is well, and says the worst first", () => {
  const well = { late: 0, reached: true, state: "open", everOpen: true, failures: 0 };
  assert.equal(linkState(well), "");
  assert.equal(linkState({ ...well, state: "waiting" }), "reconnecting");
  assert.equal(linkState({ ...well, state: "waiting", reached: false }), "away");
  assert.equal(linkState({ ...well, state: "waiting", reached: false, late: 2 }), "late");
  assert.equal(linkState({ ...well, state: "connecting", everOpen: false, failures: 1 }), "");
  assert.equal(linkState({ ...well, state: "waiting", everOpen: false, failures: 3 }), "asking");
});
