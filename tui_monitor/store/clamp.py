"""Makes values that SQLite cannot keep into the nearest that it can."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar, cast

_MOST = 2**53
"""Larger integers are nonsense in all that is counted or measured here, and sums of many such still fit."""

_T = TypeVar("_T")


def clamp_values(value: _T) -> _T:
    """``value`` with integers cut to 53 bits and without lone surrogates, as deep as it goes."""
    return cast(_T, _clamp(value))


def _clamp(value: object) -> object:
    match value:
        case Enum() | bool():
            return value
        case int():
            return max(-_MOST, min(_MOST, value))
        case str():
            return value.encode("utf-8", "replace").decode()
        case tuple():
            make = getattr(value, "_make", tuple)  # a named tuple's own way
            return make([_clamp(part) for part in value])
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{field.name: _clamp(getattr(value, field.name)) for field in fields(value)})
    return value
