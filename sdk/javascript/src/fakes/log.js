// Outside a sandbox: lines are kept for the test to look at.

import { state } from "./state.js";

export function write(level, message) {
  state.log.push({ level, message });
}
