"""Refusals: exceptions that a contract raises when it makes no report."""

from __future__ import annotations

from tollgate.pointer import Pointer


class Refusal(Exception):
    """Base class of the three kinds of refusals."""


class BadConfig(Refusal):
    """The configuration does not fit. Has the place and the reason."""

    def __init__(self, pointer: Pointer, reason: str) -> None:
        super().__init__(f"the configuration does not fit at `{pointer}`: {reason}")
        self.pointer = pointer
        self.reason = reason


class NotApplicable(Refusal):
    """This contract does not judge subjects of this kind."""


class Broken(Refusal):
    """The contract cannot judge for any other reason."""
