// The time of the run in milliseconds since 1970 (UTC): `new Date(clock.now())`.

export { now } from "#boundary/clock";
