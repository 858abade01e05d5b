"""Times, counts and money for people, with shorter forms for narrow places, and times as people write them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, tzinfo

from tui_monitor.events import PICO, Measure

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_YEAR_DAYS = 300
_DURATION = re.compile(r"-?((?:\d+[smhdw])+)(?: ago)?")
_PART = re.compile(r"(\d+)([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_MONTH = re.compile(r"\d{4}-\d{2}")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_DAYS_AGO = {"today": 0, "yesterday": 1}

TIME_EXAMPLES = "2026-11-01, 2026-11-01T09:30, 2026-11, today, yesterday, 14:05, 7d or 1h30m"
"""What `parse_moment` reads."""


def duration_forms(ms: int) -> tuple[str, ...]:
    """Return forms of a duration, the exact one first (``18m56s``, ``19m``); none below a second."""
    if ms < SECOND:
        return ()
    if ms < MINUTE:
        return (f"{ms // SECOND}s",)
    if ms < HOUR:
        return f"{ms // MINUTE}m{ms % MINUTE // SECOND:02}s", f"{_nearest(ms, MINUTE)}m"
    if ms < DAY:
        return f"{ms // HOUR}h{ms % HOUR // MINUTE:02}m", f"{_nearest(ms, HOUR)}h"
    return f"{ms // DAY}d{ms % DAY // HOUR:02}h", f"{_nearest(ms, DAY)}d"


def _nearest(ms: int, unit: int) -> int:
    return (ms + unit // 2) // unit


def to_datetime(at: int, tz: tzinfo | None) -> datetime | None:
    """Return epoch milliseconds as a time in ``tz`` (None: the local zone); None if there is no such time."""
    if not at:
        return None
    try:
        return datetime.fromtimestamp(at / SECOND, tz)
    except (OverflowError, OSError, ValueError):
        return None


def clock(at: int, tz: tzinfo | None) -> str:
    """Return ``HH:MM:SS`` of epoch milliseconds; empty if the time is unknown."""
    when = to_datetime(at, tz)
    return f"{when:%H:%M:%S}" if when else ""


def day_range(at: int, tz: tzinfo | None) -> range:
    """Return the epoch milliseconds of the day that ``at`` is in; all of them if there is no such day."""
    when = to_datetime(at, tz)
    return range(2**63) if when is None else _days(when, 1)


def week_range(at: int, tz: tzinfo | None) -> range:
    """Return the epoch milliseconds of the week, from Monday, that ``at`` is in; see `day_range`."""
    when = to_datetime(at, tz)
    return day_range(at, tz) if when is None else _days(when - timedelta(days=when.weekday()), 7)


def month_range(at: int, tz: tzinfo | None) -> range:
    """Return the epoch milliseconds of the month that ``at`` is in; see `day_range`."""
    when = to_datetime(at, tz)
    if when is None:
        return day_range(at, tz)
    return _days(when.replace(day=1), monthrange(when.year, when.month)[1])


def _days(first: datetime, count: int) -> range:
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        return range(_epoch_ms(start), _epoch_ms(start + timedelta(days=count)))
    except (OverflowError, OSError, ValueError):
        return range(2**63)


def _epoch_ms(when: datetime) -> int:
    return round(when.timestamp() * SECOND)


def compact(count: int) -> str:
    """Return a count in at most four digits and a unit, never rounded up: ``950``, ``1.2k``, ``41k``, ``12.4M``."""
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= size:
            has_fraction = count < 10 * size or (count < 100 * size and size > 10**3)
            digits = f"{count // size}.{count * 10 // size % 10}" if has_fraction else f"{count // size}"
            return digits.removesuffix(".0") + unit
    return str(count)


def pluralize(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 call``, ``33 calls``, ``1.2k calls``."""
    return f"{compact(count)} {noun}" + ("" if count == 1 else "s")


def measure_forms(measure: Measure, empty: str = "") -> tuple[str, ...]:
    """Return forms of a measure, such as ``22 of 956 lines`` and ``22 lines``; ``empty`` replaces ``no lines``."""
    if not measure.count:
        return (empty or f"no {measure.unit}",)
    unit = measure.unit if measure.count != 1 else _singular(measure.unit)
    short = f"{compact(measure.count)} {unit}"
    if measure.of is None or measure.of <= measure.count:
        return (short,)
    return f"{compact(measure.count)} of {compact(measure.of)} {measure.unit}", short


def _singular(unit: str) -> str:
    if unit.endswith("ies"):
        return unit[:-3] + "y"
    return unit[:-2] if unit.endswith(("ches", "shes", "sses", "xes")) else unit.removesuffix("s")


def dollars(picodollars: int, *, at_least: bool = False) -> str:
    """Return money to the cent, below a cent to the hundredth of one; what it is ``at_least`` is never rounded up:
    ``≥$11.85`` for 11.8573."""
    if at_least:
        cents, hundredths = picodollars * 100 // PICO, picodollars * 10_000 // PICO
        return f"≥${cents // 100}.{cents % 100:02}" if cents or not picodollars else f"≥$0.{hundredths:04}"
    amount = picodollars / PICO
    return f"${amount:.2f}" if amount >= 0.01 or not amount else f"${amount:.4f}"


def moment(at: int, now: int, tz: tzinfo | None) -> str:
    """Return a time as people name it at ``now``: ``14:02`` on the same day, else ``29 Nov``, long ago ``Nov 2025``."""
    when, today = to_datetime(at, tz), to_datetime(now, tz)
    if when is None or today is None:
        return ""
    if when.date() == today.date():
        return f"{when:%H:%M}"
    month = _MONTHS[when.month - 1]
    return f"{when.day} {month}" if (today - when).days < _YEAR_DAYS else f"{month} {when.year}"


def parse_moment(text: str, now: int, tz: tzinfo | None) -> int:
    """Return the epoch milliseconds of a time, see `TIME_EXAMPLES`, as somebody means it at ``now``.

    A day or a month means its beginning, a duration (``90m``, ``1h30m``, ``7d``) so long ago, a time of day the last
    one. A time that names no zone is in ``tz`` (None: the local one).

    Raises:
        ValueError: it is no such time.
    """
    text = text.strip().lower()
    try:
        if duration := _DURATION.fullmatch(text):
            parts = (timedelta(**{_UNITS[unit]: int(number)}) for number, unit in _PART.findall(duration[1]))
            return now - sum(parts, timedelta()) // timedelta(milliseconds=1)
        return round(_point(text, datetime.fromtimestamp(now / SECOND, tz), tz).timestamp() * SECOND)
    except (OverflowError, OSError):
        raise ValueError(f"no time: {text}") from None


def _point(text: str, today: datetime, tz: tzinfo | None) -> datetime:
    if clock_time := _CLOCK.fullmatch(text):
        hour, minute, second = (int(part or 0) for part in clock_time.groups())
        when = today.replace(hour=hour, minute=minute, second=second, microsecond=0)
        return when if when <= today else when - timedelta(days=1)
    if (days_ago := _DAYS_AGO.get(text)) is not None:
        text = (today.date() - timedelta(days=days_ago)).isoformat()
    when = datetime.fromisoformat(f"{text}-01" if _MONTH.fullmatch(text) else text.upper())
    return when if when.tzinfo else when.replace(tzinfo=tz)


def iso(at: int) -> str | None:
    """Return epoch milliseconds as ISO 8601 in UTC; None if the time is unknown."""
    if not at:
        return None
    try:
        when = datetime.fromtimestamp(at / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
