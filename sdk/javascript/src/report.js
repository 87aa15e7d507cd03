// Reports and findings. They are plain objects, so that tests can compare them. Spans are indices of
// the JavaScript string; the boundary converts them to bytes of UTF-8.

export function finding(severity, rule, message, details = {}) {
  if (details.at && details.pointer !== undefined) {
    throw new TypeError("a finding has one place: `at` for a text, or `pointer` for JSON");
  }
  return { rule, severity, message, ...details };
}

export const info = finding.bind(undefined, "info");
export const warning = finding.bind(undefined, "warning");
export const error = finding.bind(undefined, "error");
export const critical = finding.bind(undefined, "critical");

export function report(findings = [], measures = {}) {
  const fails = ({ severity }) => severity === "error" || severity === "critical";
  return { outcome: findings.some(fails) ? "fail" : "pass", findings, measures };
}

export function pass(measures = {}) {
  return report([], measures);
}

export function unsure(findings = [], measures = {}) {
  return { outcome: "unsure", findings, measures };
}

export function spanOf(match) {
  return [match.index, match.index + match[0].length];
}
