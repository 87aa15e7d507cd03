// Explains what a sandbox lacks, where a ReferenceError would only name it.

const NOT_NODE = "a sandbox is not Node.js";
const NO_NETWORK = "a sandbox has no network";
const NO_WAITING = "nothing in a sandbox waits: call the function itself";
const REASONS = {
  console: "declare `log` under `[capabilities]` in contract.toml, and `console` writes into the record of the run",
  fetch: NO_NETWORK,
  XMLHttpRequest: NO_NETWORK,
  WebSocket: NO_NETWORK,
  setTimeout: NO_WAITING,
  setInterval: NO_WAITING,
  setImmediate: NO_WAITING,
  process: NOT_NODE,
  Buffer: NOT_NODE,
  require: NOT_NODE,
  TextEncoder: "a sandbox has no `TextEncoder`: places are indices of the string, and the SDK converts them to bytes",
  TextDecoder: "a sandbox has no `TextDecoder`: a subject is text already",
  Intl: "a sandbox has no `Intl`: it knows no locales",
  crypto: "a sandbox has no randomness and no `crypto`",
  Worker: "a sandbox has no threads",
};

const UNDEFINED = /^(?:'(\w+)'|(\w+)) is not defined$/;

// Returns a line of help for an error about a global that a sandbox does not have.
export function missingHelp(error) {
  if (!(error instanceof ReferenceError)) return undefined;
  const found = UNDEFINED.exec(error.message);
  const name = found?.[1] ?? found?.[2];
  return Object.hasOwn(REASONS, name ?? "") ? `  ${REASONS[name]}` : undefined;
}
