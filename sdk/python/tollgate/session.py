"""Judging a text while it is still being written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from tollgate.report import Finding, Report


@dataclass(frozen=True)
class Progress:
    """What can be said of a text before it is complete."""

    settled: int = 0
    """How many characters from the start are settled: nothing that may still come changes
    what is said of them. Never fewer than before."""
    findings: list[Finding] = field(default_factory=list)
    """What was found since the last answer. The report repeats all of it, in that order."""


class Session(ABC):
    """One text that arrives in parts.

    Places count from the start of the text, however it is cut, and what is said of it never
    depends on the cuts.
    """

    @abstractmethod
    def push(self, part: str) -> Progress:
        """More of the text. What is found goes into the answer, and into the report as well."""

    @abstractmethod
    def finish(self) -> Report:
        """The text is complete. The report is the one that `judge` gives of the whole of it."""

    def whole(self, text: str) -> Report:
        """Judges a whole text in one part: what `judge` does, where there is nothing that it
        could do better with all of the text before it."""
        self.push(text)
        return self.finish()
