// What the fakes answer; `given` in `testing.js` sets it.

export const state = { clock: 0, promptText: null, tables: {}, log: [] };

export function reset(answers) {
  Object.assign(state, answers, { log: [] });
}
