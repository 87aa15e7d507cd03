type Level = "debug" | "info" | "warn" | "error";

/** A line for the run's record. */
export function write(level: Level, message: string): void;
/** For the author of the contract. */
export function debug(message: string): void;
/** Something worth knowing. */
export function info(message: string): void;
/** Something that looks wrong. */
export function warn(message: string): void;
/** Something that is wrong. */
export function error(message: string): void;
