"""Reads the text of the pinned prompt, for contracts that look for it in the output."""

from __future__ import annotations

from tollgate.host.world import world


def read() -> str | None:
    """Returns the text, or `None` if the gate pins no prompt."""
    return world().prompt_text()
