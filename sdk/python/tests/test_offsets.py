import tracemalloc
import unittest

from tollgate import Span
from tollgate.component.offsets import GrowingOffsets, Offsets


class OffsetsTests(unittest.TestCase):
    def check(self, text: str, part: str) -> None:
        start = text.index(part)
        first, last = Offsets(text).bytes_of(Span(start, start + len(part)))
        self.assertEqual(text.encode()[first:last], part.encode())

    def test_bytes_match_the_characters(self) -> None:
        for text in ("plain", "Größe: groß", "a 🦊 b", "e\u0301 after", "👩‍👩‍👧 family", "\0x"):
            for start in range(len(text)):
                for end in range(start, len(text) + 1):
                    self.check(text, text[start:end])

    def test_converts_the_edges_of_a_text(self) -> None:
        self.assertEqual(Offsets("").bytes_of(Span(0, 0)), (0, 0))
        self.assertEqual(Offsets("ä🦊").bytes_of(Span(2, 2)), (6, 6))
        self.assertEqual(Offsets("ä🦊").bytes_of(Span(0, 2)), (0, 6))

    def test_converts_spans_in_any_order(self) -> None:
        offsets = Offsets("ä🦊é")
        self.assertEqual(offsets.bytes_of(Span(1, 2)), (2, 6))
        self.assertEqual(offsets.bytes_of(Span(0, 1)), (0, 2))
        self.assertEqual(offsets.bytes_of(Span(0, 3)), (0, 8))

    def test_rejects_spans_outside_the_text(self) -> None:
        for span in (Span(0, 4), Span(2, 1), Span(-1, 2)):
            with self.assertRaisesRegex(ValueError, "does not lie in a text of 3 characters"):
                Offsets("abc").bytes_of(span)


class GrowingOffsetsTests(unittest.TestCase):
    def test_agrees_with_the_whole_text(self) -> None:
        text = "Größe 🦊: e\u0301\0 👩‍🚀"
        for size in range(1, len(text) + 1):
            offsets = GrowingOffsets()
            for start in range(0, len(text), size):
                offsets.push(text[start : start + size])
                offsets.push("")
            for start in range(len(text) + 1):
                for end in range(start, len(text) + 1):
                    expected = Offsets(text).bytes_of(Span(start, end))
                    self.assertEqual(offsets.bytes_of(Span(start, end)), expected)

    def test_grows_with_the_text(self) -> None:
        offsets = GrowingOffsets()
        with self.assertRaisesRegex(ValueError, "1 characters cannot be settled: the text has 0"):
            offsets.settled(1)
        offsets.push("ä🦊")
        self.assertEqual(offsets.settled(2), 6)
        offsets.push("é")
        self.assertEqual(offsets.settled(2), 6)
        self.assertEqual(offsets.bytes_of(Span(1, 3)), (2, 8))

    def test_does_not_walk_earlier_text_again(self) -> None:
        offsets = GrowingOffsets()
        for _ in range(1000):
            offsets.push("ä" * 1000)
        tracemalloc.start()
        offsets.push("end")
        offsets.settled(1_000_001)
        offsets.bytes_of(Span(999_999, 1_000_002))
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        self.assertLess(peak_bytes, 100_000)
