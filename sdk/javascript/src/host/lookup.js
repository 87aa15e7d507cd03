// Reads tables that the operator provides.

import * as tables from "#boundary/lookup";

// A table could not be read. `kind` is `not-granted` or `unavailable`.
export class LookupError extends Error {
  constructor(kind, detail) {
    super(kind === "not-granted" ? "not granted" : detail);
    this.name = "LookupError";
    this.kind = kind;
  }
}

export function get(table, key) {
  return answer(() => tables.get(table.toWellFormed(), key.toWellFormed())) ?? undefined;
}

export function containsAny(table, keys) {
  const wellFormed = keys.map((key) => key.toWellFormed());
  return answer(() => tables.containsAny(table.toWellFormed(), wellFormed));
}

// The boundary throws an error whose `payload` is the variant of `host.wit`.
function answer(ask) {
  try {
    return ask();
  } catch (error) {
    if (error?.payload === undefined) throw error;
    throw new LookupError(error.payload.tag, error.payload.val);
  }
}
