"""The times of formats: ISO-8601 text, epoch seconds or epoch milliseconds → UTC epoch milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime

_LEAST_MS = 10**11
"""As seconds this lies three thousand years ahead, as milliseconds in 1973: no larger number means seconds."""

_MOST_MS = 2**53
_NUMBER = (int, float)


def iso(text: str) -> int:
    """Epoch milliseconds of an ISO-8601 time; one without a zone is UTC.

    Raises:
        ValueError: it is no such time.
        OverflowError: it lies before the year 1 or after the year 9999.
    """
    told = datetime.fromisoformat(text)
    return round((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp() * 1000)


def of_seconds(told: object) -> int:
    """Epoch milliseconds of epoch seconds, of milliseconds told where seconds are meant, or of ISO-8601 text; 0 for
    what is no time."""
    if isinstance(told, _NUMBER) and 0 <= told < _LEAST_MS:
        return round(told * 1000)
    return of_millis(told)


def of_millis(told: object) -> int:
    """Epoch milliseconds of epoch milliseconds or of ISO-8601 text; 0 for what is no time."""
    if isinstance(told, str):
        try:
            return max(0, iso(told))
        except (ValueError, OverflowError):
            return 0
    return round(told) if isinstance(told, _NUMBER) and 0 <= told <= _MOST_MS else 0
