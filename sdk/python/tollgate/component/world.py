"""The capabilities that the component imports.

The build imports exactly those that the manifest declares. They are loaded with this module,
because the sandbox cannot import modules later.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import ModuleType
from typing import Any

from componentize_py_types import Err

from tollgate.host import lookup


class Imported:
    """Answers of the real host."""

    def log(self, level: str, message: str) -> None:
        imported = _capability("log")
        imported.write(imported.Level[level.upper()], well_formed(message))

    def now(self) -> int:
        moment: int = _capability("clock").now()
        return moment

    def get(self, table: str, key: str) -> str | None:
        value: str | None = self._lookup("get", table, well_formed(key))
        return value

    def contains_any(self, table: str, keys: list[str]) -> list[bool]:
        asked = [well_formed(key) for key in keys]
        held: list[bool] = self._lookup("contains_any", table, asked)
        return held

    def prompt_text(self) -> str | None:
        text: str | None = _capability("prompt-text").read()
        return text

    def _lookup(self, function: str, table: str, asked: Any) -> Any:
        imported = _capability("lookup")
        try:
            return getattr(imported, function)(well_formed(table), asked)
        except Err as error:
            if isinstance(error.value, imported.Error_NotGranted):
                raise lookup.NotGranted(error.value.value) from None
            raise lookup.Unavailable(error.value.value) from None


def granted_log() -> Callable[[str, str], None] | None:
    """Returns the function that writes into the record of the run, if the contract declares `log`."""
    return _IMPORTED.log if "log" in _CAPABILITIES else None


def well_formed(text: str) -> str:
    """Replaces lone surrogates, which Python strings may contain (`json.loads` makes some) but
    UTF-8 may not."""
    return text.encode(errors="replace").decode()


def _imported() -> Iterator[tuple[str, ModuleType]]:
    for name in ("log", "clock", "lookup", "prompt-text"):
        with suppress(ModuleNotFoundError):
            yield name, importlib.import_module("wit_world.imports." + name.replace("-", "_"))


_CAPABILITIES = dict(_imported())
_IMPORTED = Imported()


def _capability(name: str) -> Any:
    if name not in _CAPABILITIES:
        declare = f"declare `{name}` under `[capabilities]` in contract.toml"
        raise RuntimeError(f"this contract does not import `{name}`: {declare}")
    return _CAPABILITIES[name]
