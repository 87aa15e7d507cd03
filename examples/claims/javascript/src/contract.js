// Finds claims that nobody has approved. Approved ones stand in a table of the operator's, by
// the claim in lower case, and that changes without this contract.

import { config, contract, error, lookup, pointer, Refusal, report, spanOf } from "tollgate-sdk";

const DEFAULT_TERMS = [
  "best",
  "cheapest",
  "guaranteed",
  "clinically proven",
  "risk-free",
  "number one",
  "100% safe",
  "fda approved",
];

const shape = config.object({
  table: config.optional(config.string(), "claims"),
  terms: config.optional(config.list(config.string()), DEFAULT_TERMS),
});

export default contract({
  config: shape,

  configure({ table, terms }) {
    const empty = terms.indexOf("");
    if (empty >= 0) throw Refusal.badConfig(pointer("terms", empty), "a term is empty");
    return { table, pattern: patternOf(terms) };
  },

  judge({ table, pattern }, subject) {
    if (subject.kind !== "text") throw Refusal.notApplicable("it judges texts");
    const claims = [...subject.text().matchAll(pattern)];
    const approved = new Map();
    for (const [claim] of claims) {
      const term = lowerCase(claim);
      if (!approved.has(term)) approved.set(term, isApproved(table, term));
    }
    const findings = claims
      .filter(([claim]) => !approved.get(lowerCase(claim)))
      .map((claim) => {
        const message = `\`${claim[0]}\` is a claim that is not approved`;
        return error("unapproved-claim", message, { at: spanOf(claim) });
      });
    return report(findings, { claims: claims.length });
  },
});

/** Whole words in either case of ASCII, the longest term first where several begin. */
function patternOf(terms) {
  const longestFirst = terms.toSorted((a, b) => b.length - a.length);
  const alternatives = longestFirst.map(inEitherCase).join("|") || "(?!)";
  return new RegExp(`(?<![A-Za-z0-9])(?:${alternatives})(?![A-Za-z0-9])`, "gu");
}

// The flag `i` would fold more than ASCII: with it, the Kelvin sign is a k.
function inEitherCase(term) {
  const letter = (character) => `[${character.toLowerCase()}${character.toUpperCase()}]`;
  const escape = (character) =>
    /[A-Za-z]/.test(character) ? letter(character) : character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
  return Array.from(term, escape).join("");
}

function lowerCase(claim) {
  return claim.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function isApproved(table, term) {
  try {
    return lookup.get(table, term) !== undefined;
  } catch (error) {
    if (!(error instanceof lookup.LookupError)) throw error;
    throw Refusal.broken(`the table \`${table}\` cannot be read: ${error.message}`);
  }
}
