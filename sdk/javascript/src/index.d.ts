// The API for authors of contracts.

export {
  contract,
  whole,
  type Contract,
  type Progress,
  type Stream,
  type StreamingContract,
} from "./contract.js";
export { Subject, type Action, type Json, type Prompt } from "./subject.js";
export {
  critical,
  error,
  finding,
  info,
  pass,
  report,
  spanOf,
  unsure,
  warning,
  type Details,
  type Finding,
  type Measures,
  type Outcome,
  type Report,
  type Severity,
  type Span,
} from "./report.js";
export { Refusal } from "./refusal.js";
export { pointer } from "./pointer.js";
export * as config from "./config.js";
export * as clock from "./host/clock.js";
export * as log from "./host/log.js";
export * as lookup from "./host/lookup.js";
export * as promptText from "./host/prompt-text.js";
