"""Counts that cannot be true are not counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tui_monitor.events import (
    CallFinished,
    CallState,
    Change,
    ChangeKind,
    ContextUpdate,
    Event,
    Prompt,
    SessionKey,
    SessionTotalUpdate,
    Tokens,
    Usage,
)
from tui_monitor.sources.shared.plausibility import (
    MAX_COST,
    MAX_DURATION_MS,
    MAX_LINES,
    MAX_RESPONSE_TOKENS,
    MAX_SEARCHES,
    MAX_SESSION_TOKENS,
    implausibility,
)

SESSION = SessionKey("demo", "s")
CHANGE = Change(ChangeKind.MODIFY, "a.py", added=MAX_LINES, removed=MAX_LINES)
LARGEST: list[Event] = [
    Usage(
        session=SESSION,
        strong_ids=("r",),
        tokens=Tokens(*(MAX_RESPONSE_TOKENS,) * 6),
        web_searches=MAX_SEARCHES,
        reported_cost=MAX_COST,
        duration_ms=MAX_DURATION_MS,
    ),
    CallFinished(session=SESSION, call="c", state=CallState.OK, duration_ms=MAX_DURATION_MS),
    SessionTotalUpdate(session=SESSION, cost=MAX_COST, tokens=Tokens(*(MAX_SESSION_TOKENS,) * 6)),
    SessionTotalUpdate(session=SESSION),
    ContextUpdate(session=SESSION, tokens=MAX_RESPONSE_TOKENS, limit=MAX_RESPONSE_TOKENS),
    ContextUpdate(session=SESSION, tokens=None),
    CallFinished(session=SESSION, call="c", state=CallState.OK, changes=(CHANGE,)),
    Prompt(session=SESSION, text="9" * 100),
]


@pytest.mark.parametrize("event", LARGEST)
def test_largest_counts_are_plausible(event: Event) -> None:
    assert implausibility(event) == ""


@pytest.mark.parametrize("name", ["input", "output", "cache_read", "cache_creation", "cache_creation_1h", "reasoning"])
def test_any_larger_token_count_is_not(name: str) -> None:
    response, total = Tokens(**{name: MAX_RESPONSE_TOKENS + 1}), Tokens(**{name: MAX_SESSION_TOKENS + 1})
    assert "1,000,000,001 is not plausible" in implausibility(Usage(session=SESSION, strong_ids=(), tokens=response))
    assert implausibility(SessionTotalUpdate(session=SESSION, tokens=total))
    assert implausibility(CallFinished(session=SESSION, call="c", state=CallState.OK, tokens=total))


@pytest.mark.parametrize(
    "event",
    [
        Usage(session=SESSION, strong_ids=(), web_searches=MAX_SEARCHES + 1),
        Usage(session=SESSION, strong_ids=(), reported_cost=MAX_COST + 1),
        Usage(session=SESSION, strong_ids=(), duration_ms=MAX_DURATION_MS + 1),
        CallFinished(session=SESSION, call="c", state=CallState.OK, duration_ms=MAX_DURATION_MS + 1),
        SessionTotalUpdate(session=SESSION, cost=MAX_COST + 1),
        ContextUpdate(session=SESSION, tokens=MAX_RESPONSE_TOKENS + 1),
        ContextUpdate(session=SESSION, tokens=None, limit=MAX_RESPONSE_TOKENS + 1),
        CallFinished(session=SESSION, call="c", state=CallState.OK, changes=(CHANGE, replace(CHANGE, added=10**10))),
        CallFinished(session=SESSION, call="c", state=CallState.OK, changes=(replace(CHANGE, removed=10**10),)),
    ],
)
def test_any_other_larger_count_is_not(event: Event) -> None:
    assert implausibility(event).endswith("is not plausible")
