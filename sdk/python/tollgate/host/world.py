"""Who answers: the host in a component, a fake in a test, and nobody elsewhere."""

from __future__ import annotations

from typing import Protocol


class World(Protocol):
    """Everything that can be asked."""

    def log(self, level: str, message: str) -> None: ...

    def now(self) -> int: ...

    def get(self, table: str, key: str) -> str | None: ...

    def contains_any(self, table: str, keys: list[str]) -> list[bool]: ...

    def prompt_text(self) -> str | None: ...


_world: World | None = None


def enter(world: World | None) -> World | None:
    """From now on, this one answers. Returns who did before."""
    global _world
    before, _world = _world, world
    return before


def world() -> World:
    """Who answers."""
    if _world is None:
        raise RuntimeError("no host answers here: in a test, use `tollgate.testing.given`")
    return _world
