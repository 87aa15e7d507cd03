"""From the offsets of a Python `str` to the byte offsets of its UTF-8."""

from __future__ import annotations

from tollgate.report import Span


class Offsets:
    """Converts the spans of one text. Those in order cost one walk through it together."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._index = 0
        self._byte = 0

    def bytes_of(self, span: Span) -> tuple[int, int]:
        """Where the span starts and ends in bytes."""
        if not 0 <= span.start <= span.end <= len(self._text):
            within = f"a text of {len(self._text)} characters"
            raise ValueError(f"the span {span.start}..{span.end} does not lie in {within}")
        return self._walk_to(span.start), self._walk_to(span.end)

    def _walk_to(self, index: int) -> int:
        if index < self._index:
            self._index = self._byte = 0
        self._byte += len(self._text[self._index : index].encode())
        self._index = index
        return self._byte
