// JSON Pointers (RFC 6901) from the steps that lead to a place.

export function pointer(...steps) {
  return steps.map((step) => `/${escape(String(step))}`).join("");
}

function escape(key) {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
