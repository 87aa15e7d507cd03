import assert from "node:assert/strict";
import { test } from "node:test";

import { contract, report } from "tollgate-sdk";
import { given } from "tollgate-sdk/testing";
import { logConsole } from "../src/console.js";
import { guest } from "../src/guest.js";
import { missingHelp } from "../src/missing.js";

test("the console writes into the record of a judgement only", () => {
  const host = given();
  logConsole.log("while the program is loaded");
  const circular = {};
  circular.self = circular;
  const exports = guest(
    contract({
      judge() {
        logConsole.log("marks:", 3, { at: [1, 2] }, null, undefined);
        logConsole.warn(new TypeError("odd"));
        logConsole.debug(circular);
        return report();
      },
    }),
  );
  exports.configure("{}");
  assert.deepEqual(host.log, []);
  exports.judge({ content: { tag: "text", val: "a" }, prompt: null, context: "{}" });
  assert.deepEqual(host.log, [
    { level: "info", message: 'marks: 3 {"at":[1,2]} null undefined' },
    { level: "warn", message: "TypeError: odd" },
    { level: "debug", message: "[object Object]" },
  ]);
});

test("a missing global is explained", () => {
  assert.match(missingHelp(new ReferenceError("console is not defined")), /declare `log`/);
  assert.match(missingHelp(new ReferenceError("'fetch' is not defined")), /no network/);
  assert.equal(missingHelp(new ReferenceError("mine is not defined")), undefined);
  assert.equal(missingHelp(new ReferenceError("constructor is not defined")), undefined);
  assert.equal(missingHelp(new TypeError("console is not defined")), undefined);
  assert.equal(missingHelp(undefined), undefined);
});
