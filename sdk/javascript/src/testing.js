// Fake host for unit tests, with the same names as `given` in `cases/*.json`.

import { reset, state } from "./fakes/state.js";

// Sets all answers of the host. Returns the list that receives the logged lines.
export function given({ clock = 0, promptText = null, tables = {} } = {}) {
  reset({ clock, promptText, tables });
  return { log: state.log };
}
