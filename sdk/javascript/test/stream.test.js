import assert from "node:assert/strict";
import { test } from "node:test";

import { contract, error, pass, Refusal, report, Subject, whole } from "tollgate-sdk";
import { GrowingText } from "../src/growing-text.js";
import { guest, streamingGuest } from "../src/guest.js";

/** Finds every mark at once, and settles the text before the last blank. */
class Marks {
  #text = "";
  #found = [];

  push(part) {
    const from = this.#text.length;
    this.#text += part;
    const at = (index) => [from + index, from + index + 1];
    const findings = [...part.matchAll(/!/g)].map(({ index }) => error("r", "mark", { at: at(index) }));
    this.#found.push(...findings);
    return { settled: this.#text.lastIndexOf(" ") + 1, findings };
  }

  finish() {
    return report(this.#found, { length: this.#text.length });
  }
}

const marks = contract({
  judge: (_, subject) => whole(new Marks(), subject.text()),
  begin: () => new Marks(),
});

const subject = { content: { tag: "text", val: "" }, prompt: null, context: "{}" };

function begun(of) {
  const exports = streamingGuest(of);
  exports.configure("{}");
  exports.begin(subject);
  return exports;
}

const streaming = (stream) => begun(contract({ judge: () => pass(), begin: () => stream }));

test("tests begin streams as the host does", () => {
  const judge = marks.configured();
  const stream = judge.begin(Subject.ofText(""));
  assert.equal(stream.push("Hi! And").settled, 4);
  assert.deepEqual(stream.push(" so!").findings.map(({ at }) => at), [[10, 11]]);
  assert.deepEqual(stream.finish(), judge(Subject.ofText("Hi! And so!")));
});

test("converts places to bytes from the start, however the text is cut", () => {
  const text = "Grüß 😀! ä! 👩‍🚀 ok!";
  const utf8 = new TextEncoder();
  const span = (index) => utf8.encode(text.slice(0, index)).length;
  const expected = [...text.matchAll(/!/g)].map(({ index }) => ({ start: span(index), end: span(index) + 1 }));
  for (const length of [1, 2, 3, 5, 100]) {
    const characters = Array.from(text);
    const exports = begun(marks);
    const reported = [];
    let settled = 0;
    for (let at = 0; at < characters.length; at += length) {
      const progress = exports.push(characters.slice(at, at + length).join(""));
      assert.ok(progress.settled >= settled);
      settled = progress.settled;
      reported.push(...progress.findings);
    }
    const written = exports.finish();
    assert.equal(settled, span(text.lastIndexOf(" ") + 1));
    assert.deepEqual(reported.map(({ place }) => place.val), expected);
    assert.deepEqual(written.findings, reported);
    assert.deepEqual(written.measures, [{ name: "length", value: text.length }]);
  }
});

test("counts settled text once and still converts its places", () => {
  const text = new GrowingText();
  text.push("ä😀");
  assert.equal(text.settle(2), 2);
  assert.equal(text.settle(3), 6);
  text.push("ß!");
  assert.deepEqual(text.byteSpans([[4, 5]]), [{ start: 8, end: 9 }]);
  assert.deepEqual(text.byteSpans([[0, 1], [4, 5]]), [{ start: 0, end: 2 }, { start: 8, end: 9 }]);
  for (const index of [-1, 6]) assert.throws(() => text.settle(index), /settled -?\d of a text of length 5/);
});

test("findings are optional, and refusals are passed on", () => {
  assert.deepEqual(streaming({ push: () => ({ settled: 0 }), finish: () => pass() }).push(""), { settled: 0, findings: [] });
  const refuses = () => { throw Refusal.broken("no"); };
  const exports = streaming({ push: refuses, finish: refuses });
  for (const call of [() => exports.push(""), () => exports.finish()]) {
    assert.throws(call, (thrown) => thrown.tag === "broken" && thrown.val === "no");
  }
});

test("rejects what is not a stream", () => {
  const whole = contract({ judge: () => pass() });
  assert.throws(() => streamingGuest(whole), /`stream = true`, but the contract has no `begin`/);
  assert.throws(() => streamingGuest(undefined), /the default export is not a contract/);
  assert.deepEqual(Object.keys(guest(marks)), ["configure", "judge"]);
  assert.throws(() => streaming({ push: () => 1 }), /`begin` returned no stream/);
  const later = { push: async () => ({ settled: 0 }), finish: async () => pass() };
  assert.throws(() => streaming(later).push(""), /`push` returned a promise/);
  assert.throws(() => streaming(later).finish(), /`finish` returned a promise/);
  const nothing = { push: () => 0, finish: () => 0 };
  assert.throws(() => streaming(nothing).push(""), /`push` returned no progress/);
  assert.throws(() => streaming(nothing).finish(), /`finish` returned no report/);
});
