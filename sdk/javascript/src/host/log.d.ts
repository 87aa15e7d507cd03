type Level = "debug" | "info" | "warn" | "error";

/** Writes a line into the record of the run. */
export function write(level: Level, message: string): void;
/** Writes a line for the author of the contract. */
export function debug(message: string): void;
/** Writes a line of information. */
export function info(message: string): void;
/** Writes a warning. */
export function warn(message: string): void;
/** Writes an error. */
export function error(message: string): void;
