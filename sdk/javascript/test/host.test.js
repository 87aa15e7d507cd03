import assert from "node:assert/strict";
import { test } from "node:test";

import { clock, log, lookup, promptText } from "tollgate-sdk";
import { given } from "tollgate-sdk/testing";

test("answers what was given and nothing else", () => {
  given({ clock: 5, promptText: "Be kind.", tables: { claims: { best: "legal-17" } } });
  assert.equal(clock.now(), 5);
  assert.equal(promptText.read(), "Be kind.");
  assert.equal(lookup.get("claims", "best"), "legal-17");
  assert.equal(lookup.get("claims", "constructor"), undefined);
  assert.deepEqual(lookup.containsAny("claims", ["worst", "best"]), [false, true]);
  given();
  assert.equal(promptText.read(), undefined);
  const refused = { name: "LookupError", kind: "not-granted", message: "not granted" };
  assert.throws(() => lookup.get("claims", "best"), refused);
  assert.throws(() => lookup.containsAny("claims", []), refused);
});

test("stores logged lines for the test", () => {
  const host = given();
  log.info("one");
  log.error("half \ud800");
  assert.deepEqual(host.log, [
    { level: "info", message: "one" },
    { level: "error", message: "half \ufffd" },
  ]);
});
