"""The exported interface of a contract that streams. A sandbox judges one text."""

from __future__ import annotations

from typing import Any

from wit_world.exports.judge_stream import Progress as WitProgress
from wit_world.imports import types as wit

from tollgate.component import boundary, printed
from tollgate.component.configured import configured
from tollgate.component.offsets import GrowingOffsets
from tollgate.component.refusing import refusing
from tollgate.component.world import granted_log
from tollgate.refusal import Broken
from tollgate.session import Progress, Session

__all__ = ["JudgeStream"]


class JudgeStream:
    """The exported interface. Like `Judge`, it is found by its name."""

    @refusing
    def begin(self, subject: wit.Subject) -> None:
        global _session
        printed.begin(granted_log())
        begin = configured().begin
        if begin is None:
            raise Broken("this contract judges whole texts only")
        _session = _session_of(begin(boundary.subject_of(subject)))

    @refusing
    def push(self, part: str) -> WitProgress:
        _offsets.push(part)
        return _wit_progress(_begun().push(part))

    @refusing
    def finish(self) -> wit.Report:
        try:
            return boundary.wit_report(_begun().finish(), _offsets, "finish")
        finally:
            printed.end()


_session: Session | None = None
_offsets = GrowingOffsets()


def _session_of(begun: Any) -> Session:
    if not all(callable(getattr(begun, name, None)) for name in ("push", "finish")):
        raise TypeError(f"`begin` returned {begun!r}, but should return a `Session`")
    session: Session = begun
    return session


def _begun() -> Session:
    if _session is None:
        raise Broken("pushed before it began")
    return _session


def _wit_progress(progress: Progress) -> WitProgress:
    if not isinstance(progress, Progress):
        raise TypeError(f"`push` returned {progress!r}, but should return a `Progress`")
    findings = boundary.wit_findings(progress.findings, _offsets)
    return WitProgress(_offsets.settled(progress.settled), findings)
