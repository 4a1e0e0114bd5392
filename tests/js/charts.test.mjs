import assert from "node:assert/strict";
import test from "node:test";

import { placeOn, runs } from "../../static/js/components/charts.js";

test("a day without look-ups breaks the line", () => {
  assert.deepEqual(runs([null, 10, 20, null, null, 30]), [[[1, 10], [2, 20]], [[5, 30]]]);
  assert.deepEqual(runs([]), []);
  assert.deepEqual(runs([null, null]), []);
});

test("a value lies on its step, what is longer than all on the last", () => {
  const steps = [{ from: 0, to: 1, n: 1 }, { from: 1, to: 3, n: 1 }, { from: 3, to: null, n: 0 }];
  assert.equal(placeOn(steps, 0), 0);
  assert.equal(placeOn(steps, 2), 1.5);
  assert.equal(placeOn(steps, 900), 2);
  assert.equal(placeOn(steps.slice(0, 2), 900), 2);
});
