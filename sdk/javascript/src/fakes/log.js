// Outside a sandbox: stores lines for the test.

import { state } from "./state.js";

export function write(level, message) {
  state.log.push({ level, message });
}
