"""Metrics of tokens and cost."""

from __future__ import annotations

from tests.sources.otlp_builder import CLAUDE, PROCESS, metrics, only, read, series
from tui_monitor.events import SessionTotalUpdate, Tokens
from tui_monitor.sources.base import Record

OWN = {"session.id": CLAUDE.id, "model": "claude-opus-4-6", "query_source": "main"}
INSTANCE = {"service.instance.id": PROCESS.id}
COST, TOKENS = "claude_code.cost.usage", "claude_code.token.usage"


def totals(*exports: Record) -> list[SessionTotalUpdate]:
    return only(read(*exports), SessionTotalUpdate)


def test_tokens_are_split_by_class() -> None:
    kinds = ("input", "output", "cacheRead", "cacheCreation")
    updates = totals(metrics(series(TOKENS, *((10, {**OWN, "type": kind}, 7.0) for kind in kinds))))
    assert {total.session for total in updates} == {CLAUDE}
    assert [total.tokens for total in updates] == [
        Tokens(input=7),
        Tokens(output=7),
        Tokens(cache_read=7),
        Tokens(cache_creation=7),
    ]


def test_costs_are_in_picodollars() -> None:
    [total] = totals(metrics(series(COST, (10, OWN, 0.25))))
    assert total.cost == 250_000_000_000


def test_delta_is_a_run_of_its_own_and_its_copy_the_same_run() -> None:
    once, later = metrics(series(COST, (10, OWN, 0.25))), metrics(series(COST, (20, OWN, 0.25)))
    first, second, copy = (total.run for total in totals(once, later, once))
    assert first != second
    assert first == copy


def test_cumulative_values_of_a_series_are_one_run() -> None:
    exports = [metrics(series(COST, (at, OWN, 0.25), cumulative=True)) for at in (10, 20)]
    assert len({total.run for total in totals(*exports)}) == 1


def test_series_with_other_attributes_is_another_run() -> None:
    other = {**OWN, "query_source": "subagent"}
    updates = totals(metrics(series(COST, (10, OWN, 0.25), (10, other, 0.25), cumulative=True)))
    assert len({total.run for total in updates}) == 2


def test_histogram_has_its_sum() -> None:
    point = (10, {"gen_ai.token.type": "input"}, 4500.0)
    export = metrics(series("gen_ai.client.token.usage", point, cumulative=True, kind="histogram"), **INSTANCE)
    [total] = totals(export)
    assert (total.session, total.tokens) == (PROCESS, Tokens(input=4500))


def test_metric_without_a_process_is_ignored() -> None:
    point = (10, {"gen_ai.token.type": "input"}, 4500.0)
    nameless = {"type": "input"}
    exports = metrics(series("gen_ai.client.token.usage", point)), metrics(series(TOKENS, (10, nameless, 1.0)))
    assert totals(*exports) == []


def test_other_metrics_are_ignored() -> None:
    assert read(metrics(series("claude_code.session.count", (10, OWN, 1.0)))) == []
