"""The decorator that makes a function or a class the contract of this component."""

from __future__ import annotations

import functools
import inspect
import json
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tollgate import config
from tollgate.report import Report
from tollgate.subject import Subject

Definition = TypeVar("Definition", bound=Callable[..., Any])
Judge = Callable[[Subject], Report]


@dataclass(frozen=True)
class Contract:
    """A registered contract: its configuration's type, and how a judge is made of one."""

    name: str
    config: Any
    build: Callable[[Any], Judge]

    def configure(self, config_json: str) -> Judge:
        """Reads the configuration and prepares the judge."""
        return self.build(config.read(self.config, json.loads(config_json)))


_registered: Contract | None = None


def contract(definition: Definition) -> Definition:
    """Makes a function or a class the contract of this component, and leaves it as it is.

    A function is `judge(config: Config, subject: Subject) -> Report`.

    A class is for contracts that prepare something: `__init__(self, config: Config)` runs
    once and may be slow, the host keeps what it built, and every
    `judge(self, subject: Subject) -> Report` starts from it.
    """
    global _registered
    if _registered is not None:
        names = f"`{_registered.name}` and `{definition.__name__}`"
        raise TypeError(f"a component has one contract, and {names} both want to be it")
    _registered = describe(definition)
    return definition


def registered() -> Contract:
    """The contract of this component."""
    if _registered is None:
        raise TypeError("nothing is decorated with `@contract`")
    return _registered


def describe(definition: Callable[..., Any]) -> Contract:
    """What the decorator finds out of a function or a class."""
    name = definition.__name__
    if inspect.isclass(definition):
        if not callable(getattr(definition, "judge", None)):
            raise TypeError(f"the class `{name}` has no method `judge`")
        wanted = _annotation(getattr(definition, "__init__"), 1, name)  # noqa: B009  for mypy
        make: Callable[[Any], Any] = definition
        return Contract(name, wanted, lambda config: make(config).judge)
    wanted = _annotation(definition, 0, name)
    return Contract(name, wanted, lambda config: functools.partial(definition, config))


def _annotation(function: Callable[..., Any], position: int, name: str) -> Any:
    parameters = list(inspect.signature(function).parameters)
    hints = typing.get_type_hints(function)
    if len(parameters) <= position or parameters[position] not in hints:
        raise TypeError(f"`{name}` does not say of which type its configuration is")
    return hints[parameters[position]]
