"""There is nothing outside of a sandbox, and this is what Python gets to see of it.

Every system call of the interpreter is a trap in a component, without a word of what was
wanted. Where Python can say it better, it says it here. What it cannot (`datetime.now` is
not ours to replace) stays a trap, and the host shows in which function.
"""

from __future__ import annotations

import builtins
import codecs
import functools
import gc
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
from typing import Any

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
_MISSING: list[tuple[Any, str, str]] = [
    (time, "time time_ns monotonic monotonic_ns perf_counter perf_counter_ns", _CLOCK),
    (time, "process_time process_time_ns clock_gettime clock_gettime_ns", _CLOCK),
    (time, "get_clock_info sleep", _CLOCK),
    (os, "times", _CLOCK),
    (os, "urandom getrandom", _RANDOM),
    (random, "_urandom", _RANDOM),
    (os, "open read write stat lstat access readlink listdir scandir getcwd chdir", _FILES),
    (os, "mkdir rmdir remove unlink rename replace link symlink utime truncate", _FILES),
    (builtins, "open", _FILES),
    (io, "open open_code", _FILES),
    (threading, "_time", _THREADS),
    (threading.Thread, "start", _THREADS),
    (threading.Condition, "wait", _THREADS),
]
_OF_NOW = {"localtime": 0, "gmtime": 0, "ctime": 0, "asctime": 0, "strftime": 1}
"""Functions of `time` that tell of now, unless this argument tells them of when."""

_closed = False


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


def guard() -> None:
    """Before the author's modules are loaded, which may keep a function by a name of their own
    (`from time import time`): lets everything through, until the sandbox is closed."""
    for owner, names, hint in _MISSING:
        for name in names.split():
            if hasattr(owner, name):
                setattr(owner, name, _guarded(owner, name, hint))
    for name, position in _OF_NOW.items():
        setattr(time, name, _guarded(time, name, _CLOCK, position))
    _seed()


def prepare() -> None:
    """While the component is built: loads what Python would look for later."""
    for name in _LATE:
        importlib.import_module(name)
    for name in _LATE[2:]:
        codecs.lookup(name.removeprefix("encodings."))


def close() -> None:
    """From now on, what a sandbox does not have is an exception that says so."""
    global _closed
    _closed = True
    sys.stdin = None  # as Python itself has it, where there is none
    sys.stdout = sys.stderr = Nowhere()
    if "logging" in sys.modules:
        # It would want to know when.
        sys.modules["logging"].disable()
    sys.meta_path[:] = [TooLate()]
    random.seed()


def settle() -> None:
    """What is there before the first judgement stays, so that no judgement spends its fuel on
    searching it for garbage."""
    gc.collect()
    gc.freeze()


def _guarded(owner: Any, name: str, hint: str, position: int | None = None) -> Callable[..., Any]:
    function = getattr(owner, name)

    @functools.wraps(function)
    def guarded(*arguments: Any, **options: Any) -> Any:
        told = position is not None and arguments[position : position + 1] not in ((), (None,))
        if _closed and not told:
            raise PermissionError(f"`{owner.__name__}.{name}` was called, and {hint}")
        return function(*arguments, **options)

    return guarded


def _seed() -> None:
    # Without a seed, Python asks for randomness. It is always the same one here.
    new, seed = random.Random.__new__, random.Random.seed

    def seeded_new(cls: type[random.Random], *seeds: Any, **options: Any) -> random.Random:
        return new(cls, *[0 if one is None else one for one in seeds or (0,)], **options)

    def seeded(self: random.Random, a: Any = None, version: int = 2) -> None:
        seed(self, 0 if a is None else a, version)

    random.Random.__new__ = seeded_new  # type: ignore[method-assign,assignment]
    random.Random.seed = seeded  # type: ignore[method-assign]
    random.seed = random._inst.seed
    random.seed()
