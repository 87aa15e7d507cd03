"""Formats exceptions for the author of a contract.

Python's `traceback` reads lines from the source files, but a sandbox has no files. The lines
are therefore read while the component is built.
"""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from collections.abc import Iterator

FRAMES_MAX = 12
"""Number of frames to show. A recursion has a thousand identical ones."""
MESSAGE_CHARACTERS_MAX = 1000
"""Longer messages are cut. This is a hint for the author, not a log."""

_MACHINERY = [
    os.path.join(os.path.dirname(__file__), name)
    for name in ("app.py", "refusing.py", "sandbox.py", "stream.py")
]
"""Files of the SDK, whose frames tell an author nothing."""


def remember_sources() -> None:
    """Reads the source of all loaded modules outside the standard library."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and file.endswith(".py") and not file.startswith(sys.prefix):
            linecache.getlines(file)


def describe(error: BaseException) -> str:
    """Returns the message of an exception, followed by its traceback, innermost frame first."""
    return "\n".join([_message(error), *_frames(error)])


def _message(error: BaseException) -> str:
    # `traceback.format_exception_only` searches for similar names, which can use up the fuel
    # of a whole judgement.
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  `__str__` may be the author's, and broken
        text = "(its message cannot be read)"
    if len(text) > MESSAGE_CHARACTERS_MAX:
        text = text[:MESSAGE_CHARACTERS_MAX] + "…"
    return f"{type(error).__qualname__}: {text}" if text else type(error).__qualname__


def _frames(error: BaseException) -> Iterator[str]:
    frames = [
        (frame.f_code, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename not in _MACHINERY
    ]
    for code, line in frames[: -FRAMES_MAX - 1 : -1]:
        yield f"  in {_shown(code.co_filename)}:{line}, {code.co_qualname}"
        if source := _source(code.co_filename, line):
            yield f"    {source}"


def _shown(file: str) -> str:
    # While a component is built, folders are mounted at `/0`, `/1` and so on.
    _, _, path = file.lstrip("/").partition("/")
    return path or file


def _source(file: str, line: int) -> str:
    entry = linecache.cache.get(file)
    lines = entry[2] if entry and len(entry) > 2 else []
    return lines[line - 1].strip() if 0 < line <= len(lines) else ""
