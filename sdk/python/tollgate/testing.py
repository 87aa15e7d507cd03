"""A small world for unit tests, with the words that `given` has in a case's file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from tollgate.host.lookup import NotGranted
from tollgate.host.world import enter

Tables = Mapping[str, Mapping[str, str]]


@dataclass
class Given:
    """What the host answers, and what it was told."""

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
        held = self._table(table)
        return [key in held for key in keys]

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
    """Inside the `with`, capabilities answer this. Tables that are not named are not granted."""
    answers = Given(clock, prompt_text, tables or {})
    before = enter(answers)
    try:
        yield answers
    finally:
        enter(before)
