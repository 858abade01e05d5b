"""Usages for tests, with short parameters."""

from __future__ import annotations

from datetime import UTC, datetime

from tui_monitor.events import SessionKey, Tokens, Usage


def at(year: int, month: int = 1, day: int = 1, hour: int = 0, minute: int = 0) -> int:
    """Return a time in UTC epoch milliseconds."""
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


NOW = at(2026, 11, 1)


def usage(
    model: str,
    provider: str = "",
    *,
    engine: str = "",
    when: int = NOW,
    tokens: Tokens = Tokens(),
    searches: int = 0,
    tier: str = "",
    speed: str = "",
    region: str = "",
) -> Usage:
    """Return the usage of one response."""
    return Usage(
        session=SessionKey("test", "s1"),
        at=when,
        strong_ids=("req:1",),
        model=model,
        provider=provider,
        engine=engine,
        tokens=tokens,
        web_searches=searches,
        service_tier=tier,
        speed=speed,
        region=region,
    )
