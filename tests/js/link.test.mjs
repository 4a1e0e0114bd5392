import assert from "node:assert/strict";
import { test } from "node:test";
import { conflictWords, byFile, noRowWords, sideOf, storyOf } from "../../static/js/pages/inbox_words.js";
import { hostOf } from "../../static/js/pages/link_chip_server.js";
import { chipState, chipWords, linkSentence } from "../../static/js/pages/link_chip_words.js";
import { mayLogIn, nextStep, PATIENCE_MS, serverWords, withProbe } from "../../static/js/pages/start_words.js";

const link = (more = {}) => ({
  server_url: "https://loc.example", mode: "auto", state: "online", pending: 0, sending: 0, quarantined: 0, conflicts: 0, last_sync: null, last_contact: null, clock_offset: 0, stuck: false,
  user: { id: 4, name: "Seo-yeon Han" }, ...more,
});

test("the chip says the most pressing thing, and how many edits stand behind it", () => {
  const cases = [
    [{}, "sent", "All sent"],
    [{ pending: 3 }, "saved", "Saved on this PC · 3 to send"],
    [{ pending: 12, sending: 12 }, "sending", "Sending 12…"],
    [{ state: "login", pending: 118 }, "login", "Log in to send 118"],
    [{ state: "login", user: null }, "login", "Log in"],
    [{ clock_offset: -240, pending: 2, sending: 2 }, "clock", "Clock is 4 min off"],
    [{ clock_offset: 59, pending: 1 }, "saved", "Saved on this PC · 1 to send"],
    [{ stuck: true, pending: 5 }, "stuck", "5 are not getting through"],
    [{ state: "unreachable" }, "offline", "Offline"],
    [{ state: "unreachable", pending: 2 }, "saved", "Saved on this PC · 2 to send"],
    [{ mode: "offline", state: "offline", clock_offset: 900 }, "offline", "Offline"],
    [{ mode: "offline", state: "login", pending: 1 }, "saved", "Saved on this PC · 1 to send"],
    [{ state: "too_old", pending: 4 }, "too_old", "Update needed · 4 to send"],
    [{ state: "certificate" }, "certificate", "Other certificate"],
    [{ state: "forbidden" }, "forbidden", "No access"],
    [{ quarantined: 2 }, "refused", "2 not accepted"],
    [{ pending: 1, quarantined: 2 }, "saved", "Saved on this PC · 1 to send"],
    [{ state: "connecting" }, "connecting", "Connecting…"],
    [{ server_url: "", state: "alone", user: null, pending: 1 }, "alone", "On this PC"],
  ];
  for (const [more, state, words] of cases) {
    assert.equal(chipState(link(more)), state, JSON.stringify(more));
    assert.equal(chipWords(link(more)).words, words, JSON.stringify(more));
  }
});

test("the times of the chip are those of the last sync and of the last answer", () => {
  const at = new Date(2020, 4, 3, 9, 41).toISOString();
  assert.match(chipWords(link({ last_sync: at })).words, /^All sent · .*2020/u);
  assert.match(chipWords(link({ state: "unreachable", last_contact: at })).words, /^Offline since .*2020/u);
});

test("every sentence says what was kept", () => {
  for (const state of ["unreachable", "login", "too_old", "certificate", "forbidden", "connecting", "online"]) {
    assert.match(linkSentence(link({ state, pending: 3 })), /3 edits are saved on this PC\.$/u, state);
  }
  assert.match(linkSentence(link({ clock_offset: 300 })), /5 min behind/u);
  assert.match(linkSentence(link({ clock_offset: -300 })), /5 min ahead/u);
});

test("a remembered login goes on by itself, with the server or without; a choice made by hand stands", () => {
  assert.equal(nextStep(link(), 0), "on");
  assert.equal(nextStep(link({ state: "unreachable" }), 0), "on");
  assert.equal(nextStep(link({ state: "connecting" }), 0), "wait");
  assert.equal(nextStep(link({ state: "connecting" }), PATIENCE_MS), "on");
  assert.equal(nextStep(link({ state: "login" }), 60_000), "stay");
  assert.equal(nextStep(link({ state: "certificate" }), 60_000), "stay");
  assert.equal(nextStep(link({ user: null }), 60_000), "stay");
  assert.equal(nextStep(link({ server_url: "", state: "alone", user: null }), 60_000), "stay");
  assert.equal(nextStep(link({ mode: "offline", user: null }), 0), "on");
});

test("nobody is asked for a password that could not be sent", () => {
  assert.equal(mayLogIn(link({ user: null, state: "login" })), true);
  for (const state of ["alone", "unreachable", "certificate", "too_old", "other"]) assert.equal(mayLogIn(link({ state })), false, state);
  assert.equal(serverWords(link({ server_url: "", state: "alone" })).name, "No server yet");
  assert.equal(serverWords(link()).name, "loc.example");
  assert.equal(hostOf("https://loc.example:8443/x"), "loc.example:8443");
  assert.equal(hostOf("loc"), "loc");
  assert.equal(hostOf(""), "The team's server");
});

test("without a login the probe says how the server is; with one the link knows better", () => {
  const out = link({ state: "login", user: null });
  assert.equal(withProbe(out, null).state, "connecting");
  assert.equal(withProbe(out, { state: "reachable", milliseconds: 14 }).state, "login");
  assert.match(serverWords(withProbe(out, { state: "reachable", milliseconds: 14 })).words, /14 ms/u);
  for (const state of ["unreachable", "certificate", "other"]) assert.equal(withProbe(out, { state, milliseconds: null }).state, state);
  assert.equal(withProbe(link(), { state: "unreachable", milliseconds: null }).state, "online");
  assert.equal(withProbe(link({ state: "login", mode: "offline" }), null).state, "login");
});

const conflict = (more = {}) => ({
  op: "a", file_id: 1, file_name: "main.xml", row_id: 7, key: "K", source: "종", base: "bell", kept: "theirs", kept_by: { id: 2, name: "Yoon" }, kept_at: "2026-11-21T10:05:00Z",
  lost: "mine", lost_by: { id: 1, name: "Seo" }, lost_at: "2026-11-21T10:00:00Z", reason: "concurrent", resolution: "", resolved_by: null, resolved_at: null, ...more,
});

test("mine and theirs are told by who looks", () => {
  assert.equal(sideOf(conflict(), 1), "lost");
  assert.equal(sideOf(conflict(), 2), "kept");
  assert.equal(sideOf(conflict(), 3), "");
  assert.equal(sideOf(conflict({ lost_by: null }), undefined), "");
  assert.deepEqual(conflictWords(conflict(), 1), { lost: "Mine", kept: "Theirs", keep: "Leave theirs", swap: "Swap: mine into the file" });
  assert.deepEqual(conflictWords(conflict(), 2), { lost: "Theirs", kept: "Mine", keep: "Leave mine", swap: "Swap: theirs into the file" });
  assert.deepEqual(conflictWords(conflict({ kept_by: null }), 3), { lost: "Seo", kept: "An import", keep: "Leave it as it is", swap: "Swap: the text of Seo into the file" });
});

test("the story goes by time and ends with the decision", () => {
  const words = storyOf(conflict({ resolution: "swapped", resolved_by: { id: 1, name: "Seo" }, resolved_at: "2026-11-21T11:00:00Z" }), 1).map((step) => step.words);
  assert.deepEqual(words.slice(0, 2), ["You edited the row.", "Yoon edited the row."]);
  assert.equal(words.at(-1), "You swapped.");
  assert.match(storyOf(conflict({ reason: "clock" }), 1)[2].words, /clocks/u);
  assert.notEqual(noRowWords(conflict({ reason: "gone" })), "");
  assert.equal(noRowWords(conflict()), "");
});

test("the list goes by file, in the order in which they come", () => {
  const files = byFile([conflict(), conflict({ op: "b", file_id: 2, file_name: "sea.xlsx" }), conflict({ op: "c" })]);
  assert.deepEqual(files.map((file) => [file.name, file.items.length]), [["main.xml", 2], ["sea.xlsx", 1]]);
});
