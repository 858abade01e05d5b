"""A word about the prompt cache, only when a person can still do something: it goes cold soon, and that costs."""

from __future__ import annotations

from tui_monitor.events import PICO
from tui_monitor.live.prompt_cache import cache_clock
from tui_monitor.live.session import SessionState
from tui_monitor.tui.spans import Spans, TextSpan, Tone
from tui_monitor.units import dollars, duration_forms

SOON_MS = 90_000
LEAST_COST = PICO // 20
"""Picodollars that a miss must add to be worth a word."""


def cache_warning(state: SessionState, now: int) -> Spans:
    """Return ``cache cold in 1m12s: +$0.42``; empty while there is time, once it is cold, and where it is cheap."""
    clock = cache_clock(state)
    if clock is None or (clock.miss_cost or 0) < LEAST_COST or not 0 < clock.expires_at - now <= SOON_MS:
        return ()
    left = next(iter(duration_forms(clock.expires_at - now)), "0s")
    return (TextSpan(f"cache cold in {left}: +{dollars(clock.miss_cost or 0)}", Tone.DOUBT),)
