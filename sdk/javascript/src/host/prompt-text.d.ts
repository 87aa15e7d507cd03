/** Returns the text of the pinned prompt, or undefined if the gate pins none. */
export function read(): string | undefined;
