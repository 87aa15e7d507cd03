// JSON Pointers (RFC 6901), built from keys and indices.

export function pointer(...steps) {
  return steps.map((step) => `/${escape(String(step))}`).join("");
}

function escape(key) {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
