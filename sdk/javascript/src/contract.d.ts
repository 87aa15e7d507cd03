import type { Shape } from "./config.js";
import type { Report } from "./report.js";
import type { Subject } from "./subject.js";

/** What a contract's file exports by default. */
export interface Contract {
  /**
   * Configures it as the host does, and gives the function that judges. For tests: no
   * WebAssembly is needed. A configuration that does not fit throws a `Refusal`.
   */
  configured(config?: unknown): (subject: Subject) => Report;
}

/** A contract. Without a `config` it takes no configuration but an empty one. */
export function contract<C, S>(parts: {
  config: Shape<C>;
  /** Called once: compile patterns here. Every judgement starts from what it gives. */
  configure(config: C): S;
  judge(state: S, subject: Subject): Report;
}): Contract;
export function contract(parts: {
  config?: undefined;
  configure?: undefined;
  judge(config: {}, subject: Subject): Report;
}): Contract;
export function contract<C>(parts: {
  /** The shape of the configuration. */
  config: Shape<C>;
  configure?: undefined;
  /** Judges one subject. */
  judge(config: C, subject: Subject): Report;
}): Contract;
