"""Says what is wrong with a text."""

from dataclasses import dataclass

from tollgate import Finding, Report, Subject, contract


@dataclass(frozen=True)
class Config:
    """Configuration, set by the operator. It has no keys yet."""


@contract
def judge(config: Config, subject: Subject) -> Report:
    """Judges one text."""
    _text = subject.text()
    findings: list[Finding] = []
    return Report.of(findings)
