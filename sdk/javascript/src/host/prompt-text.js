// Reads the text of the pinned prompt, for contracts that look for it in the output.

import { read as ask } from "#boundary/prompt-text";

export function read() {
  return ask() ?? undefined;
}
