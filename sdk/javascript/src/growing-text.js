// A text that arrives in parts, with the conversion of its offsets to bytes. Settled text is not
// counted again, so the cost of a part does not grow with the text.

import { boundary, byteSpans, START } from "./utf8.js";

export class GrowingText {
  #text = "";
  #settled = START;

  push(part) {
    this.#text += part;
  }

  byteSpans(spans) {
    return byteSpans(this.#text, spans, this.#settled);
  }

  // Settles the text up to an index, and returns the number of bytes. An index in the middle of a
  // character settles the text before it.
  settle(given) {
    if (given < 0 || given > this.#text.length) {
      throw new RangeError(`\`push\` settled ${given} of a text of length ${this.#text.length}`);
    }
    const index = boundary(this.#text, given);
    const [{ start: bytes }] = this.byteSpans([[index, index]]);
    this.#settled = { index, bytes };
    return bytes;
  }
}
