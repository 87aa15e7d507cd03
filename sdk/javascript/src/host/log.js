// Writes lines into the record of the run.

import { write as send } from "#boundary/log";

export function write(level, message) {
  send(level, String(message).toWellFormed());
}

export const debug = (message) => write("debug", message);
export const info = (message) => write("info", message);
export const warn = (message) => write("warn", message);
export const error = (message) => write("error", message);
