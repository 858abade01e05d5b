"""The windows of a person's plan in a few cells, for a line that they share."""

from __future__ import annotations

from tui_monitor.events import RateLimitUpdate
from tui_monitor.live.plan_windows import PlanWindow, plan_window
from tui_monitor.live.session import SessionState
from tui_monitor.tui.header.context_line import gauge
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import duration_forms

BAR = 6
MAX_WINDOWS = 2
_ALARMING, _DOUBTFUL = 90, 75
"""Percentages of what may be used from which a bar is coloured."""


def plan_windows_short(state: SessionState, now: int) -> list[Spans]:
    """Return ``5 h ██░░░░ 25 % · 2h`` for the shortest windows, without those that have begun anew unseen."""
    windows = [plan_window(limit, now) for limit in ordered_limits(state)]
    return [_short(window, now) for window in windows if not window.is_over][:MAX_WINDOWS]


def ordered_limits(state: SessionState) -> list[RateLimitUpdate]:
    """Return the windows of a session's plan, the shortest first."""
    return sorted(state.rate_limits.values(), key=lambda limit: (plan_window(limit, 0).length_ms or 0, limit.name))


def usage_bar(percentage: float, width: int) -> Spans:
    """Return ``████░░░░░░`` of what may be used up."""
    return gauge(percentage, None, width, tone_of_use(percentage))


def tone_of_use(percentage: float) -> Tone:
    """Return the tone of what is used to this percentage."""
    if percentage >= _ALARMING:
        return Tone.FAILED
    return Tone.DOUBT if percentage >= _DOUBTFUL else Tone.OK


def _short(window: PlanWindow, now: int) -> Spans:
    rest = "".join(duration_forms(window.resets_at - now)[-1:]) if window.resets_at else ""
    return (
        TextSpan(f"{one_line(window.label)} ", Tone.DIM),
        *usage_bar(window.used, BAR),
        TextSpan(f" {window.used:.0f} %"),
        TextSpan(f" · {rest}" if rest else "", Tone.DIM),
    )
