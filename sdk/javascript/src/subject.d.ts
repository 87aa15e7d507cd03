/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A tool call that an agent wants to make. */
export interface Action {
  tool: string;
  arguments: Json;
}

/** Version of the prompt that produced a subject. */
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

  /** Returns a text, for tests. */
  static ofText(text: string, about?: About): Subject;
  /** Returns a JSON document, for tests. */
  static ofJson(value: Json, about?: About): Subject;
  /** Returns an action, for tests. */
  static ofAction(tool: string, args: Json, about?: About): Subject;

  readonly kind: "text" | "json" | "action";
  /** Undefined if the caller does not know it. */
  readonly prompt: Prompt | undefined;
  /** Further facts from the caller: model, channel, audience, locale … */
  readonly context: { [key: string]: Json };

  /** Returns the text under judgement. Other subjects are refused as not applicable. */
  text(): string;
  /** Returns the JSON under judgement: a document, or the arguments of an action. */
  json(): Json;
  /** Returns the JSON in its original text, for numbers beyond 2⁵³. */
  jsonText(): string;
  /** Returns the action under judgement. Other subjects are refused as not applicable. */
  action(): Action;
}
