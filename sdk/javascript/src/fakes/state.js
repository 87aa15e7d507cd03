// Answers of the fakes, set by `given` in `testing.js`.

export const state = { clock: 0, promptText: null, tables: {}, log: [] };

export function reset(answers) {
  Object.assign(state, answers, { log: [] });
}
