/** Returns the value of a key, or undefined if the table does not have the key. */
export function get(table: string, key: string): string | undefined;
/** Returns for each key whether the table has it. */
export function containsAny(table: string, keys: readonly string[]): boolean[];

/** A table could not be read. */
export class LookupError extends Error {
  private constructor();
  readonly kind: "not-granted" | "unavailable";
}
