"""How the exported functions end: with a value, or with a refusal."""

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
    """Whatever is raised becomes a refusal."""

    # An exception that left the component would be a trap without a word. Nothing else
    # will run in this sandbox, so even `SystemExit` is only a reason.
    @functools.wraps(call)
    def wrapped(*arguments: object) -> T:
        try:
            return call(*arguments)
        except Refusal as refusal:
            raise Err(boundary.wit_refusal(refusal)) from None
        except BaseException as error:  # noqa: BLE001
            words = well_formed(last_words.describe(error))
            raise Err(wit.Refusal_Broken(words)) from None

    return wrapped
