"""Why no report could be made. A refusal is raised, from anywhere in a contract."""

from __future__ import annotations

from tollgate.pointer import Pointer


class Refusal(Exception):
    """One of the three below."""


class BadConfig(Refusal):
    """The configuration does not fit: where, and why."""

    def __init__(self, pointer: Pointer, reason: str) -> None:
        super().__init__(f"the configuration does not fit at `{pointer}`: {reason}")
        self.pointer = pointer
        self.reason = reason


class NotApplicable(Refusal):
    """This contract does not judge subjects of this kind."""


class Broken(Refusal):
    """Anything else."""
