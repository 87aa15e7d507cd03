"""There is nothing outside of a sandbox, and this is what Python gets to see of it.

Every system call of the interpreter is a trap in a component, without a word of what was
wanted. Where Python can say it better, it says it here. What it cannot (`datetime.now` is
not ours to replace) stays a trap, and the host shows in which function.
"""

from __future__ import annotations

import builtins
import codecs
import importlib
import importlib.abc
import io
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

_LATE = ["_strptime", "stringprep"] + [
    f"encodings.{name}"
    for name in (
        *("ascii", "cp1252", "hex_codec", "idna", "latin_1", "punycode", "raw_unicode_escape"),
        *("unicode_escape", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_8_sig"),
    )
]
"""The standard library imports these when they are first used, which would be too late."""

_CLOCK = "a contract has no clock of its own: use `tollgate.host.clock`"
_FILES = "a contract has no files: read them at the top of a module, while it is built"
_RANDOM = "a contract has no randomness"
_THREADS = "a contract has no threads"
_MISSING: list[tuple[Any, list[str], str]] = [
    (time, ["time", "time_ns", "monotonic", "monotonic_ns", "perf_counter"], _CLOCK),
    (time, ["perf_counter_ns", "process_time", "process_time_ns", "sleep"], _CLOCK),
    (os, ["urandom", "getrandom"], _RANDOM),
    (random, ["_urandom"], _RANDOM),
    (os, ["open", "stat", "lstat", "listdir", "scandir", "mkdir", "remove", "getcwd"], _FILES),
    (builtins, ["open"], _FILES),
    (io, ["open", "open_code"], _FILES),
    (threading.Thread, ["start"], _THREADS),
]


class Nowhere(io.TextIOBase):
    """Where `print` writes: nobody reads it."""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        return len(text)


class TooLate(importlib.abc.MetaPathFinder):
    """Finds no module: they would have to be read from files."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        hint = "import it at the top of a module"
        raise ModuleNotFoundError(f"`{name}` is not in the component: {hint}", name=name)


def prepare() -> None:
    """While the component is built: loads what Python would look for later."""
    for name in _LATE:
        importlib.import_module(name)
    for name in _LATE[2:]:
        codecs.lookup(name.removeprefix("encodings."))


def close() -> None:
    """From now on, what a sandbox does not have is an exception that says so."""
    sys.stdout = sys.stderr = Nowhere()
    sys.meta_path[:] = [TooLate()]
    random.seed(0)
    for owner, names, hint in _MISSING:
        for name in names:
            if hasattr(owner, name):
                setattr(owner, name, _missing(f"{owner.__name__}.{name}", hint))


def _missing(what: str, hint: str) -> Callable[..., NoReturn]:
    def missing(*_arguments: object, **_options: object) -> NoReturn:
        raise PermissionError(f"`{what}` was called, and {hint}")

    return missing
