import assert from "node:assert/strict";
import { test } from "node:test";

import { Subject } from "tollgate-sdk";
import { given } from "tollgate-sdk/testing";
import claims from "../src/contract.js";

test("what is not in the table is a finding where it stands", () => {
  given({ tables: { claims: { best: "legal-2026-17" } } });
  const judge = claims.configured();
  const text = "😀 The best tea, Guaranteed!";
  const report = judge(Subject.ofText(text));
  assert.deepEqual(report.measures, { claims: 2 });
  const [finding, ...others] = report.findings;
  assert.deepEqual(others, []);
  assert.equal(finding.message, "`Guaranteed` is a claim that is not approved");
  assert.deepEqual(finding.at, [text.indexOf("Guaranteed"), text.indexOf("!")]);
});

test("the longest term counts, and whole words only", () => {
  given({ tables: { claims: {} } });
  const judge = claims.configured({ terms: ["best", "best choice"] });
  const found = judge(Subject.ofText("best choice, best choices, bestial")).findings;
  assert.deepEqual(found.map(({ at }) => at), [[0, 11], [13, 17]]);
});

test("without its table it cannot tell", () => {
  given();
  const judge = claims.configured();
  const message = "the table `claims` cannot be read: not granted";
  assert.throws(() => judge(Subject.ofText("the best")), { kind: "broken", message });
});

test("an empty term would stand everywhere", () => {
  const refused = { kind: "bad-config", pointer: "/terms/1", message: "a term is empty" };
  assert.throws(() => claims.configured({ terms: ["best", ""] }), refused);
});

test("it judges texts", () => {
  const judge = claims.configured();
  assert.throws(() => judge(Subject.ofJson("best")), { kind: "not-applicable", message: "it judges texts" });
});
