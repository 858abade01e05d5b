"""Times and time zones as they are written on a command line."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from tui_monitor.cli.exit_status import CommandError
from tui_monitor.cli.path_args import quoted

_DURATION = re.compile(r"-?((?:\d+[smhdw])+)(?: ago)?")
_PART = re.compile(r"(\d+)([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_MONTH = re.compile(r"\d{4}-\d{2}")
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_DAYS_AGO = {"today": 0, "yesterday": 1}

TIME_EXAMPLES = "2026-11-01, 2026-11-01T09:30, 2026-11, today, yesterday, 7d or 1h30m"


def parse_zone(name: str) -> tzinfo | None:
    """Return the time zone of a name (``Europe/Berlin``, in any case) or an offset (``+02:00``); None if empty.

    Raises:
        CommandError: there is no such zone.
    """
    name = name.strip()
    if not name:
        return None
    if name.lower() in ("utc", "z"):
        return UTC
    try:
        if offset := _OFFSET.fullmatch(name):
            span = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
            return timezone(-span if offset[1] == "-" else span)
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, RecursionError):  # the last one for very long names
        pass
    for other in available_timezones():
        if other.lower() == name.lower():
            return ZoneInfo(other)
    raise CommandError(f"invalid time zone {quoted(name)}: write Europe/Berlin, +02:00 or UTC.")


def parse_time(text: str, tz: tzinfo | None, now: float | None = None) -> int | None:
    """Return epoch milliseconds of a time; None if the text is empty.

    A day or a month means its beginning, a duration (``90m``, ``1h30m``, ``7d``) so long ago.

    Args:
        text: the time, see `TIME_EXAMPLES`.
        tz: the zone of a time that names none; None is the local one.
        now: epoch seconds, those of the clock by default.

    Raises:
        CommandError: it is no such time.
    """
    text = text.strip()
    if not text:
        return None
    try:
        return _milliseconds(text, tz, time.time() if now is None else now)
    except (ValueError, OverflowError, OSError):
        raise CommandError(f"invalid time {quoted(text)}: write {TIME_EXAMPLES}.") from None


def _milliseconds(text: str, tz: tzinfo | None, now: float) -> int:
    if duration := _DURATION.fullmatch(text):
        span = sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in _PART.findall(duration[1])), timedelta())
        return round((now - span.total_seconds()) * 1000)
    if (days_ago := _DAYS_AGO.get(text.lower())) is not None:
        text = (datetime.fromtimestamp(now, tz).date() - timedelta(days=days_ago)).isoformat()
    elif _MONTH.fullmatch(text):
        text += "-01"
    when = datetime.fromisoformat(text)
    return round((when if when.tzinfo else when.replace(tzinfo=tz)).timestamp() * 1000)
