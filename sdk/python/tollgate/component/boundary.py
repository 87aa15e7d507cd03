"""Converts between the SDK's types and those of the WIT."""

from __future__ import annotations

from collections.abc import Iterable

from wit_world.imports import types as wit

from tollgate.component.offsets import Offsets
from tollgate.component.world import well_formed
from tollgate.refusal import BadConfig, NotApplicable, Refusal
from tollgate.report import Finding, Report, Span
from tollgate.subject import Action, Content, Json, Prompt, Subject, Text


def subject_of(subject: wit.Subject) -> Subject:
    """Converts a subject from the WIT."""
    prompt = subject.prompt
    return Subject(
        _content(subject.content),
        prompt and Prompt(prompt.name, prompt.version, prompt.digest),
        subject.context,
    )


def _content(content: wit.Content) -> Content:
    match content:
        case wit.Content_Text(text):
            return Text(text)
        case wit.Content_Json(document):
            return Json(document)
        case wit.Content_Action(action):
            return Action(action.tool, action.arguments)
    raise TypeError(f"unknown kind of content: {content!r}")


def offsets_of(subject: Subject) -> Offsets:
    """Returns the offsets of the subject's text, which is empty for other kinds."""
    return Offsets(subject.content.text if isinstance(subject.content, Text) else "")


def wit_report(report: Report, offsets: Offsets, function: str) -> wit.Report:
    """Converts the report that one of the author's functions returned."""
    if not isinstance(report, Report):
        raise TypeError(f"`{function}` returned {report!r}, but should return a `Report`")
    return wit.Report(
        wit.Outcome[report.outcome.name],
        wit_findings(report.findings, offsets),
        [wit.Measure(well_formed(name), float(value)) for name, value in report.measures.items()],
    )


def wit_findings(findings: Iterable[Finding], offsets: Offsets) -> list[wit.Finding]:
    """Converts findings to the WIT."""
    return [_finding(finding, offsets) for finding in findings]


def _finding(finding: Finding, offsets: Offsets) -> wit.Finding:
    return wit.Finding(
        well_formed(finding.rule),
        wit.Severity[finding.severity.name],
        well_formed(finding.message),
        _place(finding, offsets),
        None if finding.fix is None else well_formed(finding.fix),
        None if finding.confidence is None else float(finding.confidence),
    )


def _place(finding: Finding, offsets: Offsets) -> wit.Place:
    if finding.at is None:
        return wit.Place_Whole()
    if isinstance(finding.at, Span):
        return wit.Place_Span(wit.Span(*offsets.bytes_of(finding.at)))
    return wit.Place_Pointer(well_formed(str(finding.at)))


def wit_refusal(refusal: Refusal) -> wit.Refusal:
    """Converts a refusal to the WIT."""
    if isinstance(refusal, BadConfig):
        pointer, reason = well_formed(str(refusal.pointer)), well_formed(refusal.reason)
        return wit.Refusal_BadConfig(wit.BadConfig(pointer, reason))
    reason = well_formed(str(refusal))
    if isinstance(refusal, NotApplicable):
        return wit.Refusal_NotApplicable(reason)
    return wit.Refusal_Broken(reason)
