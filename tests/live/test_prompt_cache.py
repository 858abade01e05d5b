"""The prompt cache: when it goes cold, and the cause and price of each miss."""

from dataclasses import replace

import pytest

from tests.live.events_builder import SESSION, T0, state_after
from tui_monitor.events import CompactionUpdate, ContextPart, Event, Rates, SessionUpdate, Tokens
from tui_monitor.live.apply import Part
from tui_monitor.live.entries import Mark, MarkKind
from tui_monitor.live.prompt_cache import LONG_MS, SHORT_MS, CacheMiss, MissCause, cache_clock, cache_misses
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.totals import ServedRequest, SessionTotals

RATES = Rates(input=5, cache_read=1, cache_creation=6, cache_creation_1h=10)
MINUTE = 60_000


def request(minute: float, read: int, written: int, *, hour: bool = False, model: str = "opus") -> ServedRequest:
    tokens = Tokens(3, 100, read, written, written if hour else 0)
    return ServedRequest(T0 + round(minute * MINUTE), model, tokens, RATES)


def state_of(*requests: ServedRequest, events: tuple[Event, ...] = ()) -> SessionState:
    state = state_after(*events)
    state.totals = SessionTotals(SESSION, requests=requests)
    return state


def test_cache_goes_cold_five_minutes_after_its_last_use() -> None:
    clock = cache_clock(state_of(request(0, 0, 20_000), request(1, 20_000, 0)))
    assert clock is not None
    assert (clock.tokens, clock.expires_at, clock.lasts_ms) == (20_000, T0 + MINUTE + SHORT_MS, SHORT_MS)
    assert clock.miss_cost == 20_000 * (6 - 1)


def test_cache_written_for_an_hour_lasts_an_hour_and_costs_more() -> None:
    clock = cache_clock(state_of(request(0, 0, 20_000, hour=True)))
    assert clock is not None
    assert (clock.lasts_ms, clock.miss_cost) == (LONG_MS, 20_000 * (10 - 1))


@pytest.mark.parametrize(
    "state",
    [
        state_of(),
        state_of(request(0, 20_000, 0)),
        state_of(request(0, 0, 20_000), events=(CompactionUpdate(session=SESSION, at=T0 + 1),)),
    ],
    ids=["no request", "nothing written", "compacted"],
)
def test_clock_is_none_where_nothing_is_known(state: SessionState) -> None:
    assert cache_clock(state) is None


def test_price_of_a_miss_is_unknown_without_rates() -> None:
    clock = cache_clock(state_of(replace(request(0, 0, 20_000), rates=None)))
    assert clock is not None
    assert clock.miss_cost is None


def miss(*requests: ServedRequest, events: tuple[Event, ...] = ()) -> CacheMiss:
    [only] = cache_misses(state_of(*requests, events=events))
    return only


def test_pause_beyond_its_life_has_expired_the_cache() -> None:
    found = miss(request(0, 0, 20_000), request(12, 0, 21_000))
    assert found == CacheMiss(T0 + 12 * MINUTE, MissCause.EXPIRED, 20_000, 12 * MINUTE, 20_000 * 5)
    assert miss(request(0, 0, 20_000), request(1, 0, 21_000)).cause is MissCause.UNKNOWN


def test_cause_is_what_happened_between_the_requests() -> None:
    before, after = request(0, 0, 20_000), request(12, 0, 21_000)
    between = T0 + 6 * MINUTE
    compacted = CompactionUpdate(session=SESSION, at=between)
    shape = ContextPart(session=SESSION, at=between, name="tools", chars=9)
    counted = replace(shape, tokens=3)
    assert miss(before, after, events=(compacted,)).cause is MissCause.COMPACTED
    assert miss(before, replace(after, model="haiku")).cause is MissCause.MODEL
    soon = request(1, 0, 21_000)
    early = replace(shape, at=T0 + MINUTE // 2)
    assert miss(before, soon, events=(early,)).cause is MissCause.SHAPE
    assert miss(before, soon, events=(replace(counted, at=early.at),)).cause is MissCause.UNKNOWN


def test_misses_stand_in_the_log_once_and_follow_what_is_learned_of_them() -> None:
    live, changes = LiveState(), Changes()
    totals = SessionTotals(SESSION, requests=(request(0, 0, 20_000), request(12, 0, 21_000)))
    live.apply([SessionUpdate(session=SESSION)], changes)
    live.set_totals(totals, changes)
    live.set_totals(totals, Changes())
    entries = live.sessions[SESSION].log.entries
    mark = Mark(MarkKind.CACHE_MISSED, T0 + 12 * MINUTE, "expired", 20_000, None, 12 * MINUTE, cost=100_000)
    assert entries == [mark]
    assert Part.LOG in changes.of(SESSION)
    live.apply([CompactionUpdate(session=SESSION, at=T0 + MINUTE)], Changes())
    live.set_totals(totals, Changes())
    assert [entry.kind for entry in entries if isinstance(entry, Mark)] == [MarkKind.COMPACTED]


def test_request_that_reads_most_of_the_cache_is_no_miss() -> None:
    assert not cache_misses(state_of(request(0, 0, 20_000), request(1, 11_000, 9_000)))
    assert not cache_misses(state_of(request(0, 0, 3_000), request(9, 0, 3_000))), "too small to matter"
    assert miss(request(0, 0, 20_000), request(1, 9_000, 11_000)).tokens == 11_000
