"""Reports: an outcome, findings and measures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from tollgate.pointer import Pointer


class Outcome(Enum):
    """Verdict of a contract on a subject."""

    PASS = "pass"
    FAIL = "fail"
    UNSURE = "unsure"


class Severity(Enum):
    """Severity of a finding. With `ERROR` or `CRITICAL`, the subject does not pass."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


@dataclass(frozen=True)
class Span:
    """A part of the subject's text, as Python counts it: `text[start:end]`.

    The host counts bytes of UTF-8; the SDK converts.
    """

    start: int
    end: int

    @classmethod
    def of(cls, match: re.Match[str]) -> Span:
        """Returns the span of a match."""
        return cls(*match.span())


@dataclass(frozen=True)
class Finding:
    """A finding. It applies to the whole subject unless `at` gives a place."""

    rule: str
    severity: Severity
    message: str
    at: Span | Pointer | None = None
    fix: str | None = None
    """Replacement for the place. The caller decides whether to use it."""
    confidence: float | None = None
    """Confidence of the rule, from 0 to 1."""

    @classmethod
    def info(
        cls,
        rule: str,
        message: str,
        *,
        at: Span | Pointer | None = None,
        fix: str | None = None,
        confidence: float | None = None,
    ) -> Finding:
        """Returns a finding that is worth knowing and passes."""
        return cls(rule, Severity.INFO, message, at, fix, confidence)

    @classmethod
    def warning(
        cls,
        rule: str,
        message: str,
        *,
        at: Span | Pointer | None = None,
        fix: str | None = None,
        confidence: float | None = None,
    ) -> Finding:
        """Returns a finding that is worth changing and passes."""
        return cls(rule, Severity.WARNING, message, at, fix, confidence)

    @classmethod
    def error(
        cls,
        rule: str,
        message: str,
        *,
        at: Span | Pointer | None = None,
        fix: str | None = None,
        confidence: float | None = None,
    ) -> Finding:
        """Returns a finding that must be changed and fails."""
        return cls(rule, Severity.ERROR, message, at, fix, confidence)

    @classmethod
    def critical(
        cls,
        rule: str,
        message: str,
        *,
        at: Span | Pointer | None = None,
        fix: str | None = None,
        confidence: float | None = None,
    ) -> Finding:
        """Returns a finding that must never go out and fails."""
        return cls(rule, Severity.CRITICAL, message, at, fix, confidence)


@dataclass(frozen=True)
class Report:
    """Result of judging a subject."""

    outcome: Outcome
    findings: list[Finding] = field(default_factory=list)
    measures: dict[str, float] = field(default_factory=dict)
    """Numbers worth watching over time, by name."""

    @classmethod
    def of(
        cls, findings: Iterable[Finding] = (), measures: Mapping[str, float] | None = None
    ) -> Report:
        """Returns a report that fails if a finding is an `ERROR` or worse, and passes if not."""
        found = list(findings)
        fails = any(finding.severity in _FAILING for finding in found)
        return cls(Outcome.FAIL if fails else Outcome.PASS, found, dict(measures or {}))

    @classmethod
    def unsure(
        cls, findings: Iterable[Finding] = (), measures: Mapping[str, float] | None = None
    ) -> Report:
        """Returns the report of a contract that cannot decide, so that a human does."""
        return cls(Outcome.UNSURE, list(findings), dict(measures or {}))


_FAILING = (Severity.ERROR, Severity.CRITICAL)
