/**
 * Reason why a contract makes no report. Throw it from `configure` if the configuration does not
 * fit, or from `judge` if the subject cannot be judged.
 */
export class Refusal extends Error {
  private constructor();
  readonly kind: "bad-config" | "not-applicable" | "broken";
  /** JSON Pointer into the configuration. Only set for `bad-config`. */
  readonly pointer?: string;

  /** Returns the refusal of a configuration, with a JSON Pointer and the reason. */
  static badConfig(pointer: string, reason: string): Refusal;
  /** Returns the refusal of a subject whose kind the contract does not judge. */
  static notApplicable(reason: string): Refusal;
  /** Returns the refusal for any other reason. */
  static broken(reason: string): Refusal;
}
