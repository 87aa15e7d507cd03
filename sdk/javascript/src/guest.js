// Adapts a contract to the exports of `contract.wit`. `tollgate build` generates the line that
// calls this; authors never do. Variants of the WIT are plain objects with `tag` and `val`. A
// refusal is thrown as such an object, and every other exception stops the sandbox.

import { now } from "./contract.js";
import { GrowingText } from "./growing-text.js";
import { beginJudging } from "./judging.js";
import { missingHelp } from "./missing.js";
import { Refusal } from "./refusal.js";
import { inOwnFiles } from "./stack.js";
import { Subject } from "./subject.js";
import { byteSpans } from "./utf8.js";

// Older runtimes pass no error.
globalThis.tollgateStack = (stack, error) => {
  const lines = inOwnFiles(stack, globalThis.tollgateLines);
  const help = missingHelp(error);
  return help ? `${help}\n${lines}` : lines;
};

export function guest(contract) {
  expected(contract);
  let judge;
  return {
    configure: (config) => refusing(() => void (judge = contract.configured(JSON.parse(config)))),
    judge: (given) => refusing(() => {
      beginJudging();
      const subject = read(given);
      return writeReport(judge(subject), "judge", (spans) => byteSpans(subject.text(), spans));
    }),
  };
}

// Adapts a contract that says `stream = true`. A sandbox judges one text, so there is one stream.
export function streamingGuest(contract) {
  if (!expected(contract).streams) {
    throw new TypeError("`contract.toml` says `stream = true`, but the contract has no `begin`");
  }
  let judge, stream, text;
  const configured = (config) => (judge = contract.configured(config));
  const bytes = (spans) => text.byteSpans(spans);
  return {
    ...guest({ configured }),
    begin: (given) => refusing(() => {
      beginJudging();
      stream = streamOf(judge.begin(read(given)));
      text = new GrowingText();
    }),
    push: (part) => refusing(() => {
      text.push(part);
      return writeProgress(now(stream.push(part), "push"), text, bytes);
    }),
    finish: () => refusing(() => writeReport(now(stream.finish(), "finish"), "finish", bytes)),
  };
}

function expected(contract) {
  if (typeof contract?.configured === "function") return contract;
  throw new TypeError("the default export is not a contract: write `export default contract({ judge })`");
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

function streamOf(stream) {
  const streams = [stream?.push, stream?.finish].every((method) => typeof method === "function");
  if (streams) return stream;
  throw new TypeError("`begin` returned no stream: return an object with `push` and `finish`");
}

function writeProgress(progress, text, bytes) {
  if (!Number.isInteger(progress?.settled)) {
    throw new TypeError("`push` returned no progress: return `{ settled, findings }`");
  }
  const findings = writeFindings(progress.findings ?? [], bytes);
  return { settled: text.settle(progress.settled), findings };
}

function writeReport(report, from, bytes) {
  if (!Array.isArray(report?.findings)) {
    throw new TypeError(`\`${from}\` returned no report: return the result of \`report(…)\``);
  }
  const { outcome, findings, measures } = report;
  return {
    outcome,
    findings: writeFindings(findings, bytes),
    measures: Object.entries(measures).map(([name, value]) => ({ name: name.toWellFormed(), value })),
  };
}

// Converts all spans together, so that the text is walked once.
function writeFindings(findings, bytes) {
  const spans = findings.flatMap(({ at }) => (at ? [at] : []));
  const counted = spans.length ? bytes(spans) : [];
  let next = 0;
  return findings.map((finding) => {
    return writeFinding(finding, finding.at ? { tag: "span", val: counted[next++] } : elsewhere(finding));
  });
}

function elsewhere({ pointer }) {
  return pointer === undefined ? { tag: "whole" } : { tag: "pointer", val: pointer.toWellFormed() };
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
