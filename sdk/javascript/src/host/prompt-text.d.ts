/** The text of the pinned prompt, where there is one. */
export function read(): string | undefined;
