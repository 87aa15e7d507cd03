/** Verdict on a subject. With `unsure`, a human decides. */
export type Outcome = "pass" | "fail" | "unsure";

/** Severity of a finding. With `error` or `critical`, the subject does not pass. */
export type Severity = "info" | "warning" | "error" | "critical";

/**
 * Start and end (excluded) as indices of the JavaScript string, as in `slice` and `match.index`.
 * The SDK converts them to bytes of UTF-8.
 */
export type Span = readonly [start: number, end: number];

/** Details of a finding. Without a place it applies to the whole subject. */
export interface Details {
  /** A part of the subject's text. */
  at?: Span;
  /** A place in the subject's JSON, as `pointer` builds it. */
  pointer?: string;
  /** Replacement for the place. */
  fix?: string;
  /** Confidence of the rule, from 0 to 1. */
  confidence?: number;
}

/** A finding. */
export interface Finding extends Details {
  rule: string;
  severity: Severity;
  message: string;
}

/** Numbers worth watching over time, by name. */
export type Measures = Readonly<Record<string, number>>;

/** Result of judging a subject. */
export interface Report {
  outcome: Outcome;
  findings: Finding[];
  measures: Measures;
}

/** Returns a finding of any severity. `contract.toml` must declare the rule. */
export function finding(
  severity: Severity,
  rule: string,
  message: string,
  details?: Details,
): Finding;
/** Returns a finding that is worth knowing and passes. */
export function info(rule: string, message: string, details?: Details): Finding;
/** Returns a finding that is worth changing and passes. */
export function warning(rule: string, message: string, details?: Details): Finding;
/** Returns a finding that must be changed and fails. */
export function error(rule: string, message: string, details?: Details): Finding;
/** Returns a finding that must never go out and fails. */
export function critical(rule: string, message: string, details?: Details): Finding;

/** Returns a report that fails if a finding is an `error` or worse, and passes if not. */
export function report(findings?: Finding[], measures?: Measures): Report;
/** Returns a pass without findings. */
export function pass(measures?: Measures): Report;
/** Returns the report of a contract that cannot decide, so that a human does. */
export function unsure(findings?: Finding[], measures?: Measures): Report;

/** Returns the span of a match of a regular expression. */
export function spanOf(match: RegExpMatchArray | RegExpExecArray): Span;
