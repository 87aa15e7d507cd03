"""Writes what a contract prints into the record of the run, if the contract has the capability `log`."""

from __future__ import annotations

import io
from collections.abc import Callable

_log: Callable[[str, str], None] | None = None


class Printed(io.TextIOBase):
    """Standard output or standard error of a contract: a line of it becomes a line of the record.

    Without the capability, and while the contract is configured, it discards its lines.
    """

    def __init__(self, level: str) -> None:
        self._level = level
        self._begun = ""
        """Start of a line whose end has not been printed yet."""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if _log is not None:
            *lines, self._begun = (self._begun + text).split("\n")
            for line in lines:
                _log(self._level, line)
        return len(text)

    def finish(self) -> None:
        """Writes a line that was begun and not ended."""
        begun, self._begun = self._begun, ""
        if begun and _log is not None:
            _log(self._level, begun)


OUT = Printed("info")
ERROR = Printed("warn")


def begin(log: Callable[[str, str], None] | None) -> None:
    """Begins a judgement. Its lines go to `log`, or nowhere if the contract has none."""
    global _log
    _log = log


def end() -> None:
    """Ends a judgement."""
    global _log
    OUT.finish()
    ERROR.finish()
    _log = None
