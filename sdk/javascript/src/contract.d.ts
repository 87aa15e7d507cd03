import type { Shape } from "./config.js";
import type { Finding, Report } from "./report.js";
import type { Subject } from "./subject.js";

/** Progress after a part of the text. */
export interface Progress {
  /**
   * Index of the text so far up to which it is settled: later text cannot change the findings about
   * it. Never less than before.
   */
  settled: number;
  /** Findings since the last part. The report repeats all of them. */
  findings?: Finding[];
}

/**
 * Judgement of one text that arrives in parts. Spans count from the start of the text, and the
 * findings must not depend on how the text is cut.
 */
export interface Stream {
  /** Judges the next part of the text. */
  push(part: string): Progress;
  /** Ends the text. Must return the report that `judge` returns for the whole text. */
  finish(): Report;
}

/** Default export of a contract's file. */
export interface Contract {
  /**
   * Configures the contract as the host does, and returns the function that judges. For tests
   * without WebAssembly. Throws a `Refusal` if the configuration does not fit.
   */
  configured(config?: unknown): (subject: Subject) => Report;
}

/** A contract that can judge a text while it is being written. */
export interface StreamingContract extends Contract {
  /** Configures the contract. `begin` of the returned function begins to judge a text. */
  configured(config?: unknown): {
    (subject: Subject): Report;
    begin(subject: Subject): Stream;
  };
}

/** Makes a contract. Without a `config` it only accepts an empty configuration. */
export function contract<C, S>(parts: {
  config: Shape<C>;
  /** Called once, for expensive work such as compiling patterns. Returns the state for `judge`. */
  configure(config: C): S;
  judge(state: S, subject: Subject): Report;
  /** Begins to judge a text that is being written. The text of the subject is empty. */
  begin(state: S, subject: Subject): Stream;
}): StreamingContract;
export function contract<C, S>(parts: {
  config: Shape<C>;
  configure(config: C): S;
  judge(state: S, subject: Subject): Report;
  begin?: undefined;
}): Contract;
export function contract(parts: {
  config?: undefined;
  configure?: undefined;
  judge(config: {}, subject: Subject): Report;
  begin?: undefined;
}): Contract;
export function contract<C>(parts: {
  config: Shape<C>;
  configure?: undefined;
  judge(config: C, subject: Subject): Report;
  begin(config: C, subject: Subject): Stream;
}): StreamingContract;
export function contract<C>(parts: {
  /** Shape of the configuration. */
  config: Shape<C>;
  configure?: undefined;
  /** Judges one subject. */
  judge(config: C, subject: Subject): Report;
  begin?: undefined;
}): Contract;

/**
 * Judges a whole text as one part. `judge` can call it, unless it can do better with the whole
 * text.
 */
export function whole(stream: Stream, text: string): Report;
