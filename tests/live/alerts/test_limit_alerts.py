"""Alerts about the context and about budgets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.live.alerts.alerts_builder import AlertBench
from tests.live.events_builder import SESSION, T0
from tui_monitor.events import PICO, CompactionRule, CompactionUpdate, ContextUpdate
from tui_monitor.ledger import ZERO
from tui_monitor.live.alerts import AlertKind, AlertSettings
from tui_monitor.live.spending import Limits

CONTEXT, LEVEL, BUDGET = AlertKind.CONTEXT, AlertKind.CONTEXT_LEVEL, AlertKind.BUDGET
AT_HALF = CompactionRule(numerator=1, denominator=2)
"""Of a window of 200,000 tokens: compaction at 100,000."""


def fill(tokens: int, at: int) -> ContextUpdate:
    """The context held so many tokens, ``at`` seconds after T0."""
    return ContextUpdate(
        session=SESSION, at=T0 + at * 1000, tokens=tokens, limit=200_000, limit_source="seen", compaction_rule=AT_HALF
    )


def spent(bench: AlertBench, dollars: float) -> None:
    amount = ZERO._replace(cost=round(dollars * PICO), requests=1)
    bench.state.totals = replace(bench.state.totals, amount=amount)


def test_room_before_compaction_fires_at_fifteen_and_at_five_percent() -> None:
    bench = AlertBench()
    fired = []
    for at, tokens in enumerate((84_000, 85_000, 86_000, 95_000, 96_000), 1):
        bench.apply(fill(tokens, at))
        fired.append(CONTEXT in bench.fired(at))
    assert fired == [False, True, False, True, False]
    alert = next(alert for alert in bench.active(9) if alert.kind is CONTEXT)
    assert (alert.level, alert.text, alert.since) == (2, "4k to compaction", T0 + 4000)


def test_compaction_ends_the_alert_and_the_next_time_fires_again() -> None:
    bench = AlertBench()
    bench.apply(fill(90_000, 1))
    assert CONTEXT in bench.fired(1)
    bench.apply(CompactionUpdate(session=SESSION, at=T0 + 2000, trigger="auto", before=90_000, after=20_000))
    bench.apply(fill(20_000, 2))
    assert CONTEXT not in bench.kinds(2)
    bench.apply(fill(99_000, 3))
    assert CONTEXT in bench.fired(3)


def test_context_without_a_known_compaction_has_level_words_only() -> None:
    bench = AlertBench()
    bench.apply(ContextUpdate(session=SESSION, at=T0, tokens=180_000, limit=200_000, limit_source="seen"))
    assert [(alert.kind, alert.text, alert.level) for alert in bench.active(1)] == [(LEVEL, "HIGH: 90 % full", 3)]


@given(st.lists(st.integers(83_000, 100_000), min_size=1, max_size=40))
def test_tokens_around_a_threshold_fire_each_level_at_most_once(fills: list[int]) -> None:
    bench = AlertBench()
    fired: list[int] = []
    for at, tokens in enumerate(fills, 1):
        bench.apply(fill(tokens, at))
        update = bench.tracker.update([bench.state], T0 + at * 1000)
        fired += [alert.level for alert in update.fired if alert.kind is CONTEXT]
    assert fired in ([], [1], [2], [1, 2])


@given(st.lists(st.integers(94_500, 105_500), min_size=1, max_size=40))
def test_level_word_does_not_flicker_within_its_margin(fills: list[int]) -> None:
    bench = AlertBench()
    words = []
    for at, tokens in enumerate(fills, 1):
        bench.apply(fill(tokens, at))
        words.append(LEVEL in bench.kinds(at))
    assert words == sorted(words)


def test_budget_fires_at_each_level_once() -> None:
    bench = AlertBench(AlertSettings(budgets=(Limits("", {"session": 5}),)))
    fired = []
    for at, dollars in enumerate((2, 2.5, 3, 4, 4.5, 5, 9, 12), 1):
        spent(bench, dollars)
        fired.append(BUDGET in bench.fired(at))
    assert fired == [False, True, False, True, False, True, False, False]
    (alert,) = bench.active(20)
    assert alert.text == "100 % of its budget: $12.00 of $5.00"


@pytest.mark.parametrize("budget", [None, 0])
def test_without_a_budget_nothing_is_exceeded(budget: float | None) -> None:
    bench = AlertBench(AlertSettings(budgets=(Limits("", {} if budget is None else {"session": budget}),)))
    spent(bench, 100)
    assert bench.kinds(1) == []
