import unittest

from tollgate import Span
from tollgate.component.offsets import Offsets


class TheOffsets(unittest.TestCase):
    def check(self, text: str, part: str) -> None:
        start = text.index(part)
        first, last = Offsets(text).bytes_of(Span(start, start + len(part)))
        self.assertEqual(text.encode()[first:last], part.encode())

    def test_bytes_hold_what_the_characters_hold(self) -> None:
        for text in ("plain", "Größe: groß", "a 🦊 b", "e\u0301 after", "👩‍👩‍👧 family", "\0x"):
            for start in range(len(text)):
                for end in range(start, len(text) + 1):
                    self.check(text, text[start:end])

    def test_the_edges_are_places_too(self) -> None:
        self.assertEqual(Offsets("").bytes_of(Span(0, 0)), (0, 0))
        self.assertEqual(Offsets("ä🦊").bytes_of(Span(2, 2)), (6, 6))
        self.assertEqual(Offsets("ä🦊").bytes_of(Span(0, 2)), (0, 6))

    def test_spans_come_in_any_order(self) -> None:
        offsets = Offsets("ä🦊é")
        self.assertEqual(offsets.bytes_of(Span(1, 2)), (2, 6))
        self.assertEqual(offsets.bytes_of(Span(0, 1)), (0, 2))
        self.assertEqual(offsets.bytes_of(Span(0, 3)), (0, 8))

    def test_what_lies_outside_is_an_error(self) -> None:
        for span in (Span(0, 4), Span(2, 1), Span(-1, 2)):
            with self.assertRaisesRegex(ValueError, "does not lie in a text of 3 characters"):
                Offsets("abc").bytes_of(span)
