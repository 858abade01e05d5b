"""Times as a person writes them on a command line."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tui_monitor.cli.ending import WRONG_USAGE, Failure

_AGO = re.compile(r"(\d+)([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def zone(name: str) -> tzinfo | None:
    """The time zone of that name; None, the local one, for the empty name.

    Raises:
        Failure: there is no such zone.
    """
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Failure(f"there is no time zone {name!r}: write it as in Europe/Berlin, or UTC.", WRONG_USAGE) from None


def moment(text: str, tz: tzinfo | None, now: float | None = None) -> int | None:
    """Epoch milliseconds of ``2026-11-01``, ``2026-11-01T09:30``, or so long ago: ``90m``, ``12h``, ``7d``, ``2w``.

    Args:
        text: what was written; the empty text means no time at all.
        tz: the zone of a time that names none.
        now: epoch seconds, those of the clock by default.

    Raises:
        Failure: it is no such time.
    """
    if not text:
        return None
    try:
        if ago := _AGO.fullmatch(text.strip()):
            return round(((time.time() if now is None else now) - _span(ago).total_seconds()) * 1000)
        when = datetime.fromisoformat(text.strip())
        return round((when if when.tzinfo else when.replace(tzinfo=tz)).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        raise Failure(f"{text!r} is no time: write 2026-11-01, 2026-11-01T09:30 or 7d.", WRONG_USAGE) from None


def _span(ago: re.Match[str]) -> timedelta:
    return timedelta(**{_UNITS[ago[2]]: int(ago[1])})
