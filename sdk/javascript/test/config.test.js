import assert from "node:assert/strict";
import { test } from "node:test";

import { config } from "tollgate-sdk";

const shape = config.object({
  max: config.integer({ min: 0 }),
  tone: config.optional(config.oneOf("warm", "plain"), "plain"),
  limits: config.optional(config.list(config.object({ share: config.number({ max: 1 }) })), []),
  name: config.optional(config.string()),
  "a/b": config.optional(config.boolean(), false),
});

const refused = (value, pointer, message) =>
  assert.throws(() => shape(value, ""), { kind: "bad-config", pointer, message });

test("what is left out is what was said instead", () => {
  const read = { max: 3, tone: "plain", limits: [], name: undefined, "a/b": false };
  assert.deepEqual(shape({ max: 3 }, ""), read);
  assert.deepEqual(shape({ ...read, tone: "warm", limits: [{ share: 0.5 }] }, "").limits, [{ share: 0.5 }]);
});

test("a key that is not known is refused by its place", () => {
  refused({ max: 1, mxa: 2 }, "/mxa", "there is no such key");
  refused({ max: 1, limits: [{ share: 1 }, { share: 1, "x/y": 0 }] }, "/limits/1/x~1y", "there is no such key");
  refused(JSON.parse('{"max": 1, "__proto__": 2}'), "/__proto__", "there is no such key");
  refused({ max: 1, constructor: 2 }, "/constructor", "there is no such key");
});

test("a value that does not fit is refused by its place", () => {
  refused({}, "/max", "it is missing");
  refused({ max: "1" }, "/max", "a string stands where a number is expected");
  refused({ max: 1.5 }, "/max", "1.5 is not a whole number");
  refused({ max: -1 }, "/max", "-1 is less than 0");
  refused({ max: 1, limits: [{ share: 2 }] }, "/limits/0/share", "2 is more than 1");
  refused({ max: 1, limits: {} }, "/limits", "an object stands where a list is expected");
  refused({ max: 1, tone: "loud" }, "/tone", '"loud" is none of "warm", "plain"');
  refused({ max: 1, name: null }, "/name", "null stands where a string is expected");
  refused({ max: 1, "a/b": 0 }, "/a~1b", "a number stands where true or false is expected");
  refused([], "", "a list stands where an object is expected");
  refused(null, "", "null stands where an object is expected");
});
