"""Times and time zones as they are written on a command line."""

from __future__ import annotations

import re
import time
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from tui_monitor.cli.exit_status import CommandError
from tui_monitor.cli.path_args import quoted
from tui_monitor.units import TIME_EXAMPLES, parse_moment

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)


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
    """Return epoch milliseconds of a time, as `parse_moment` does; None if the text is empty.

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
        return parse_moment(text, round((time.time() if now is None else now) * 1000), tz)
    except ValueError:
        raise CommandError(f"invalid time {quoted(text)}: write {TIME_EXAMPLES}.") from None
