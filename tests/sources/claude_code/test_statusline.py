"""Payloads of statuslines: exact cost, context and its window, rate limits of the plan."""

from __future__ import annotations

import pytest

from tests.sources.claude_builder import MODEL, SESSION, only, usage
from tests.sources.claude_payloads import events_of, hook, resumed_events_of, statusline
from tui_monitor.events import PICO, ContextUpdate, RateLimitUpdate, SessionTotalUpdate, SessionUpdate, TurnUpdate


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_772_359_200_000_000_000)


def test_cost_is_the_session_total() -> None:
    (total,) = only(SessionTotalUpdate, events_of([statusline(0.074055)]))
    assert (total.session, total.cost, total.tokens) == (SESSION, 74_055 * PICO // 10**6, None)


def test_lower_cost_is_that_of_another_process() -> None:
    totals = only(SessionTotalUpdate, events_of([statusline(dollars) for dollars in (0.0, 0.2, 0.2, 0.5, 0.1)]))
    assert [(total.cost or 0) * 10 // PICO for total in totals] == [0, 2, 5, 1]
    assert len({total.run for total in totals[:3]}) == 1
    assert totals[3].run not in {total.run for total in totals[:3]}


def test_sessions_are_tracked_separately() -> None:
    totals = only(SessionTotalUpdate, events_of([statusline(0.5), statusline(0.1, session="other"), statusline(0.6)]))
    assert [total.session.id for total in totals] == [SESSION.id, "other", SESSION.id]
    assert len({total.run for total in totals}) == 1


@pytest.mark.parametrize("nonsense", [None, -1, "1"])
def test_invalid_cost_is_ignored(nonsense: float | None) -> None:
    assert only(SessionTotalUpdate, events_of([statusline(nonsense)])) == []


def test_context_is_the_last_tokens_sent_and_the_window() -> None:
    (update,) = only(
        ContextUpdate, events_of([statusline(0.1, current_usage=usage(3, 82, 15_750, 420), window=1_000_000)] * 2)
    )
    assert (update.tokens, update.limit, update.limit_source, update.model) == (16_173, 1_000_000, "", MODEL)


@pytest.mark.parametrize("current_usage", [None, usage(0, 0, 0, 0)])
def test_empty_context_is_unknown_until_the_next_response(current_usage: dict[str, object] | None) -> None:
    assert only(ContextUpdate, events_of([statusline(0.1, current_usage=current_usage)])) == []


def test_rate_limits_are_reported() -> None:
    used = {"five_hour": {"used_percentage": 23.5, "resets_at": 1_772_360_000}, "seven_day": {"used_percentage": 41}}
    short, long = only(RateLimitUpdate, events_of([statusline(0.1, rate_limits=used)] * 2))
    assert (short.name, short.used_percent, short.window_minutes) == ("five hour", 23.5, 300)
    assert (short.resets_at, long.used_percent, long.resets_at) == (1_772_360_000_000, 41.0, None)


def test_session_facts_are_read() -> None:
    (update,) = only(SessionUpdate, events_of([statusline(0.1, session_name="Oil the engine")]))
    assert (update.title, update.version, update.cwd) == ("Oil the engine", "2.1.197", "/home/ada/engine")


def test_file_may_contain_payloads_of_hooks_too() -> None:
    events = events_of([hook("Stop"), statusline(0.1)])
    assert only(TurnUpdate, events)
    assert only(SessionTotalUpdate, events)


def test_resuming_after_any_line_gives_the_same_events() -> None:
    records = [statusline(dollars, current_usage=usage(tokens)) for dollars, tokens in ((0.1, 3), (0.1, 4), (0.05, 4))]
    assert resumed_events_of(records) == events_of(records)
