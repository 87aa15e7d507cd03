/** Whatever JSON can say. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Something that an agent wants to do. */
export interface Action {
  tool: string;
  arguments: Json;
}

/** The prompt version that produced a subject. */
export interface Prompt {
  name: string;
  version: string;
  digest: string;
}

interface About {
  prompt?: Prompt;
  context?: { [key: string]: Json };
}

/** One AI output under judgement: a text, a JSON document or an action. */
export class Subject {
  private constructor();

  /** A text, for tests. */
  static ofText(text: string, about?: About): Subject;
  /** A JSON document, for tests. */
  static ofJson(value: Json, about?: About): Subject;
  /** An action, for tests. */
  static ofAction(tool: string, args: Json, about?: About): Subject;

  readonly kind: "text" | "json" | "action";
  /** Where the caller knows it. */
  readonly prompt: Prompt | undefined;
  /** What else is known: model, channel, audience, locale … */
  readonly context: { [key: string]: Json };

  /** The text under judgement. Anything else is refused as not applicable. */
  text(): string;
  /** The JSON under judgement: a document, or the arguments of an action. */
  json(): Json;
  /** The same as it came, for those who read numbers beyond 2⁵³. */
  jsonText(): string;
  /** The action under judgement. Anything else is refused as not applicable. */
  action(): Action;
}
