import assert from "node:assert/strict";
import { test } from "node:test";

import { config, contract, error, finding, pass, pointer, Refusal, report, spanOf, Subject, unsure, warning } from "tollgate-sdk";

const refusal = (kind, message) => ({ name: "Refusal", kind, message });

test("configures once and judges with the state", () => {
  let times = 0;
  const words = contract({
    config: config.object({ max: config.integer() }),
    configure: ({ max }) => ({ most: max, times: ++times }),
    judge: ({ most }, subject) => pass({ over: subject.text().split(" ").length - most }),
  });
  const judge = words.configured({ max: 1 });
  assert.deepEqual(judge(Subject.ofText("a b c")).measures, { over: 2 });
  assert.deepEqual(judge(Subject.ofText("a b")).measures, { over: 1 });
  assert.equal(times, 1);
  assert.throws(() => words.configured({ max: 1, min: 0 }), refusal("bad-config", "unknown key"));
});

test("a contract without a configuration accepts only an empty one", () => {
  const silent = contract({ judge: () => pass() });
  assert.deepEqual(silent.configured()(Subject.ofText("")), { outcome: "pass", findings: [], measures: {} });
  assert.throws(() => silent.configured({ max: 1 }), refusal("bad-config", "unknown key"));
});

test("rejects promises", () => {
  const later = contract({ judge: async () => pass() }).configured();
  assert.throws(() => later(Subject.ofText("")), /`judge` returned a promise/);
  const first = contract({ configure: async () => 1, judge: () => pass() });
  assert.throws(() => first.configured(), /`configure` returned a promise/);
});

test("rejects a contract without `judge`", () => {
  assert.throws(() => contract({ config: config.object({}) }), /a contract must have a function `judge`/);
});

test("an error or worse makes a report fail", () => {
  assert.equal(report([warning("tone", "shouting")]).outcome, "pass");
  assert.equal(report([warning("tone", "shouting"), error("tone", "insult")]).outcome, "fail");
  assert.equal(report([finding("critical", "tone", "threat")]).outcome, "fail");
  assert.equal(unsure([error("tone", "insult")], { n: 1 }).outcome, "unsure");
});

test("a finding has its details, and one place", () => {
  const match = "a 😀 b".match(/😀/u);
  assert.deepEqual(error("tone", "smile", { at: spanOf(match), fix: ":)", confidence: 0.5 }), {
    rule: "tone", severity: "error", message: "smile", at: [2, 4], fix: ":)", confidence: 0.5,
  });
  assert.throws(() => error("tone", "where?", { at: [0, 1], pointer: "" }), /one place/);
});

test("a pointer is built from steps", () => {
  assert.equal(pointer(), "");
  assert.equal(pointer("a/b", 3, "m~n"), "/a~1b/3/m~0n");
  assert.equal(pointer("") + pointer("~1"), "//~01");
});

test("refuses other kinds by name", () => {
  assert.equal(Subject.ofText("hi").text(), "hi");
  assert.deepEqual(Subject.ofAction("mail", [1]).json(), [1]);
  assert.deepEqual(Subject.ofAction("mail", { to: "x" }).action(), { tool: "mail", arguments: { to: "x" } });
  const words = "this contract judges a text, but the subject is a JSON document";
  assert.throws(() => Subject.ofJson({}).text(), refusal("not-applicable", words));
  assert.throws(() => Subject.ofText("").json(), refusal("not-applicable", "this contract judges JSON, but the subject is a text"));
  assert.throws(() => Subject.ofText("").action(), Refusal);
});

test("reads prompt and context", () => {
  const prompt = { name: "p", version: "1.0.0", digest: "sha256:0" };
  const subject = Subject.ofText("hi", { prompt, context: { model: "m" } });
  assert.deepEqual(subject.context, { model: "m" });
  assert.equal(subject.prompt, prompt);
  assert.deepEqual(Subject.ofText("hi").context, {});
});
