"""The prompt cache of the main chain: when it goes cold, what that would cost, and why it has missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from tui_monitor.events import Rates, Tokens
from tui_monitor.live.context import Context
from tui_monitor.live.entries import Mark, MarkKind
from tui_monitor.live.session import SessionState
from tui_monitor.totals import ServedRequest

SHORT_MS, LONG_MS = 5 * 60_000, 60 * 60_000
"""How long a cache of each kind lasts after its last use."""
LEAST_TOKENS = 4_000
"""Tokens that a cache must have held for a miss to be worth a word."""
_SHAPE = ("system prompt", "tools", "MCP servers")


class MissCause(StrEnum):
    """Why what was in the cache had to be sent anew."""

    COMPACTED = "compaction"
    MODEL = "model switched"
    EXPIRED = "expired"
    SHAPE = "tools or system prompt changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CacheMiss:
    """A request that had to send ``tokens`` anew which the one before had in the cache, ``pause_ms`` earlier. ``cost``
    is what that added (picodollars), None while prices are unknown."""

    at: int
    cause: MissCause
    tokens: int
    pause_ms: int
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class CacheClock:
    """The cache as the last request left it: its tokens, when it goes cold (epoch ms), and what a miss would add to the
    next request (picodollars; None while prices are unknown)."""

    tokens: int
    expires_at: int
    lasts_ms: int
    miss_cost: int | None = None


def cache_clock(state: SessionState) -> CacheClock | None:
    """Return the state of the cache; None where nothing says how long it lasts, or what is in it."""
    requests, compacted_at = state.totals.requests, _compacted_at(state.context)
    last = requests[-1] if requests else None
    lasts_ms = _duration(requests)
    if last is None or not lasts_ms or last.at < compacted_at or not _cached(last.tokens):
        return None
    tokens = _cached(last.tokens)
    return CacheClock(tokens, last.at + lasts_ms, lasts_ms, _extra_cost(tokens, last.rates, lasts_ms))


def cache_misses(state: SessionState) -> list[CacheMiss]:
    """Return the misses among the last requests, the oldest first."""
    return list(_misses(state))


def mark_misses(state: SessionState) -> bool:
    """Add the misses to the log, but not those by a compaction, which has a row of its own; True if that changed it."""
    has_changed = False
    for miss in cache_misses(state):
        text = "" if miss.cause is MissCause.COMPACTED else miss.cause.value
        mark = Mark(MarkKind.CACHE_MISSED, miss.at, text, miss.tokens, None, miss.pause_ms, cost=miss.cost)
        existing = state.cache_marks.get(miss.at)
        if existing == mark:
            continue
        state.cache_marks[miss.at] = mark
        if existing and existing.text:
            state.log.drop(existing)
        if text:
            state.log.mark(mark)
        has_changed = True
    return has_changed


def _misses(state: SessionState) -> Iterator[CacheMiss]:
    context = state.context
    compacted = [compaction.at for compaction in context.compactions]
    reshaped = [part.at for part in context.parts.values() if part.name in _SHAPE and part.tokens is None]
    return misses_among(state.totals.requests, compacted, reshaped)


def misses_among(
    requests: Sequence[ServedRequest], compacted: Sequence[int] = (), reshaped: Sequence[int] = ()
) -> Iterator[CacheMiss]:
    """Yield the misses among the requests of one agent, with the times of its compactions and of changes of its tools
    or system prompt."""
    lasts_ms = 0
    for before, after in pairwise(requests):
        held, lasts_ms = _cached(before.tokens), _duration((before,)) or lasts_ms
        if not lasts_ms or held < LEAST_TOKENS or 2 * after.tokens.cache_read >= held:
            continue
        lost = min(held, after.tokens.prompt) - after.tokens.cache_read
        pause_ms = after.at - before.at
        cause = _cause(before, after, lasts_ms, compacted, reshaped)
        if lost >= LEAST_TOKENS // 2:
            yield CacheMiss(
                after.at, cause, lost, pause_ms, _extra_cost(lost, after.rates, _duration((after,)) or SHORT_MS)
            )


def _cause(
    before: ServedRequest, after: ServedRequest, lasts_ms: int, compacted: Sequence[int], reshaped: Sequence[int]
) -> MissCause:
    times = range(before.at, after.at + 1)
    if any(at in times for at in compacted):
        return MissCause.COMPACTED
    if before.model != after.model:
        return MissCause.MODEL
    if after.at - before.at > lasts_ms:
        return MissCause.EXPIRED
    if any(at in times for at in reshaped):
        return MissCause.SHAPE
    return MissCause.UNKNOWN


def _duration(requests: Sequence[ServedRequest]) -> int:
    """Return how long the cache lasts by what was written last, 0 if nothing was ever written to one."""
    last = next((request.tokens for request in reversed(requests) if request.tokens.cache_creation), None)
    if last is None:
        return 0
    return LONG_MS if last.cache_creation_1h else SHORT_MS


def _cached(tokens: Tokens) -> int:
    return tokens.cache_read + tokens.cache_creation


def _extra_cost(tokens: int, rates: Rates | None, lasts_ms: int) -> int | None:
    """Return what it costs to write these tokens to a cache instead of reading them from it."""
    if rates is None:
        return None
    written = rates.cache_creation_1h if lasts_ms == LONG_MS else rates.cache_creation
    return tokens * max(0, (written or rates.input) - rates.cache_read)


def _compacted_at(context: Context) -> int:
    return context.compactions[-1].at if context.compactions else 0
