"""What `componentize-py` makes a component of.

Importing the author's module `contract` is what registers the contract. Everything that
is imported here or there is in the component's memory from its first moment on.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

import contract  # noqa: F401
from componentize_py_types import Err
from wit_world.imports import types as wit

from tollgate import registration
from tollgate.component import boundary, last_words, sandbox
from tollgate.component.world import Imported, well_formed
from tollgate.host.world import enter
from tollgate.refusal import Broken, Refusal
from tollgate.report import Report
from tollgate.subject import Subject

__all__ = ["Judge"]

T = TypeVar("T")


def _refusing(call: Callable[..., T]) -> Callable[..., T]:
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


class Judge:
    """The exported interface. `componentize-py` looks for it by this name, and makes one
    for each of its functions: what they share cannot be kept in `self`."""

    @_refusing
    def configure(self, config: str) -> None:
        global _judge
        sandbox.close()
        _judge = _contract.configure(config)

    @_refusing
    def judge(self, subject: wit.Subject) -> wit.Report:
        read = boundary.subject_of(subject)
        return boundary.wit_report(_judge(read), read)


def _unconfigured(_subject: Subject) -> Report:
    raise Broken("judged before it was configured")


_judge: registration.Judge = _unconfigured
_contract = registration.registered()
last_words.remember_sources()
sandbox.prepare()
enter(Imported())
