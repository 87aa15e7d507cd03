// The default export of an author's file: a contract that can be configured. Tests configure it as
// the host does, without WebAssembly.

import { object } from "./config.js";

const WITHOUT_CONFIG = object({});

export function contract({ config = WITHOUT_CONFIG, configure = (read) => read, judge, begin }) {
  if (typeof judge !== "function") throw new TypeError("a contract must have a function `judge`");
  return {
    streams: begin !== undefined,
    configured(values = {}) {
      const state = now(configure(config(values, "")), "configure");
      const configured = (subject) => now(judge(state, subject), "judge");
      if (begin) configured.begin = (subject) => now(begin(state, subject), "begin");
      return configured;
    },
  };
}

// Judges a whole text as one part. `judge` can call it, unless it can do better with the whole text.
export function whole(stream, text) {
  stream.push(text);
  return stream.finish();
}

// Rejects promises, whose results would be lost silently.
export function now(value, name) {
  if (typeof value?.then !== "function") return value;
  throw new TypeError(`\`${name}\` returned a promise, but nothing in a sandbox waits for one`);
}
