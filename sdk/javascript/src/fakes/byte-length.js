// Outside a sandbox. A lone surrogate counts as U+FFFD, which replaces it in a sandbox.

export function byteLength(text) {
  return new TextEncoder().encode(text).length;
}
