"""Writing a report: an outcome, findings and measures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from tollgate.pointer import Pointer


class Outcome(Enum):
    """What a contract says of a subject."""

    PASS = "pass"
    FAIL = "fail"
    UNSURE = "unsure"


class Severity(Enum):
    """How bad a finding is. `ERROR` and `CRITICAL` say that the subject does not pass."""

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
        """What a regular expression found."""
        return cls(*match.span())


@dataclass(frozen=True)
class Finding:
    """One reason. It applies to the whole subject unless `at` says where."""

    rule: str
    severity: Severity
    message: str
    at: Span | Pointer | None = None
    fix: str | None = None
    """What could stand there instead. The caller decides."""
    confidence: float | None = None
    """How sure the rule is, from 0 to 1."""

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
        """Worth knowing; passes."""
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
        """Worth changing; passes."""
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
        """Must change; fails."""
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
        """Must never go out; fails."""
        return cls(rule, Severity.CRITICAL, message, at, fix, confidence)


@dataclass(frozen=True)
class Report:
    """What a contract says of a subject."""

    outcome: Outcome
    findings: list[Finding] = field(default_factory=list)
    measures: dict[str, float] = field(default_factory=dict)
    """Numbers worth watching over time, by their names."""

    @classmethod
    def of(
        cls, findings: Iterable[Finding] = (), measures: Mapping[str, float] | None = None
    ) -> Report:
        """Fails when a finding is an `ERROR` or worse, passes otherwise."""
        found = list(findings)
        fails = any(finding.severity in _FAILING for finding in found)
        return cls(Outcome.FAIL if fails else Outcome.PASS, found, dict(measures or {}))

    @classmethod
    def unsure(
        cls, findings: Iterable[Finding] = (), measures: Mapping[str, float] | None = None
    ) -> Report:
        """This contract cannot tell; a human looks."""
        return cls(Outcome.UNSURE, list(findings), dict(measures or {}))


_FAILING = (Severity.ERROR, Severity.CRITICAL)
