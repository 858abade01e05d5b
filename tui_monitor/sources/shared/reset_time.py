"""The moment at which a used-up limit is renewed, as agents write it in sentences."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

_EPOCH = re.compile(r"\|(\d{10})\b")
_RESETS = re.compile(
    r"\b(?:resets?|try again)(?: at)? +(?:(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2})(?:,? +at|,)? +)?"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d))? *(?P<half>[ap]m)?(?: *\((?P<zone>[\w/+-]+)\))?",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def reset_time(sentence: str, at: int) -> int:
    """Return when a limit is renewed (epoch ms) by a sentence written at ``at``; 0 if it does not say so.

    Known forms: ``… limit reached|1752685200``, ``resets 3:45pm (Europe/Paris)``, ``resets Jul 23 at 6pm``, ``try again
    at 15:30``. Without a zone the time is that of this machine.
    """
    if epoch := _EPOCH.search(sentence):
        return int(epoch[1]) * 1000
    match = _RESETS.search(sentence)
    if match is None or not at:
        return 0
    try:
        return _moment(match, datetime.fromtimestamp(at / 1000, UTC).astimezone(_zone(match["zone"])))
    except (ValueError, OverflowError, OSError):
        return 0


def _moment(match: re.Match[str], written: datetime) -> int:
    hour = int(match["hour"])
    if match["half"]:
        if hour > 12:
            raise ValueError(f"{hour} {match['half']}")
        hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
    moment = written.replace(hour=hour, minute=int(match["minute"] or 0), second=0, microsecond=0)
    if match["month"]:
        moment = moment.replace(month=_MONTHS.index(match["month"].lower()) + 1, day=int(match["day"]))
        if moment < written - timedelta(days=1):  # a limit is renewed after it was used up
            moment = moment.replace(year=moment.year + 1)
    elif moment < written:
        moment += timedelta(days=1)
    return int(moment.timestamp() * 1000)


def _zone(name: str | None) -> tzinfo | None:
    """Return a zone by its name, None (this machine's) where it has none or is unknown."""
    try:
        return ZoneInfo(name) if name else None
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return None
