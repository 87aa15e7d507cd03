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
from tollgate.session import Session
from tollgate.subject import Subject

Definition = TypeVar("Definition", bound=Callable[..., Any])


@dataclass(frozen=True)
class Configured:
    """A configured contract. `begin` is set if it can judge streams."""

    judge: Callable[[Subject], Report]
    begin: Callable[[Subject], Session] | None = None


@dataclass(frozen=True)
class Contract:
    """A registered contract, with the type of its configuration."""

    name: str
    config: Any
    build: Callable[[Any], Configured]
    streams: bool = False
    """Whether it can judge a text while it is still being written."""

    def configure(self, config_json: str) -> Configured:
        """Reads the configuration and configures the contract."""
        return self.build(config.read(self.config, json.loads(config_json)))

    def check_stream(self, *, declared: bool) -> None:
        """Raises unless class and contract.toml agree on whether the contract streams."""
        if declared and not self.streams:
            missing = f"`{self.name}` is not a class with a method `begin`"
            raise TypeError(f"contract.toml says `stream = true`, but {missing}")
        if self.streams and not declared:
            missing = "contract.toml does not say `stream = true`"
            raise TypeError(f"`{self.name}` has a method `begin`, but {missing}")


_registered: Contract | None = None


def contract(definition: Definition) -> Definition:
    """Registers a function or a class as the contract of this component, and returns it.

    A function is `judge(config: Config, subject: Subject) -> Report`.

    A class is for contracts with expensive state: `__init__(self, config: Config)` runs once
    and may be slow, the host keeps the state, and every
    `judge(self, subject: Subject) -> Report` starts from it. With a method
    `begin(self, subject: Subject) -> Session`, it can also judge a text while it is still being
    written; its contract.toml must say `stream = true`.
    """
    global _registered
    if _registered is not None:
        names = f"`{_registered.name}` and `{definition.__name__}`"
        raise TypeError(f"a component has one contract, but {names} are both decorated with `@contract`")
    _registered = describe(definition)
    return definition


def registered() -> Contract:
    """Returns the contract of this component."""
    if _registered is None:
        raise TypeError("nothing is decorated with `@contract`")
    return _registered


def describe(definition: Callable[..., Any]) -> Contract:
    """Describes a function or a class as a contract."""
    name = definition.__name__
    if inspect.isclass(definition):
        if not callable(getattr(definition, "judge", None)):
            raise TypeError(f"the class `{name}` has no method `judge`")
        wanted = _annotation(getattr(definition, "__init__"), 1, name)  # noqa: B009  for mypy
        streams = callable(getattr(definition, "begin", None))
        return Contract(name, wanted, functools.partial(_prepare, definition), streams)
    wanted = _annotation(definition, 0, name)
    return Contract(name, wanted, lambda config: Configured(functools.partial(definition, config)))


def _prepare(definition: Callable[[Any], Any], config: Any) -> Configured:
    prepared = definition(config)
    return Configured(prepared.judge, getattr(prepared, "begin", None))


def _annotation(function: Callable[..., Any], position: int, name: str) -> Any:
    parameters = list(inspect.signature(function).parameters)
    hints = typing.get_type_hints(function)
    if len(parameters) <= position or parameters[position] not in hints:
        raise TypeError(f"`{name}` has no type annotation for its configuration")
    return hints[parameters[position]]
