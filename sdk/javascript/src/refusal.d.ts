/**
 * Why a contract makes no report. Throw it: from `configure` when the configuration does
 * not fit, from `judge` when this subject cannot be judged.
 */
export class Refusal extends Error {
  private constructor();
  readonly kind: "bad-config" | "not-applicable" | "broken";
  /** Of `bad-config` alone: where (JSON Pointer). */
  readonly pointer?: string;

  /** The configuration does not fit: where (JSON Pointer), and why. */
  static badConfig(pointer: string, reason: string): Refusal;
  /** This contract does not judge subjects of this kind. */
  static notApplicable(reason: string): Refusal;
  /** Anything else. */
  static broken(reason: string): Refusal;
}
