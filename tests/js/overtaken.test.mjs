/** What the answer to an overtaken save asks of the conflict: whose text the row has now decides which way is a swap. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { resolutionOf } from "../../static/js/pages/editor_overtaken.js";

test("mine that lost comes back by a swap, mine that won by keeping", () => {
  assert.deepEqual(resolutionOf({ won: false, sent: "mine" }, true, "mine"), { resolution: "swapped" });
  assert.deepEqual(resolutionOf({ won: true, sent: "mine" }, true, "mine"), { resolution: "kept" });
});

test("theirs is the other way round, whatever was typed since", () => {
  assert.deepEqual(resolutionOf({ won: false, sent: "mine" }, false, "typed"), { resolution: "kept" });
  assert.deepEqual(resolutionOf({ won: true, sent: "mine" }, false, "mine"), { resolution: "swapped" });
});

test("what was typed over mine is a third text", () => {
  assert.deepEqual(resolutionOf({ won: false, sent: "mine" }, true, "better"), { resolution: "third", target: "better" });
});
