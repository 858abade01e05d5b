"""Checks of the fields of records, which say what is wrong with them."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TypeVar

from tui_monitor.telemetry.recorder.errors import ValidationError

_MOST = 2**53
_LONGEST_ID = 256

Choice = TypeVar("Choice", bound=StrEnum)


def check_id(name: str, value: object) -> None:
    """An id is a text of 1 to 256 characters that can be shown.

    Raises:
        ValidationError: it is not; so do all below.
    """
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID or not value.isprintable():
        raise ValidationError(f"{name} must be 1 to {_LONGEST_ID} printable characters, not {_shown(value)}")


def check_text(name: str, value: object, required: bool = False) -> None:
    """A text, or, where it is not required, None."""
    if not isinstance(value, str) and (required or value is not None):
        raise ValidationError(f"{name} must be text, not {_shown(value)}")


def check_count(name: str, value: object) -> None:
    """A whole number from 0 on, below 2**53."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MOST:
        raise ValidationError(f"{name} must be a whole number from 0 on, not {_shown(value)}")


def check_exit_code(name: str, value: object) -> None:
    """A whole number of 32 bits."""
    if not isinstance(value, int) or isinstance(value, bool) or not -(2**31) <= value < 2**32:
        raise ValidationError(f"{name} must be a whole number, not {_shown(value)}")


def check_number(name: str, value: object) -> None:
    """A finite number from 0 on."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < _MOST or math.isnan(value):
        raise ValidationError(f"{name} must be a number from 0 on, not {_shown(value)}")


def chosen(name: str, value: object, choices: type[Choice]) -> Choice:
    """The choice of this name, in any case."""
    try:
        return choices(str(value).lower())
    except ValueError:
        words = ", ".join(choices)
        raise ValidationError(f"{name} must be one of {words}, not {_shown(value)}") from None


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str | int | float | bool | None) else f"a {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:79]}…"
