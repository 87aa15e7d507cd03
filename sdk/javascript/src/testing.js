// For unit tests: what the host answers, in the words of `given` in `cases/*.json`.

import { reset, state } from "./fakes/state.js";

// From now on the host answers this and nothing else. What the contract logs is found
// in the list that comes back.
export function given({ clock = 0, promptText = null, tables = {} } = {}) {
  reset({ clock, promptText, tables });
  return { log: state.log };
}
