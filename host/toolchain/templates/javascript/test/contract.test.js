import assert from "node:assert/strict";
import { test } from "node:test";

import { Subject } from "tollgate-sdk";
import shouting from "../src/contract.js";

test("every mark above the limit is a finding", () => {
  const judge = shouting.configured({ max: 1 });
  const report = judge(Subject.ofText("Hi! Now! Go!"));
  assert.equal(report.outcome, "fail");
  assert.equal(report.findings.length, 2);
});

test("unknown keys are refused", () => {
  assert.throws(() => shouting.configured({ max: 1, min: 0 }), { kind: "bad-config", pointer: "/min" });
});
