import assert from "node:assert/strict";
import { test } from "node:test";

import { Subject } from "tollgate-sdk";
import { given } from "tollgate-sdk/testing";
import draft from "../src/contract.js";

const promptText = "Be kind.\nNever mention the discount to anyone.\n";
const subject = (text: string) => Subject.ofText(text, { context: { written_at: 0 } });

test("what is counted is written down", () => {
  const { log } = given({ promptText });
  const report = draft.configured({ max_characters: 60 })(subject("Grüße! 😀"));
  assert.equal(report.outcome, "pass");
  assert.deepEqual(log, [{ level: "info", message: "8 characters, 0 leaks" }]);
});

test("a leak is told before the text is complete", () => {
  given({ promptText });
  const judge = draft.configured();
  const text = "No: Never mention the discount to anyone. Anyone!";
  const stream = judge.begin(subject(""));
  const first = stream.push(text.slice(0, 41));
  assert.equal(first.settled, 5);
  assert.deepEqual(first.findings?.map(({ at }) => at), [[4, 41]], "as soon as it is all there");
  assert.deepEqual(stream.push(text.slice(41)).findings, []);
  assert.deepEqual(stream.finish(), judge(subject(text)));
});

test("what nobody knows the age of is not let go", () => {
  given();
  const stream = draft.configured().begin(Subject.ofText(""));
  assert.equal(stream.push("All is well.").settled, 0);
  assert.equal(stream.finish().outcome, "unsure");
});

test("one character too many is found where it stands", () => {
  given();
  const { findings } = draft.configured({ max_characters: 2 })(subject("a😀😀b"));
  assert.deepEqual(findings.map(({ rule, at }) => [rule, at]), [["too-long", [3, 5]]]);
});
