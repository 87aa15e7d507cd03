"""Reports texts that shout."""

from dataclasses import dataclass

from tollgate import Finding, Report, Span, Subject, contract


@dataclass(frozen=True)
class Config:
    """Configuration, set by the operator."""

    max: int
    """Number of exclamation marks that a text may have."""


@contract
def judge(config: Config, subject: Subject) -> Report:
    """Judges one text."""
    text = subject.text()
    marks = [at for at, character in enumerate(text) if character == "!"]
    findings = [
        Finding.error("shouting", "one exclamation mark too many", at=Span(at, at + 1), fix=".")
        for at in marks[config.max :]
    ]
    return Report.of(findings, measures={"exclamation-marks": len(marks)})
