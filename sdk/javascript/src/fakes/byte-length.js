// Outside a sandbox. A lone surrogate becomes U+FFFD on its way to the host, and counts as
// that here too.

export function byteLength(text) {
  return new TextEncoder().encode(text).length;
}
