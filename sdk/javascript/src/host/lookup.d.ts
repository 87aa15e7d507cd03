/** The value that stands beside a key, where there is one. */
export function get(table: string, key: string): string | undefined;
/** For each key, whether the table has it. */
export function containsAny(table: string, keys: readonly string[]): boolean[];

/** Why a table did not answer. */
export class LookupError extends Error {
  private constructor();
  readonly kind: "not-granted" | "unavailable";
}
