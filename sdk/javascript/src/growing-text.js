// A text that arrives in parts, and the byte offsets in it. What is settled is not counted
// again, so that a part costs what is new and not what the whole text costs.

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

  // How many bytes that is. Of half a character nothing is settled.
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
