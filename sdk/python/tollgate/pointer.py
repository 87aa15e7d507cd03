"""JSON Pointers (RFC 6901), built step by step as paths are with `pathlib`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pointer:
    """A place in a JSON document: `ROOT / "orders" / 3 / "price"`."""

    text: str = ""

    def __truediv__(self, step: str | int) -> Pointer:
        """A member of the object here, or an item of the array here."""
        escaped = str(step).replace("~", "~0").replace("/", "~1")
        return Pointer(f"{self.text}/{escaped}")

    def __str__(self) -> str:
        return self.text


ROOT = Pointer()
"""The whole document."""
