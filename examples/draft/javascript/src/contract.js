// Watches a draft while it is being written: it may have so many characters, no line of its
// prompt may stand in it, and it must not be too old.

import {
  clock, config, contract, critical, error, info, log, pointer, promptText, Refusal, report, spanOf,
  unsure, warning, whole,
} from "tollgate-sdk";

const MS_PER_MINUTE = 60_000;
/** A line that short may stand anywhere by chance; a longer one hardly. */
const CHANCE = 20;

/** What the operator sets. */
const shape = config.object({
  max_characters: config.optional(config.integer({ min: 1 }), 1000),
  leak_characters: config.optional(config.integer({ min: 1 }), 20),
  max_minutes: config.optional(config.integer({ min: 0 }), 60),
});

export default contract({
  config: shape,

  /** Judges a text, or what the tool `send` would send. */
  judge(limits, subject) {
    if (subject.kind === "text") return whole(new Draft(limits, subject), subject.text());
    if (subject.kind === "action" && subject.action().tool === "send") {
      const judged = whole(new Draft(limits, subject), messageOf(subject.action()));
      return { ...judged, findings: judged.findings.map(inTheArguments) };
    }
    throw Refusal.notApplicable("it judges texts, and what `send` would send");
  },

  begin: (limits, subject) => new Draft(limits, subject),
});

function messageOf({ arguments: given }) {
  if (typeof given?.text === "string") return given.text;
  throw Refusal.broken("`send` takes a text");
}

function inTheArguments({ at, ...finding }) {
  return at ? { ...finding, pointer: pointer("text") } : finding;
}

/** A draft, as far as it is written. */
class Draft {
  #limits;
  /** What may not stand in it, the longest first, and how long that is. */
  #secrets;
  #window;
  #text = "";
  /** How far it was looked at: a secret may begin there whose end is still to come. */
  #at = 0;
  /** Where the secret ends that was found last. */
  #leakEnd = 0;
  #characters = 0;
  #leaks = 0;
  #isUnsure;
  /** What nobody was told yet. */
  #news;
  #told = [];

  constructor(limits, subject) {
    const writtenAt = momentOf(subject.context);
    const secrets = secretsOf(limits);
    this.#limits = limits;
    this.#secrets = patternOf(secrets);
    this.#window = Math.max(1, ...secrets.map((secret) => secret.length));
    this.#isUnsure = writtenAt === undefined;
    this.#news = tooOld(limits, writtenAt);
  }

  push(part) {
    this.#text += part;
    this.#look(this.#text.length - this.#window + 1);
    const findings = this.#news;
    this.#told.push(...findings);
    this.#news = [];
    // A human has to look at all of it, so nothing may go out before.
    return { settled: this.#isUnsure ? 0 : this.#at, findings };
  }

  finish() {
    this.#look(this.#text.length);
    this.#told.push(...this.#news);
    log.info(`${this.#characters} characters, ${this.#leaks} leaks`);
    const measures = { characters: this.#characters, leaks: this.#leaks };
    const judged = report(this.#told, measures);
    return this.#isUnsure && judged.outcome === "pass" ? unsure(this.#told, measures) : judged;
  }

  /** Looks at what begins before this place: nothing can still change that. */
  #look(before) {
    const end = Math.max(this.#at, splits(this.#text, before) ? before - 1 : before);
    const news = [...this.#leaksBefore(end), ...this.#tooLongBefore(end)];
    // In the order of the text, and one that is too long before what leaks there.
    news.sort((one, other) => one.at[0] - other.at[0] || (one.rule === "too-long" ? -1 : 1));
    this.#news.push(...news);
    this.#at = end;
  }

  #leaksBefore(end) {
    const findings = [];
    this.#secrets.lastIndex = Math.max(this.#at, this.#leakEnd);
    for (let match; (match = this.#secrets.exec(this.#text)) && match.index < end; ) {
      this.#leaks += 1;
      this.#leakEnd = this.#secrets.lastIndex;
      findings.push(leak(match));
    }
    return findings;
  }

  #tooLongBefore(end) {
    const text = this.#text.slice(this.#at, end);
    const left = this.#limits.max_characters - this.#characters;
    const count = countOf(text);
    this.#characters += count;
    if (left < 0 || count <= left) return [];
    const start = this.#at + indexOf(text, left);
    const length = this.#text.codePointAt(start) > 0xffff ? 2 : 1;
    const message = `there are more than ${this.#limits.max_characters} characters`;
    return [error("too-long", message, { at: [start, start + length] })];
  }
}

/** When it was written, in milliseconds since 1970. */
function momentOf({ written_at: moment }) {
  if (moment === undefined || moment === null) return undefined;
  if (Number.isInteger(moment) && moment >= 0) return moment;
  throw Refusal.broken("`written_at` in the context is no moment");
}

function tooOld({ max_minutes: max }, writtenAt) {
  if (writtenAt === undefined) return [info("stale", "the context does not say when it was written")];
  const minutes = Math.floor(Math.max(0, clock.now() - writtenAt) / MS_PER_MINUTE);
  return minutes > max ? [warning("stale", `it was written ${minutes} minutes ago`)] : [];
}

function secretsOf({ leak_characters: least }) {
  const lines = (promptText.read() ?? "").split("\n");
  const secrets = lines.map((line) => line.replace(/^[ \t\r]+|[ \t\r]+$/g, ""));
  return secrets.filter((secret) => countOf(secret) >= least);
}

function patternOf(secrets) {
  const longestFirst = secrets.toSorted((one, other) => other.length - one.length);
  const escaped = longestFirst.map((secret) => secret.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return new RegExp(escaped.join("|") || "(?!)", "g");
}

function leak(match) {
  const characters = countOf(match[0]);
  const confidence = characters / (characters + CHANCE);
  const details = { at: spanOf(match), fix: "", confidence };
  return critical("prompt-leak", "a line of the prompt stands in the draft", details);
}

/** How many characters a text has: of a pair of surrogates, the second is none. */
function countOf(text) {
  return text.length - (text.match(/[\udc00-\udfff]/g) ?? []).length;
}

/** Where so many characters end. A pattern counts faster than a loop. */
function indexOf(text, characters) {
  return new RegExp(`^.{${characters}}`, "su").exec(text)[0].length;
}

function splits(text, index) {
  return index > 0 && text.codePointAt(index - 1) > 0xffff;
}
