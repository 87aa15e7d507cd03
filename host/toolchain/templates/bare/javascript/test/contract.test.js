import assert from "node:assert/strict";
import { test } from "node:test";

import { Subject } from "tollgate-sdk";
import contract from "../src/contract.js";

test("a text passes", () => {
  const report = contract.configured({})(Subject.ofText("Your order is on its way."));
  assert.equal(report.outcome, "pass");
});
