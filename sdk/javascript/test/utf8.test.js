import assert from "node:assert/strict";
import { test } from "node:test";

import { byteSpans } from "../src/utf8.js";

// Checks that the bytes of each span are the UTF-8 of the same part of the text.
function check(text, ...parts) {
  const spans = parts.map((part) => [text.indexOf(part), text.indexOf(part) + part.length]);
  const bytes = new TextEncoder().encode(text);
  const read = ({ start, end }) => new TextDecoder().decode(bytes.slice(start, end));
  assert.deepEqual(byteSpans(text, spans).map(read), parts);
}

test("converts spans of any characters", () => {
  check("plain", "plain", "l", "");
  check("Größe: ß!", "ö", "ß!", "Größe");
  check("a😀b👩‍👩‍👧c", "😀", "b", "👩‍👩‍👧", "c");
  check("e\u0301 and \u00e9", "\u0301", "\u00e9", "e\u0301");
  check("日本語 text", "本", "text");
});

test("converts spans in any order, and duplicates", () => {
  assert.deepEqual(byteSpans("äbc", [[2, 3], [0, 1], [2, 3]]), [
    { start: 3, end: 4 },
    { start: 0, end: 2 },
    { start: 3, end: 4 },
  ]);
});

test("converts the edges of a text", () => {
  assert.deepEqual(byteSpans("", [[0, 0]]), [{ start: 0, end: 0 }]);
  assert.deepEqual(byteSpans("😀", [[0, 0], [2, 2], [0, 2]]), [
    { start: 0, end: 0 },
    { start: 4, end: 4 },
    { start: 0, end: 4 },
  ]);
});

test("widens half a character to the whole", () => {
  assert.deepEqual(byteSpans("a😀b", [[1, 2], [2, 3], [2, 4], [0, 2], [2, 2]]), [
    { start: 1, end: 5 },
    { start: 1, end: 5 },
    { start: 1, end: 6 },
    { start: 0, end: 5 },
    { start: 1, end: 1 },
  ]);
});

test("counts a lone surrogate as its replacement character", () => {
  for (const text of ["a\ud83dc", "a\ude00c", "\ude00\ud83dc"]) {
    const bytes = new TextEncoder().encode(text).length;
    const last = text.length - 1;
    assert.deepEqual(byteSpans(text, [[last, last + 1]]), [{ start: bytes - 1, end: bytes }]);
  }
});

test("rejects invalid spans by name", () => {
  for (const span of [[0, 4], [2, 1], [-1, 1], [0.5, 1], [NaN, 1], [undefined, 1]]) {
    assert.throws(() => byteSpans("abc", [span]), RangeError);
  }
  assert.throws(() => byteSpans("abc", [[0, 4]]), { message: "[0, 4] is not a span of a text of length 3" });
});

test("converts every span of a mixed text", () => {
  const text = "aä日😀\ud800e\u0301\udc00z";
  const encode = (part) => new TextEncoder().encode(part).length;
  for (let start = 0; start <= text.length; start++) {
    for (let end = start; end <= text.length; end++) {
      const whole = (index) => !/[\ud800-\udbff]$/.test(text.slice(0, index)) || !/^[\udc00-\udfff]/.test(text.slice(index));
      if (!whole(start) || !whole(end)) continue;
      const expected = { start: encode(text.slice(0, start)), end: encode(text.slice(0, end)) };
      assert.deepEqual(byteSpans(text, [[start, end]]), [expected]);
    }
  }
});
