import type { Shape } from "./config.js";
import type { Finding, Report } from "./report.js";
import type { Subject } from "./subject.js";

/** What can be said of a text before it is complete. */
export interface Progress {
  /**
   * How much from the start is settled, as an index of the text so far: nothing that may
   * still come changes what is said of it. Never less than before.
   */
  settled: number;
  /** What was found since the last part. The report repeats all of it. */
  findings?: Finding[];
}

/**
 * One text that arrives in parts. Spans count from the start of the text, however it is cut,
 * and what is said of it never depends on the cuts.
 */
export interface Stream {
  /** More of the text. */
  push(part: string): Progress;
  /** The text is complete. The report is the one that `judge` gives of the whole of it. */
  finish(): Report;
}

/** What a contract's file exports by default. */
export interface Contract {
  /**
   * Configures it as the host does, and gives the function that judges. For tests: no
   * WebAssembly is needed. A configuration that does not fit throws a `Refusal`.
   */
  configured(config?: unknown): (subject: Subject) => Report;
}

/** A contract that can judge a text while it is being written. */
export interface StreamingContract extends Contract {
  /** The same, and `begin` of what it gives begins to judge a text. */
  configured(config?: unknown): {
    (subject: Subject): Report;
    begin(subject: Subject): Stream;
  };
}

/** A contract. Without a `config` it takes no configuration but an empty one. */
export function contract<C, S>(parts: {
  config: Shape<C>;
  /** Called once: compile patterns here. Every judgement starts from what it gives. */
  configure(config: C): S;
  judge(state: S, subject: Subject): Report;
  /** Begins to judge a text that is being written; the subject's own is empty. */
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
  /** The shape of the configuration. */
  config: Shape<C>;
  configure?: undefined;
  /** Judges one subject. */
  judge(config: C, subject: Subject): Report;
  begin?: undefined;
}): Contract;

/**
 * Judges a whole text in one part: what `judge` does, where there is nothing that it could do
 * better with all of the text before it.
 */
export function whole(stream: Stream, text: string): Report;
