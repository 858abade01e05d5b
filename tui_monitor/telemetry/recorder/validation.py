"""Validation of record fields. Every function raises a `ValidationError` that names the field."""

from __future__ import annotations

from enum import StrEnum

from tui_monitor.telemetry.recorder.errors import ValidationError

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import TypeVar

    Choice = TypeVar("Choice", bound=StrEnum)

_INTEGER_LIMIT = 2**53
_MAX_ID = 256
_MAX_REPR = 80


def check_id(name: str, value: object) -> None:
    """Require a text of 1 to 256 printable characters."""
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_ID or not value.isprintable():
        raise ValidationError(f"{name} must be 1 to {_MAX_ID} printable characters, not {_repr(value)}")


def check_text(name: str, value: object, required: bool = False) -> None:
    """Require text; None too, unless ``required``."""
    if not isinstance(value, str) and (required or value is not None):
        raise ValidationError(f"{name} must be text, not {_repr(value)}")


def check_count(name: str, value: object) -> None:
    """Require a whole number from 0, below 2**53."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _INTEGER_LIMIT:
        raise ValidationError(f"{name} must be a whole number, 0 or more, not {_repr(value)}")


def check_exit_code(name: str, value: object) -> None:
    """Require a whole number of 32 bits."""
    if not isinstance(value, int) or isinstance(value, bool) or not -(2**31) <= value < 2**32:
        raise ValidationError(f"{name} must be a whole number, not {_repr(value)}")


def check_number(name: str, value: object) -> None:
    """Require a finite number from 0, below 2**53."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < _INTEGER_LIMIT:
        raise ValidationError(f"{name} must be a number, 0 or more, not {_repr(value)}")


def check_any_number(name: str, value: object) -> None:
    """Require a number of any sign and size."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValidationError(f"{name} must be a number, not {_repr(value)}")


def parse_choice(name: str, value: object, choices: type[Choice]) -> Choice:
    """Return the member of ``choices`` with this value, ignoring case."""
    try:
        return choices(str(value).lower())
    except ValueError:
        raise ValidationError(f"{name} must be one of {', '.join(choices)}, not {_repr(value)}") from None


def _repr(value: object) -> str:
    text = repr(value) if isinstance(value, str | int | float | bool | None) else f"a {type(value).__name__}"
    return text if len(text) <= _MAX_REPR else f"{text[: _MAX_REPR - 1]}…"
