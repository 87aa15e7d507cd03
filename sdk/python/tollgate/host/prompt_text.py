"""The text of the pinned prompt, for contracts that look for it in the output."""

from __future__ import annotations

from tollgate.host.world import world


def read() -> str | None:
    """The text, where a prompt is pinned."""
    return world().prompt_text()
