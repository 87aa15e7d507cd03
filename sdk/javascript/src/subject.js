// Subjects: AI outputs under judgement. JSON arrives as text and is only parsed on access, because
// most contracts never read the context.

import { Refusal } from "./refusal.js";

const NAMES = { text: "a text", json: "a JSON document", action: "an action" };

export class Subject {
  #content;
  #context;

  constructor(content, { prompt, context = "{}" } = {}) {
    this.#content = content;
    this.#context = context;
    this.prompt = prompt;
  }

  static ofText(text, about) {
    return new Subject({ kind: "text", text }, asJson(about));
  }

  static ofJson(value, about) {
    return new Subject({ kind: "json", json: JSON.stringify(value) }, asJson(about));
  }

  static ofAction(tool, args, about) {
    return new Subject({ kind: "action", tool, json: JSON.stringify(args) }, asJson(about));
  }

  get kind() {
    return this.#content.kind;
  }

  get context() {
    return JSON.parse(this.#context);
  }

  text() {
    return this.#only("a text", "text").text;
  }

  json() {
    return JSON.parse(this.jsonText());
  }

  jsonText() {
    return this.#only("JSON", "json", "action").json;
  }

  action() {
    const { tool, json } = this.#only("an action", "action");
    return { tool, arguments: JSON.parse(json) };
  }

  #only(expected, ...kinds) {
    if (kinds.includes(this.kind)) return this.#content;
    const reason = `this contract judges ${expected}, but the subject is ${NAMES[this.kind]}`;
    throw Refusal.notApplicable(reason);
  }
}

function asJson({ prompt, context = {} } = {}) {
  return { prompt, context: JSON.stringify(context) };
}
