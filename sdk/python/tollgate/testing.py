"""Fake host for unit tests, with the same names as `given` in a file of cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from tollgate.host.lookup import NotGranted
from tollgate.host.world import enter

Tables = Mapping[str, Mapping[str, str]]


@dataclass
class Given:
    """Answers of the fake host, and the lines that it received."""

    clock: int = 0
    text: str | None = None
    tables: Tables = field(default_factory=dict)
    logged: list[tuple[str, str]] = field(default_factory=list)
    """The lines that the contract logged, with their levels."""

    def log(self, level: str, message: str) -> None:
        self.logged.append((level, message))

    def now(self) -> int:
        return self.clock

    def get(self, table: str, key: str) -> str | None:
        return self._table(table).get(key)

    def contains_any(self, table: str, keys: list[str]) -> list[bool]:
        rows = self._table(table)
        return [key in rows for key in keys]

    def prompt_text(self) -> str | None:
        return self.text

    def _table(self, name: str) -> Mapping[str, str]:
        if name not in self.tables:
            raise NotGranted(name)
        return self.tables[name]


@contextmanager
def given(
    *, clock: int = 0, prompt_text: str | None = None, tables: Tables | None = None
) -> Iterator[Given]:
    """Sets the host's answers inside the `with`. Tables that are not named are not granted."""
    answers = Given(clock, prompt_text, tables or {})
    before = enter(answers)
    try:
        yield answers
    finally:
        enter(before)
