// The API for authors of contracts. It is documented in `index.d.ts`, where editors look for it.

export { contract, whole } from "./contract.js";
export { Subject } from "./subject.js";
export { critical, error, finding, info, pass, report, spanOf, unsure, warning } from "./report.js";
export { Refusal } from "./refusal.js";
export { pointer } from "./pointer.js";
export * as config from "./config.js";
export * as clock from "./host/clock.js";
export * as log from "./host/log.js";
export * as lookup from "./host/lookup.js";
export * as promptText from "./host/prompt-text.js";
