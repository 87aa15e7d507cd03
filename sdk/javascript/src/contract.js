// What the author exports by default: a contract that can be configured. Tests configure
// it as the host does, and need no WebAssembly for it.

import { object } from "./config.js";

const WITHOUT_CONFIG = object({});

export function contract({ config = WITHOUT_CONFIG, configure = (read) => read, judge, begin }) {
  if (typeof judge !== "function") throw new TypeError("a contract has a function `judge`");
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

// Judges a whole text in one part: what `judge` does, where there is nothing that it could do
// better with all of the text before it.
export function whole(stream, text) {
  stream.push(text);
  return stream.finish();
}

// A promise would be lost without a word, and what it was to say with it.
export function now(value, name) {
  if (typeof value?.then !== "function") return value;
  throw new TypeError(`\`${name}\` gave a promise, and nothing in a sandbox waits for one`);
}
