// Outside a sandbox: the tables that the test has set. Others are not granted, with the same error
// as in a sandbox.

import { state } from "./state.js";

export function get(name, key) {
  const rows = table(name);
  return Object.hasOwn(rows, key) ? rows[key] : null;
}

export function containsAny(name, keys) {
  const rows = table(name);
  return keys.map((key) => Object.hasOwn(rows, key));
}

function table(name) {
  if (Object.hasOwn(state.tables, name)) return state.tables[name];
  throw Object.assign(new Error("not granted"), { payload: { tag: "not-granted", val: name } });
}
