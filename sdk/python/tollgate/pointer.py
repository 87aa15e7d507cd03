"""JSON Pointers (RFC 6901), built like paths with `pathlib`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pointer:
    """A place in a JSON document: `ROOT / "orders" / 3 / "price"`."""

    text: str = ""

    def __truediv__(self, step: str | int) -> Pointer:
        """Appends a member of an object or an item of an array."""
        escaped = str(step).replace("~", "~0").replace("/", "~1")
        return Pointer(f"{self.text}/{escaped}")

    def __str__(self) -> str:
        return self.text


ROOT = Pointer()
"""Pointer to the whole document."""
