"""Selects who answers capabilities: the host in a component, or a fake in a test."""

from __future__ import annotations

from typing import Protocol


class World(Protocol):
    """Interface of a host."""

    def log(self, level: str, message: str) -> None: ...

    def now(self) -> int: ...

    def get(self, table: str, key: str) -> str | None: ...

    def contains_any(self, table: str, keys: list[str]) -> list[bool]: ...

    def prompt_text(self) -> str | None: ...


_world: World | None = None


def enter(world: World | None) -> World | None:
    """Sets the host that answers, and returns the one before."""
    global _world
    before, _world = _world, world
    return before


def world() -> World:
    """Returns the host that answers."""
    if _world is None:
        raise RuntimeError("there is no host here: in a test, use `tollgate.testing.given`")
    return _world
