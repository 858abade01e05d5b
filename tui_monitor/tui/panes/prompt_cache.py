"""The prompt cache in words: how long it lasts, and what its misses cost."""

from __future__ import annotations

from collections.abc import Sequence

from tui_monitor.live.prompt_cache import CacheMiss, MissCause, cache_clock, cache_misses
from tui_monitor.live.session import SessionState
from tui_monitor.tui.header.cache_warning import SOON_MS
from tui_monitor.tui.panes.content import PaneContext, PaneRow, Section
from tui_monitor.tui.spans import Spans, TextSpan, Tone
from tui_monitor.units import DAY, MINUTE, compact, dollars, duration_forms, moment


def cache_line(state: SessionState, now: int) -> Spans:
    """Return ``cache 98k, cold in 3m12s (lasts 5m) · a miss adds $0.42``; empty if nothing is known of it."""
    clock = cache_clock(state)
    if clock is None:
        return ()
    left = clock.expires_at - now
    when = f"cold in {_time(left)}" if left > 0 else f"cold since {_time(-left)}" if -left < DAY else "cold"
    tone = Tone.DIM if left > SOON_MS else Tone.DOUBT
    price = f" · a miss adds {dollars(clock.miss_cost)}" if clock.miss_cost else ""
    return (
        TextSpan(f"cache {compact(clock.tokens)} · ", Tone.DIM),
        TextSpan(when, tone),
        TextSpan(f" (lasts {clock.lasts_ms // MINUTE}m){price}", Tone.DIM),
    )


def cause_text(cause: MissCause, pause_ms: int) -> str:
    """Return why the cache missed: ``expired after 12m04s``."""
    if cause is MissCause.UNKNOWN:
        return "cause unknown"
    return f"{cause.value} after {_time(pause_ms)}" if cause is MissCause.EXPIRED else cause.value


def cache_section(context: PaneContext) -> list[Section]:
    """Return the misses among the last requests, the latest first."""
    misses = cache_misses(context.state)[::-1]
    title = f"cache misses, of the last {len(context.state.totals.requests):,} requests"
    rows = [_row(miss, context) for miss in misses]
    return [Section(rows, (title, "tokens", "added", "at"))] if rows else []


def _row(miss: CacheMiss, context: PaneContext) -> PaneRow:
    cells: Sequence[Spans] = (
        (TextSpan(cause_text(miss.cause, miss.pause_ms)),),
        (TextSpan(compact(miss.tokens), Tone.DIM),),
        (TextSpan("—" if miss.cost is None else dollars(miss.cost)),),
        (TextSpan(moment(miss.at, context.now, context.tz), Tone.DIM),),
    )
    return PaneRow(("miss", miss.at), tuple(cells))


def _time(ms: int) -> str:
    return next(iter(duration_forms(ms)), "0s")
