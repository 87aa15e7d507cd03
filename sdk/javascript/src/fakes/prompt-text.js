// Outside a sandbox: the prompt that the test has set.

import { state } from "./state.js";

export function read() {
  return state.promptText;
}
