"""Read-only tables that the operator names: approved claims, suppression lists, prices."""

from __future__ import annotations

from collections.abc import Iterable

from tollgate.host.world import world


class Error(Exception):
    """The table did not answer."""


class NotGranted(Error):
    """The contract was not granted this table."""


class Unavailable(Error):
    """The table was granted, but the host could not answer."""


def get(table: str, key: str) -> str | None:
    """The value that stands beside a key, where there is one."""
    return world().get(table, key)


def contains_any(table: str, keys: Iterable[str]) -> list[bool]:
    """For each key, whether the table has it."""
    return world().contains_any(table, list(keys))
