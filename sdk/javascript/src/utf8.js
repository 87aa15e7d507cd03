// Converts indices of a JavaScript string (UTF-16 code units) to byte offsets into its UTF-8.

import { byteLength } from "#boundary/byte-length";

// Start of a text. A text that has grown can be counted from a later position.
export const START = { index: 0, bytes: 0 };

// Returns the byte offsets of spans. The text is walked once, however many spans there are. A span
// that cuts a character in half, as `/./` without the flag `u` does with an emoji, is widened to
// the whole character, because the host rejects half characters.
export function byteSpans(text, spans, counted = START) {
  const given = spans.map((span) => checked(text, span[0], span[1]));
  const from = given.every(({ start }) => start >= counted.index) ? counted : START;
  const rest = text.slice(from.index);
  const isAscii = byteLength(rest) === rest.length;
  if (isAscii) return given.map((span) => shifted(span, from.bytes - from.index));
  const whole = given.map((span) => widen(text, span));
  const offsets = byteOffsets(text, whole, from);
  return whole.map((span) => ({ start: offsets.get(span.start), end: offsets.get(span.end) }));
}

function shifted({ start, end }, by) {
  return { start: start + by, end: end + by };
}

function checked(text, start, end) {
  const fits = Number.isInteger(start) && Number.isInteger(end);
  if (fits && start >= 0 && start <= end && end <= text.length) return { start, end };
  throw new RangeError(`[${start}, ${end}] is not a span of a text of length ${text.length}`);
}

function widen(text, { start, end }) {
  const first = boundary(text, start);
  if (start === end) return { start: first, end: first };
  return { start: first, end: splits(text, end) ? end + 1 : end };
}

// Returns the index, or the start of the character that it cuts in half.
export function boundary(text, index) {
  return splits(text, index) ? index - 1 : index;
}

// Returns whether an index lies between the two halves of a surrogate pair.
function splits(text, index) {
  return index > 0 && text.codePointAt(index - 1) > 0xffff;
}

function byteOffsets(text, spans, from) {
  const edges = spans.flatMap((span) => [span.start, span.end]);
  const offsets = new Map();
  let at = from.index;
  let bytes = from.bytes;
  for (const edge of Uint32Array.from(edges).sort()) {
    bytes += byteLength(text.slice(at, edge));
    at = edge;
    offsets.set(edge, bytes);
  }
  return offsets;
}
