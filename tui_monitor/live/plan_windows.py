"""The windows of a person's plan: how far each is used, when it begins anew, and whether it lasts until then."""

from __future__ import annotations

from typing import NamedTuple

from tui_monitor.events import RateLimitUpdate
from tui_monitor.figures import PeriodTotal
from tui_monitor.units import DAY, HOUR, MINUTE

LEAST_SHARE = 0.05
"""Share of a window that must be over before it is forecast."""

_OWN_NAMES = {"five hour", "seven day", "primary", "secondary", "plan", ""}
"""Names that say no more than the length of the window does."""
_MINUTES = {"five hour": 300, "seven day": 7 * 24 * 60}


class PlanWindow(NamedTuple):
    """A window of a plan at a time.

    ``used`` is its percentage as last reported; if ``is_over`` it has begun anew since, and nothing is known of the new
    one. At the present pace it will be used to ``percentage_at_reset``, and up at ``full_at`` (epoch ms; None: not
    before the reset); both are None while unknown.
    """

    label: str
    used: float
    reported_at: int
    resets_at: int | None
    is_over: bool
    length_ms: int | None = None
    percentage_at_reset: float | None = None
    full_at: int | None = None


def plan_window(limit: RateLimitUpdate, now: int) -> PlanWindow:
    """Return the state of a window at ``now``. Its pace is that since it began."""
    label, resets_at, start = _label(limit), limit.resets_at, window_start(limit)
    is_over = resets_at is not None and resets_at <= now
    minutes = _minutes(limit)
    window = PlanWindow(label, limit.used_percent, limit.at, resets_at, is_over, minutes * MINUTE if minutes else None)
    if is_over or resets_at is None or start is None:
        return window
    length, elapsed = resets_at - start, limit.at - start
    if elapsed < LEAST_SHARE * length:
        return window
    pace = limit.used_percent / elapsed
    at_reset = limit.used_percent + pace * (resets_at - limit.at)
    full_at = limit.at + round((100 - limit.used_percent) / pace) if pace and at_reset > 100 else None
    return window._replace(percentage_at_reset=at_reset, full_at=full_at)


def window_start(limit: RateLimitUpdate) -> int | None:
    """Return when a window began (epoch ms); None if its length or its end is unknown."""
    minutes = _minutes(limit)
    return limit.resets_at - minutes * MINUTE if minutes and limit.resets_at else None


def share_of_session(limit: RateLimitUpdate, total: PeriodTotal) -> float | None:
    """Return how much of a window (percentage points) one session has used: its share of the cost of all sessions of
    its agent on this machine in that time, or of their tokens where no price is known; None without any."""
    whole, part = total.amount, total.of_session
    if whole.cost:
        return limit.used_percent * part.cost / whole.cost
    return limit.used_percent * part.total_tokens / whole.total_tokens if whole.total_tokens else None


def _minutes(limit: RateLimitUpdate) -> int | None:
    by_name = (minutes for beginning, minutes in _MINUTES.items() if limit.name.startswith(beginning))
    return limit.window_minutes or next(by_name, None)


def _label(limit: RateLimitUpdate) -> str:
    """Return ``5 h``, ``week``, or the name with that."""
    minutes = _minutes(limit)
    length = _length(minutes * MINUTE) if minutes else ""
    if limit.name in _OWN_NAMES:
        return length or limit.name or "plan"
    return f"{limit.name} ({length})" if length else limit.name


def _length(ms: int) -> str:
    if ms == 7 * DAY:
        return "week"
    unit, size = next(((name, size) for name, size in (("d", DAY), ("h", HOUR)) if ms % size == 0), ("min", MINUTE))
    return f"{ms // size} {unit}"
