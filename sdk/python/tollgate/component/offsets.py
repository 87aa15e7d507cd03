"""Converts offsets into a Python `str` to byte offsets into its UTF-8."""

from __future__ import annotations

from bisect import bisect_right

from tollgate.report import Span


class Offsets:
    """Converts the spans of one text. Spans in ascending order cost a single pass over it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._length = len(text)
        self._index = 0
        self._byte = 0

    def bytes_of(self, span: Span) -> tuple[int, int]:
        """Returns the start and end of a span in bytes."""
        if not 0 <= span.start <= span.end <= self._length:
            within = f"a text of {self._length} characters"
            raise ValueError(f"the span {span.start}..{span.end} does not lie in {within}")
        return self._walk_to(span.start), self._walk_to(span.end)

    def _walk_to(self, index: int) -> int:
        if index < self._index:
            self._index = self._byte = 0
        self._byte += len(self._text[self._index : index].encode())
        self._index = index
        return self._byte


class GrowingOffsets(Offsets):
    """Converts the spans of a text that arrives in parts. A pass starts at the beginning of a
    part, so earlier text is not walked again."""

    def __init__(self) -> None:
        super().__init__("")
        self._parts = [Offsets("")]
        self._starts = [0]
        self._start_bytes = [0]
        self._bytes = 0

    def push(self, part: str) -> None:
        """Appends a part to the text."""
        self._parts.append(Offsets(part))
        self._starts.append(self._length)
        self._start_bytes.append(self._bytes)
        self._length += len(part)
        self._bytes += len(part.encode())

    def settled(self, characters: int) -> int:
        """Returns the number of bytes of the first `characters` characters."""
        if not 0 <= characters <= self._length:
            so_far = f"the text has {self._length} so far"
            raise ValueError(f"{characters} characters cannot be settled: {so_far}")
        return self._walk_to(characters)

    def _walk_to(self, index: int) -> int:
        number = bisect_right(self._starts, index) - 1
        within = self._parts[number]._walk_to(index - self._starts[number])
        return self._start_bytes[number] + within
