import assert from "node:assert/strict";
import { test } from "node:test";

import { config, contract, error, info, pass, Refusal, report } from "tollgate-sdk";
import { guest } from "../src/guest.js";
import { inOwnFiles } from "../src/stack.js";

const subject = (content) => ({ content, prompt: null, context: "{}" });
const text = (val) => subject({ tag: "text", val });

function judged(judge, given) {
  const exports = guest(contract({ judge: (_, subject) => judge(subject) }));
  exports.configure("{}");
  return exports.judge(given);
}

function thrown(work) {
  try {
    work();
  } catch (error) {
    return error;
  }
  assert.fail("nothing was thrown");
}

test("converts places to bytes and missing details to null", () => {
  const findings = [info("r", "whole"), error("r", "end", { at: [3, 4], fix: "x", confidence: 1 }), info("r", "start", { at: [0, 1] })];
  const written = judged(() => report(findings, { n: 2 }), text("ä😀b"));
  assert.deepEqual(written, {
    outcome: "fail",
    findings: [
      { rule: "r", severity: "info", message: "whole", place: { tag: "whole" }, fix: null, confidence: null },
      { rule: "r", severity: "error", message: "end", place: { tag: "span", val: { start: 6, end: 7 } }, fix: "x", confidence: 1 },
      { rule: "r", severity: "info", message: "start", place: { tag: "span", val: { start: 0, end: 2 } }, fix: null, confidence: null },
    ],
    measures: [{ name: "n", value: 2 }],
  });
});

test("passes pointers on and replaces half characters", () => {
  const [finding] = judged(() => report([info("r", "a\ud800", { pointer: "/a" })]), subject({ tag: "json", val: "{}" })).findings;
  assert.deepEqual(finding.place, { tag: "pointer", val: "/a" });
  assert.equal(finding.message, "a\ufffd");
});

test("reads every kind of subject", () => {
  const prompt = { name: "p", version: "1.0.0", digest: "d" };
  const seen = [];
  const see = (subject) => (seen.push(subject), pass());
  judged(see, { content: { tag: "action", val: { tool: "mail", arguments: "[1]" } }, prompt, context: '{"a":1}' });
  assert.deepEqual(seen[0].action(), { tool: "mail", arguments: [1] });
  assert.deepEqual(seen[0].prompt, prompt);
  assert.deepEqual(seen[0].context, { a: 1 });
  judged(see, text("hi"));
  assert.equal(seen[1].prompt, undefined);
});

test("throws refusals as variants of the WIT", () => {
  const refusal = (error) => thrown(() => judged(() => { throw error; }, text("")));
  assert.deepEqual(refusal(Refusal.broken("no \ud800")), { tag: "broken", val: "no \ufffd" });
  assert.deepEqual(refusal(Refusal.notApplicable("no")), { tag: "not-applicable", val: "no" });
  assert.deepEqual(refusal(Refusal.badConfig("/a", "no")), { tag: "bad-config", val: { pointer: "/a", reason: "no" } });
  const shaped = guest(contract({ config: config.object({}), judge: () => pass() }));
  assert.deepEqual(thrown(() => shaped.configure('{"a":1}')), { tag: "bad-config", val: { pointer: "/a", reason: "unknown key" } });
});

test("does not turn defects into refusals", () => {
  assert.ok(thrown(() => judged(() => null.x, text(""))) instanceof TypeError);
  assert.match(thrown(() => judged(() => {}, text(""))).message, /returned no report/);
  assert.match(thrown(() => judged(() => report([info("r", "m", { at: [0, 9] })]), text(""))).message, /is not a span/);
  assert.match(thrown(() => guest(undefined)).message, /the default export is not a contract/);
});

test("maps stacks to the author's files", () => {
  const table = { files: ["tollgate-sdk/src/guest.js", "src/contract.ts"], runs: "3,0,10;7,1,1;9,1,20" };
  const stack = "    at f (contract:8:5)\n    at judge (contract:12:1)\n    at refusing (contract:4:2)\n    at map (native)\n";
  assert.equal(inOwnFiles(stack, table), "    at f (src/contract.ts:2)\n    at judge (src/contract.ts:23)\n    at map (native)");
  assert.equal(inOwnFiles("    at f (contract:2:5)\n", table), "    at f (contract:2:5)");
});
