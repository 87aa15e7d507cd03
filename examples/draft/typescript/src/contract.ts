// Watches a draft while it is being written: it may have so many characters, no line of its
// prompt may stand in it, and it must not be too old.

import {
  clock, config, contract, critical, error, info, log, pointer, promptText, Refusal, report, spanOf,
  type Action, type Finding, type Json, type Progress, type Report, type Span, type Stream,
  type Subject, unsure, warning, whole,
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
type Limits = config.Of<typeof shape>;
/** What stands at some place. */
type Placed = Finding & { at: Span };

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

function messageOf({ arguments: given }: Action): string {
  const text = given !== null && typeof given === "object" && "text" in given ? given.text : null;
  if (typeof text === "string") return text;
  throw Refusal.broken("`send` takes a text");
}

function inTheArguments({ at, ...finding }: Finding): Finding {
  return at ? { ...finding, pointer: pointer("text") } : finding;
}

/** A draft, as far as it is written. */
class Draft implements Stream {
  #limits: Limits;
  /** What may not stand in it, the longest first, and how long that is. */
  #secrets: RegExp;
  #window: number;
  #text = "";
  /** How far it was looked at: a secret may begin there whose end is still to come. */
  #at = 0;
  /** Where the secret ends that was found last. */
  #leakEnd = 0;
  #characters = 0;
  #leaks = 0;
  #isUnsure: boolean;
  /** What nobody was told yet. */
  #news: Finding[];
  #told: Finding[] = [];

  constructor(limits: Limits, subject: Subject) {
    const writtenAt = momentOf(subject.context);
    const secrets = secretsOf(limits);
    this.#limits = limits;
    this.#secrets = patternOf(secrets);
    this.#window = Math.max(1, ...secrets.map((secret) => secret.length));
    this.#isUnsure = writtenAt === undefined;
    this.#news = tooOld(limits, writtenAt);
  }

  push(part: string): Progress {
    this.#text += part;
    this.#look(this.#text.length - this.#window + 1);
    const findings = this.#news;
    this.#told.push(...findings);
    this.#news = [];
    // A human has to look at all of it, so nothing may go out before.
    return { settled: this.#isUnsure ? 0 : this.#at, findings };
  }

  finish(): Report {
    this.#look(this.#text.length);
    this.#told.push(...this.#news);
    log.info(`${this.#characters} characters, ${this.#leaks} leaks`);
    const measures = { characters: this.#characters, leaks: this.#leaks };
    const judged = report(this.#told, measures);
    return this.#isUnsure && judged.outcome === "pass" ? unsure(this.#told, measures) : judged;
  }

  /** Looks at what begins before this place: nothing can still change that. */
  #look(before: number): void {
    const end = Math.max(this.#at, splits(this.#text, before) ? before - 1 : before);
    const news = [...this.#leaksBefore(end), ...this.#tooLongBefore(end)];
    // In the order of the text, and one that is too long before what leaks there.
    news.sort((one, other) => one.at[0] - other.at[0] || (one.rule === "too-long" ? -1 : 1));
    this.#news.push(...news);
    this.#at = end;
  }

  #leaksBefore(end: number): Placed[] {
    const findings: Placed[] = [];
    this.#secrets.lastIndex = Math.max(this.#at, this.#leakEnd);
    for (let match: RegExpExecArray | null; (match = this.#secrets.exec(this.#text)) && match.index < end; ) {
      this.#leaks += 1;
      this.#leakEnd = this.#secrets.lastIndex;
      findings.push(leak(match));
    }
    return findings;
  }

  #tooLongBefore(end: number): Placed[] {
    const text = this.#text.slice(this.#at, end);
    const left = this.#limits.max_characters - this.#characters;
    const count = countOf(text);
    this.#characters += count;
    if (left < 0 || count <= left) return [];
    const start = this.#at + indexOf(text, left);
    const length = splits(this.#text, start + 1) ? 2 : 1;
    const message = `there are more than ${this.#limits.max_characters} characters`;
    const at: Span = [start, start + length];
    return [{ ...error("too-long", message), at }];
  }
}

/** When it was written, in milliseconds since 1970. */
function momentOf({ written_at: moment }: { [key: string]: Json }): number | undefined {
  if (moment === undefined || moment === null) return undefined;
  if (typeof moment === "number" && Number.isInteger(moment) && moment >= 0) return moment;
  throw Refusal.broken("`written_at` in the context is no moment");
}

function tooOld({ max_minutes: max }: Limits, writtenAt: number | undefined): Finding[] {
  if (writtenAt === undefined) return [info("stale", "the context does not say when it was written")];
  const minutes = Math.floor(Math.max(0, clock.now() - writtenAt) / MS_PER_MINUTE);
  return minutes > max ? [warning("stale", `it was written ${minutes} minutes ago`)] : [];
}

function secretsOf({ leak_characters: least }: Limits): string[] {
  const lines = (promptText.read() ?? "").split("\n");
  const secrets = lines.map((line) => line.replace(/^[ \t\r]+|[ \t\r]+$/g, ""));
  return secrets.filter((secret) => countOf(secret) >= least);
}

function patternOf(secrets: string[]): RegExp {
  const longestFirst = secrets.toSorted((one, other) => other.length - one.length);
  const escaped = longestFirst.map((secret) => secret.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return new RegExp(escaped.join("|") || "(?!)", "g");
}

function leak(match: RegExpExecArray): Placed {
  const characters = countOf(match[0]);
  const confidence = characters / (characters + CHANCE);
  const message = "a line of the prompt stands in the draft";
  return { ...critical("prompt-leak", message, { fix: "", confidence }), at: spanOf(match) };
}

/** How many characters a text has: of a pair of surrogates, the second is none. */
function countOf(text: string): number {
  return text.length - (text.match(/[\udc00-\udfff]/g) ?? []).length;
}

/** Where so many characters end. A pattern counts faster than a loop. */
function indexOf(text: string, characters: number): number {
  return new RegExp(`^.{${characters}}`, "su").exec(text)?.[0].length ?? 0;
}

function splits(text: string, index: number): boolean {
  return index > 0 && (text.codePointAt(index - 1) ?? 0) > 0xffff;
}
