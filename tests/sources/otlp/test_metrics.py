"""Metrics of tokens and cost."""

from __future__ import annotations

import pytest

from tests.sources.otlp_builder import CLAUDE, PROCESS, metrics, only, read, series
from tui_monitor.events import SessionKey, SessionTotalUpdate, Tokens
from tui_monitor.sources.base import Record

OWN = {"session.id": CLAUDE.id, "model": "claude-opus-4-6", "query_source": "main"}
INSTANCE = {"service.instance.id": PROCESS.id}
GENAI = "gen_ai.client.token.usage"
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
    assert (total.session, total.prompt) == (PROCESS, 4500)


@pytest.mark.parametrize(
    ("service", "attributes", "session"),
    [
        ("reviewer", {}, SessionKey("otlp", "reviewer")),
        ("", {}, SessionKey("otlp", "unknown_service")),
        ("reviewer", {"gen_ai.conversation.id": "talk"}, SessionKey("otlp", "talk")),
        ("gemini-cli", {"session.id": "chat-1"}, SessionKey("gemini", "chat-1")),
    ],
)
def test_metric_without_a_process_is_of_its_service(
    service: str, attributes: dict[str, str], session: SessionKey
) -> None:
    point = (10, {"gen_ai.token.type": "input", **attributes}, 4500.0)
    assert [total.session for total in totals(metrics(series(GENAI, point), service=service))] == [session]


def test_metric_of_claude_without_a_session_is_ignored() -> None:
    assert totals(metrics(series(TOKENS, (10, {"type": "input"}, 1.0)))) == []


def test_counters_of_the_newer_conventions_are_read_by_their_names() -> None:
    names = ("input_tokens", "output_tokens", "cache_read.input_tokens", "cache_write.input_tokens")
    counters = [series(f"gen_ai.client.inference.usage.{name}", (10, {}, 7)) for name in names]
    reasoning = series("gen_ai.client.inference.usage.reasoning.output_tokens", (10, {}, 7))
    prompt, *classes = totals(metrics(*counters, reasoning))
    assert (prompt.prompt, prompt.tokens) == (7, None)
    assert [total.tokens for total in classes] == [
        Tokens(output=7),
        Tokens(cache_read=7),
        Tokens(cache_creation=7),
        Tokens(reasoning=7),
    ]


def test_other_metrics_are_ignored() -> None:
    assert read(metrics(series("claude_code.session.count", (10, OWN, 1.0)))) == []
