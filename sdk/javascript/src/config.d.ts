/** Reads one value of a configuration, or refuses it with its place. */
export interface Shape<T> {
  (value: unknown, at: string): T;
}

/** A member that may be missing. */
export interface Optional<T> extends Shape<T> {
  optional: true;
}

/** Type that a shape reads: `type Config = config.Of<typeof shape>`. */
export type Of<S> = S extends Shape<infer T> ? T : never;

interface Bounds {
  min?: number;
  max?: number;
}

export function string(): Shape<string>;
export function boolean(): Shape<boolean>;
export function number(bounds?: Bounds): Shape<number>;
/** A whole number. */
export function integer(bounds?: Bounds): Shape<number>;
/** One of several strings. */
export function oneOf<const C extends string>(...choices: C[]): Shape<C>;
export function list<T>(item: Shape<T>): Shape<T[]>;
/** A member that may be missing, with its default. */
export function optional<T>(shape: Shape<T>, fallback: T): Optional<T>;
export function optional<T>(shape: Shape<T>): Optional<T | undefined>;
/** These members and no others. */
export function object<M extends Record<string, Shape<unknown>>>(
  members: M,
): Shape<{ [K in keyof M]: Of<M[K]> }>;
