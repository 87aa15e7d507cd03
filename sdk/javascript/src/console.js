// A `console` whose lines go into the record of the run. While the contract is configured, they go nowhere.

import { write } from "./host/log.js";
import { isJudging } from "./judging.js";

const LEVELS = {
  debug: "debug",
  trace: "debug",
  log: "info",
  info: "info",
  dir: "info",
  warn: "warn",
  error: "error",
};

export const logConsole = Object.fromEntries(
  Object.entries(LEVELS).map(([method, level]) => [method, (...values) => writeValues(level, values)]),
);

function writeValues(level, values) {
  if (isJudging()) write(level, values.map(shown).join(" "));
}

function shown(value) {
  if (typeof value !== "object" || value === null || value instanceof Error) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // It contains itself, or a `bigint`.
    return String(value);
  }
}
