"""Reads tables that the operator provides: approved claims, suppression lists, prices."""

from __future__ import annotations

from collections.abc import Iterable

from tollgate.host.world import world


class Error(Exception):
    """A table could not be read."""


class NotGranted(Error):
    """The contract was not granted this table."""


class Unavailable(Error):
    """The table was granted, but the host could not read it."""


def get(table: str, key: str) -> str | None:
    """Returns the value of a key, or `None` if the table does not have the key."""
    return world().get(table, key)


def contains_any(table: str, keys: Iterable[str]) -> list[bool]:
    """Returns for each key whether the table has it."""
    return world().contains_any(table, list(keys))
