"""Replaces Python functions that need an operating system.

Every system call of the interpreter traps in a component, without a message. Functions of the
standard library are replaced here by ones that raise an exception with an explanation. What
cannot be replaced, such as `datetime.now`, still traps, and the host shows the function.
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

from tollgate.component import printed

_LATE = ["_strptime", "stringprep"] + [
    f"encodings.{name}"
    for name in (
        *("ascii", "cp1252", "hex_codec", "idna", "latin_1", "punycode", "raw_unicode_escape"),
        *("unicode_escape", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_8_sig"),
    )
]
"""Modules that the standard library imports on first use, which would be too late."""

_CLOCK = "a contract has no clock of its own: use `tollgate.host.clock`"
_FILES = "a contract has no files: read them at the top of a module, at build time"
_RANDOM = "a contract has no randomness"
_THREADS = "a contract has no threads"
_DEBUGGER = "a contract has no debugger: print, and declare the capability `log` to read it"
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
    (builtins, "breakpoint", _DEBUGGER),
    (io, "open open_code", _FILES),
    (threading, "_time", _THREADS),
    (threading.Thread, "start", _THREADS),
    (threading.Condition, "wait", _THREADS),
]
_OF_NOW = {"localtime": 0, "gmtime": 0, "ctime": 0, "asctime": 0, "strftime": 1}
"""Functions of `time` that use the current time unless they get this argument."""

_closed = False


class TooLate(importlib.abc.MetaPathFinder):
    """Refuses late imports, because modules would have to be read from files."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        hint = "import it at the top of a module"
        raise ModuleNotFoundError(f"`{name}` is not in the component: {hint}", name=name)


def guard() -> None:
    """Replaces the functions. They still work until the sandbox is closed. Must run before the
    author's modules are loaded, because these may keep a function under another name."""
    for owner, names, hint in _MISSING:
        for name in names.split():
            if hasattr(owner, name):
                setattr(owner, name, _guarded(owner, name, hint))
    for name, position in _OF_NOW.items():
        setattr(time, name, _guarded(time, name, _CLOCK, position))
    _seed()


def prepare() -> None:
    """Loads modules that Python would import later. Runs while the component is built."""
    for name in _LATE:
        importlib.import_module(name)
    for name in _LATE[2:]:
        codecs.lookup(name.removeprefix("encodings."))


def close() -> None:
    """Makes the replaced functions raise from now on."""
    global _closed
    _closed = True
    sys.stdin = None  # Python's own value if there is no standard input
    sys.stdout, sys.stderr = printed.OUT, printed.ERROR
    if "logging" in sys.modules:
        # Every log record would read the clock.
        sys.modules["logging"].disable()
    sys.meta_path[:] = [TooLate()]
    random.seed()


def settle() -> None:
    """Excludes all existing objects from garbage collection, so that no judgement spends fuel
    on searching them."""
    gc.collect()
    gc.freeze()


def _guarded(owner: Any, name: str, hint: str, position: int | None = None) -> Callable[..., Any]:
    function = getattr(owner, name)

    @functools.wraps(function)
    def guarded(*arguments: Any, **options: Any) -> Any:
        has_time = position is not None and arguments[position : position + 1] not in ((), (None,))
        if _closed and not has_time:
            raise PermissionError(f"`{owner.__name__}.{name}` was called, but {hint}")
        return function(*arguments, **options)

    return guarded


def _seed() -> None:
    # Without a seed, Python would ask for randomness. Here the seed is always 0.
    new, seed = random.Random.__new__, random.Random.seed

    def seeded_new(cls: type[random.Random], *seeds: Any, **options: Any) -> random.Random:
        return new(cls, *[0 if given is None else given for given in seeds or (0,)], **options)

    def seeded(self: random.Random, a: Any = None, version: int = 2) -> None:
        seed(self, 0 if a is None else a, version)

    random.Random.__new__ = seeded_new  # type: ignore[method-assign,assignment]
    random.Random.seed = seeded  # type: ignore[method-assign]
    random.seed = random._inst.seed
    random.seed()
