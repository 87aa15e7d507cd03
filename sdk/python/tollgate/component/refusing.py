"""Turns exceptions of the exported functions into refusals."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

from componentize_py_types import Err
from wit_world.imports import types as wit

from tollgate.component import boundary, last_words
from tollgate.component.world import well_formed
from tollgate.refusal import Refusal

T = TypeVar("T")


def refusing(call: Callable[..., T]) -> Callable[..., T]:
    """Wraps a function so that every exception becomes a refusal."""

    # An exception that leaves the component would be a trap without a message. Nothing else
    # runs in this sandbox, so even `SystemExit` becomes a refusal.
    @functools.wraps(call)
    def wrapped(*arguments: object) -> T:
        try:
            return call(*arguments)
        except Refusal as refusal:
            raise Err(boundary.wit_refusal(refusal)) from None
        except BaseException as error:  # noqa: BLE001
            reason = well_formed(last_words.describe(error))
            raise Err(wit.Refusal_Broken(reason)) from None

    return wrapped
