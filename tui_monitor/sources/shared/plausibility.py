"""Limits of plausible counts. Larger ones are no counts: they would make all sums meaningless, and are not counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tui_monitor.events import PICO, CallFinished, ContextUpdate, Event, SessionTotalUpdate, Tokens, Usage

MAX_RESPONSE_TOKENS = 10**9
"""A thousand times the largest context window."""

MAX_SESSION_TOKENS = 10**12
MAX_COST = 10**6 * PICO
"""A million dollars, of a response or a session, in picodollars."""

MAX_SEARCHES = 10**6
MAX_DURATION_MS = 10**12
"""Thirty years."""
MAX_LINES = 10**9
"""Lines that a call adds to a file, or removes from it."""


def implausibility(event: Event) -> str:
    """Return why the counts of an event cannot be true; empty if they can."""
    check = _CHECKS.get(type(event))
    if check is None or _is_small(event):
        return ""
    return next((f"{name} of {value:,} is not plausible" for name, value, limit in check(event) if value > limit), "")


def _is_small(event: Event) -> bool:
    """Return True for a response, a context or a result whose counts need no closer look, as those of nearly all."""
    if isinstance(event, Usage):
        tokens = event.tokens
        counts = (tokens.input, tokens.output, tokens.cache_read, tokens.cache_creation, tokens.cache_creation_1h)
        has_others = event.web_searches or event.reported_cost or event.duration_ms
        return not has_others and max(*counts, tokens.reasoning) <= MAX_RESPONSE_TOKENS
    if isinstance(event, ContextUpdate):
        return (event.tokens or 0) <= MAX_RESPONSE_TOKENS and (event.limit or 0) <= MAX_RESPONSE_TOKENS
    if isinstance(event, CallFinished):
        return not event.changes and not event.tokens and (event.duration_ms or 0) <= MAX_DURATION_MS
    return False


_Counts = Iterator[tuple[str, int, int]]
"""The names and values of counts, and the largest plausible value of each."""


def _usage(event: Usage) -> _Counts:
    yield from _tokens(event.tokens, MAX_RESPONSE_TOKENS)
    yield "web searches", event.web_searches, MAX_SEARCHES
    yield "cost in picodollars", event.reported_cost or 0, MAX_COST
    yield "duration in ms", event.duration_ms or 0, MAX_DURATION_MS


def _session_total(event: SessionTotalUpdate) -> _Counts:
    yield "cost in picodollars", event.cost or 0, MAX_COST
    yield "input", event.prompt or 0, MAX_SESSION_TOKENS
    if event.tokens:
        yield from _tokens(event.tokens, MAX_SESSION_TOKENS)


def _context(event: ContextUpdate) -> _Counts:
    yield "context", event.tokens or 0, MAX_RESPONSE_TOKENS
    yield "context window", event.limit or 0, MAX_RESPONSE_TOKENS


def _call(event: CallFinished) -> _Counts:
    yield "duration in ms", event.duration_ms or 0, MAX_DURATION_MS
    if event.tokens:
        yield from _tokens(event.tokens, MAX_SESSION_TOKENS)
    for change in event.changes:
        yield "lines added", change.added, MAX_LINES
        yield "lines removed", change.removed, MAX_LINES


def _tokens(tokens: Tokens, limit: int) -> _Counts:
    counts = (tokens.input, tokens.output, tokens.cache_read, tokens.cache_creation, tokens.cache_creation_1h)
    if max(*counts, tokens.reasoning) <= limit:
        return
    yield "input", tokens.input, limit
    yield "output", tokens.output, limit
    yield "cache reads", tokens.cache_read, limit
    yield "cache writes", tokens.cache_creation, limit
    yield "cache writes", tokens.cache_creation_1h, limit
    yield "reasoning", tokens.reasoning, limit


_CHECKS: Mapping[type[Event], Callable[[Any], _Counts]] = {
    Usage: _usage,
    SessionTotalUpdate: _session_total,
    ContextUpdate: _context,
    CallFinished: _call,
}
