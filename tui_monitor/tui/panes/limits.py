"""The windows of a person's plan: used, reset, forecast, and this session's share."""

from __future__ import annotations

from datetime import tzinfo

from tui_monitor.events import RateLimitUpdate
from tui_monitor.live.plan_windows import PlanWindow, plan_window, share_of_session
from tui_monitor.live.session import SessionState
from tui_monitor.live.spending import WINDOW
from tui_monitor.tui.header.plan_line import ordered_limits, tone_of_use
from tui_monitor.tui.panes.content import PaneContent, PaneContext, PaneRow, Section, note
from tui_monitor.tui.panes.meters import UNKNOWN, bar, cells
from tui_monitor.tui.spans import Spans, TextSpan, Tone, one_line
from tui_monitor.units import duration_forms, moment

NONE = (
    "No plan window is reported in this session: agents tell of them in their files or to their status line, "
    "which `tui-monitor setup` connects."
)
EXPLANATION = (
    "By the reset: if it goes on as since the window began. This session: by its share of the cost of all "
    "sessions of this agent here."
)

_COLUMNS = ("window", "used", "resets", "by the reset", "this session", "reported")


def limits_content(context: PaneContext) -> PaneContent:
    """Return a row for each window, the one that is used most first."""
    limits = ordered_limits(context.state)
    if not limits:
        return note(NONE, context.width)
    rows = [_row(limit, plan_window(limit, context.now), context) for limit in limits]
    return [Section(rows, _COLUMNS, snug=True), *note(EXPLANATION, context.width)]


def _row(limit: RateLimitUpdate, window: PlanWindow, context: PaneContext) -> PaneRow:
    now, tz = context.now, context.tz
    return PaneRow(
        limit.name,
        (
            (TextSpan(one_line(window.label)),),
            (TextSpan(f"was {window.used:.0f} %", Tone.DIM),) if window.is_over else bar(window.used),
            *cells(_reset(window, now, tz)),
            _forecast(window, now, tz),
            *cells(_share(limit, window, context.state), _ago(window.reported_at, now)),
        ),
        None,
        f"{window.label} {window.used:.0f} %",
    )


def _reset(window: PlanWindow, now: int, tz: tzinfo | None) -> str:
    if window.resets_at is None:
        return UNKNOWN
    if window.is_over:
        return f"was {moment(window.resets_at, now, tz)}"
    left = duration_forms(window.resets_at - now)
    return f"in {left[0]} · {moment(window.resets_at, now, tz)}" if left else "now"


def _forecast(window: PlanWindow, now: int, tz: tzinfo | None) -> Spans:
    at_reset = window.percentage_at_reset
    if at_reset is None:
        return (TextSpan(UNKNOWN, Tone.DIM),)
    if window.full_at is not None:
        return (TextSpan(f"full {moment(window.full_at, now, tz)}", Tone.FAILED),)
    return (TextSpan(f"~{at_reset:.0f} %", tone_of_use(at_reset)),)


def _share(limit: RateLimitUpdate, window: PlanWindow, state: SessionState) -> str:
    spending = state.figures.spending
    total = spending.of(WINDOW + limit.name) if spending else None
    points = None if total is None or window.is_over else share_of_session(limit, total)
    return UNKNOWN if points is None else f"~{points:.0f} %"


def _ago(at: int, now: int) -> str:
    return next((f"{form} ago" for form in duration_forms(max(0, now - at))[-1:]), "now")
