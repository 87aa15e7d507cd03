// From a contract to the exports of `wit/contract.wit`. `tollgate build` writes the one
// line that calls this; authors never do. Types of the boundary are plain objects with
// `tag` and `val`; a refusal is thrown as one, and every other exception stops the sandbox.

import { Refusal } from "./refusal.js";
import { inOwnFiles } from "./stack.js";
import { Subject } from "./subject.js";
import { byteSpans } from "./utf8.js";

globalThis.tollgateStack = (stack) => inOwnFiles(stack, globalThis.tollgateLines);

export function guest(contract) {
  if (typeof contract?.configured !== "function") {
    throw new TypeError("the default export is no contract: write `export default contract({ judge })`");
  }
  let judge;
  return {
    configure: (config) => refusing(() => void (judge = contract.configured(JSON.parse(config)))),
    judge: (given) => refusing(() => {
      const subject = read(given);
      return write(judge(subject), subject);
    }),
  };
}

function refusing(work) {
  try {
    return work();
  } catch (error) {
    throw error instanceof Refusal ? refusal(error) : error;
  }
}

function refusal({ kind, message, pointer }) {
  const reason = message.toWellFormed();
  const val = kind === "bad-config" ? { pointer: pointer.toWellFormed(), reason } : reason;
  return { tag: kind, val };
}

function read({ content, prompt, context }) {
  const about = { prompt: prompt ?? undefined, context };
  if (content.tag === "text") return new Subject({ kind: "text", text: content.val }, about);
  if (content.tag === "json") return new Subject({ kind: "json", json: content.val }, about);
  const { tool, arguments: json } = content.val;
  return new Subject({ kind: "action", tool, json }, about);
}

function write(report, subject) {
  const { outcome, findings, measures } = expected(report);
  const places = placesOf(findings, subject);
  return {
    outcome,
    findings: findings.map((finding, index) => writeFinding(finding, places[index])),
    measures: Object.entries(measures).map(([name, value]) => ({ name: name.toWellFormed(), value })),
  };
}

function expected(report) {
  if (Array.isArray(report?.findings)) return report;
  throw new TypeError("`judge` gave no report: return what `report(…)` gives");
}

function writeFinding({ rule, severity, message, fix, confidence }, place) {
  return {
    rule: rule.toWellFormed(),
    severity,
    message: message.toWellFormed(),
    place,
    fix: fix?.toWellFormed() ?? null,
    confidence: confidence ?? null,
  };
}

function placesOf(findings, subject) {
  const spans = findings.flatMap(({ at }) => (at ? [at] : []));
  const bytes = spans.length ? byteSpans(subject.text(), spans) : [];
  let next = 0;
  return findings.map(({ at, pointer }) => {
    if (at) return { tag: "span", val: bytes[next++] };
    return pointer === undefined ? { tag: "whole" } : { tag: "pointer", val: pointer.toWellFormed() };
  });
}
