"""Judges a text while it is still being written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from tollgate.report import Finding, Report


@dataclass(frozen=True)
class Progress:
    """Progress of the judgement after a part of the text."""

    settled: int = 0
    """Number of characters from the start that are settled: later text cannot change the findings
    about them. Never fewer than before."""
    findings: list[Finding] = field(default_factory=list)
    """Findings since the last part. The report repeats all of them, in their order."""


class Session(ABC):
    """Judgement of one text that arrives in parts.

    Places count from the start of the text, and the findings must not depend on how the text is
    cut.
    """

    @abstractmethod
    def push(self, part: str) -> Progress:
        """Judges the next part. New findings are returned, and must be in the report as well."""

    @abstractmethod
    def finish(self) -> Report:
        """Ends the text. Must return the report that `judge` returns for the whole text."""

    def whole(self, text: str) -> Report:
        """Judges a whole text as one part. `judge` can call this, unless it can do better with
        the whole text."""
        self.push(text)
        return self.finish()
