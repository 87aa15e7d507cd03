/** A contract that cannot tell says `unsure`, and a human looks. */
export type Outcome = "pass" | "fail" | "unsure";

/** With `error` and `critical`, a subject does not pass. */
export type Severity = "info" | "warning" | "error" | "critical";

/**
 * Where it starts and where it ends, as indices of the JavaScript string, end excluded:
 * what `slice` takes and `match.index` gives. They become UTF-8 bytes on their way out.
 */
export type Span = readonly [start: number, end: number];

/** Where a finding applies, and what could be done. Without a place it is the whole. */
export interface Details {
  /** A part of the subject's text. */
  at?: Span;
  /** A place in the subject's JSON, as `pointer` builds it. */
  pointer?: string;
  /** What could stand there instead. */
  fix?: string;
  /** How sure the rule is, from 0 to 1. */
  confidence?: number;
}

/** One reason. */
export interface Finding extends Details {
  rule: string;
  severity: Severity;
  message: string;
}

/** Numbers worth watching over time, by name. */
export type Measures = Readonly<Record<string, number>>;

/** What a contract says of a subject. */
export interface Report {
  outcome: Outcome;
  findings: Finding[];
  measures: Measures;
}

/** One reason, with a severity that is computed. `rule` stands in `contract.toml`. */
export function finding(
  severity: Severity,
  rule: string,
  message: string,
  details?: Details,
): Finding;
/** Worth knowing; passes. */
export function info(rule: string, message: string, details?: Details): Finding;
/** Worth changing; passes. */
export function warning(rule: string, message: string, details?: Details): Finding;
/** Must change; fails. */
export function error(rule: string, message: string, details?: Details): Finding;
/** Must never go out; fails. */
export function critical(rule: string, message: string, details?: Details): Finding;

/** Fails when a finding is an `error` or worse, passes otherwise. */
export function report(findings?: Finding[], measures?: Measures): Report;
/** Nothing to say. */
export function pass(measures?: Measures): Report;
/** This contract cannot tell; a human looks. */
export function unsure(findings?: Finding[], measures?: Measures): Report;

/** The span of what a regular expression has found. */
export function spanOf(match: RegExpMatchArray | RegExpExecArray): Span;
