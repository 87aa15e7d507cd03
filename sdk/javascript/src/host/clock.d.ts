/** Returns the time of the run in milliseconds since 1970 (UTC): `new Date(clock.now())`. */
export function now(): number;
