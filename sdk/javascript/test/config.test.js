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

test("missing members have their defaults", () => {
  const read = { max: 3, tone: "plain", limits: [], name: undefined, "a/b": false };
  assert.deepEqual(shape({ max: 3 }, ""), read);
  assert.deepEqual(shape({ ...read, tone: "warm", limits: [{ share: 0.5 }] }, "").limits, [{ share: 0.5 }]);
});

test("refuses unknown keys with their place", () => {
  refused({ max: 1, mxa: 2 }, "/mxa", "unknown key");
  refused({ max: 1, limits: [{ share: 1 }, { share: 1, "x/y": 0 }] }, "/limits/1/x~1y", "unknown key");
  refused(JSON.parse('{"max": 1, "__proto__": 2}'), "/__proto__", "unknown key");
  refused({ max: 1, constructor: 2 }, "/constructor", "unknown key");
});

test("refuses values that do not fit with their place", () => {
  refused({}, "/max", "the key is missing");
  refused({ max: "1" }, "/max", "a number was expected, but this is a string");
  refused({ max: 1.5 }, "/max", "1.5 is not a whole number");
  refused({ max: -1 }, "/max", "-1 is less than 0");
  refused({ max: 1, limits: [{ share: 2 }] }, "/limits/0/share", "2 is more than 1");
  refused({ max: 1, limits: {} }, "/limits", "a list was expected, but this is an object");
  refused({ max: 1, tone: "loud" }, "/tone", '"loud" is not one of "warm", "plain"');
  refused({ max: 1, name: null }, "/name", "a string was expected, but this is null");
  refused({ max: 1, "a/b": 0 }, "/a~1b", "true or false was expected, but this is a number");
  refused([], "", "an object was expected, but this is a list");
  refused(null, "", "an object was expected, but this is null");
});
