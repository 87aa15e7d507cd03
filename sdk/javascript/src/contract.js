// What the author exports by default: a contract that can be configured. Tests configure
// it as the host does, and need no WebAssembly for it.

import { object } from "./config.js";

const WITHOUT_CONFIG = object({});

export function contract({ config = WITHOUT_CONFIG, configure = (read) => read, judge }) {
  if (typeof judge !== "function") throw new TypeError("a contract has a function `judge`");
  return {
    configured(values = {}) {
      const state = now(configure(config(values, "")), "configure");
      return (subject) => now(judge(state, subject), "judge");
    },
  };
}

// A promise would be lost without a word, and what it was to say with it.
function now(value, name) {
  if (typeof value?.then !== "function") return value;
  throw new TypeError(`\`${name}\` gave a promise, and nothing in a sandbox waits for one`);
}
