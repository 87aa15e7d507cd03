"""Reads the operator's JSON configuration into the contract's dataclass.

The host has already checked the configuration against `config.schema.json`. Values that the
schema accepts but the dataclass does not are refused here, with their place.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from tollgate.pointer import ROOT, Pointer
from tollgate.refusal import BadConfig

T = TypeVar("T")

_NAMES = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


def read(wanted: type[T], value: Any) -> T:
    """Converts a value to the type that the contract declares."""
    result: T = _read(wanted, value, ROOT)
    return result


def _read(wanted: Any, value: Any, here: Pointer) -> Any:
    if wanted is Any:
        return value
    if dataclasses.is_dataclass(wanted):
        return _object(typing.cast(type, wanted), value, here)
    origin, arguments = typing.get_origin(wanted) or wanted, typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        return _alternative(arguments, value, here)
    if origin is typing.Literal:
        return _literal(arguments, value, here)
    if origin is float and _is(int, value):
        return float(value)
    if origin is int and isinstance(value, float) and value.is_integer():
        return int(value)  # JSON Schema accepts 2.0 as an integer
    if origin not in _NAMES:
        raise TypeError(f"a configuration cannot hold a `{wanted}`")
    if not _is(origin, value):
        raise BadConfig(here, f"this is {_name(value)}, but should be {_NAMES[origin]}")
    return _items(origin, arguments, value, here)


def _items(origin: type, arguments: tuple[Any, ...], value: Any, here: Pointer) -> Any:
    if origin is list and arguments:
        return [_read(arguments[0], item, here / index) for index, item in enumerate(value)]
    if origin is dict and arguments:
        return {key: _read(arguments[1], item, here / key) for key, item in value.items()}
    return value


def _object(wanted: type, value: Any, here: Pointer) -> Any:
    if not isinstance(value, Mapping):
        raise BadConfig(here, f"this is {_name(value)}, but should be an object")
    fields = {field.name: field for field in dataclasses.fields(wanted) if field.init}
    for key in value:
        if key not in fields:
            known = ", ".join(f"`{name}`" for name in fields) or "none"
            raise BadConfig(here / key, f"unknown key `{key}`: the keys are {known}")
    for name, field in fields.items():
        if name not in value and _has_no_default(field):
            raise BadConfig(here, f"`{name}` is missing")
    hints = typing.get_type_hints(wanted)
    arguments = {key: _read(hints[key], item, here / key) for key, item in value.items()}
    try:
        return wanted(**arguments)
    except ValueError as error:  # raised by a `__post_init__` that validates
        raise BadConfig(here, str(error)) from error


def _has_no_default(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _alternative(alternatives: tuple[Any, ...], value: Any, here: Pointer) -> Any:
    if value is None and type(None) in alternatives:
        return None
    alternatives = tuple(kind for kind in alternatives if kind is not type(None))
    for alternative in alternatives[:-1]:
        try:
            return _read(alternative, value, here)
        except BadConfig:
            continue
    return _read(alternatives[-1], value, here)


def _literal(choices: tuple[Any, ...], value: Any, here: Pointer) -> Any:
    for choice in choices:
        if type(choice) is type(value) and choice == value:
            return choice
    allowed = ", ".join(f"`{choice}`" for choice in choices)
    raise BadConfig(here, f"this is `{value}`, but should be one of {allowed}")


def _is(wanted: type, value: Any) -> bool:
    # `True` is an `int` in Python, but not in JSON.
    return isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))


def _name(value: Any) -> str:
    return _NAMES[type(value)]
