"""The report as JSON has its public shape, adds up, and marks unknown values."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from tests.reports.schema import STATS
from tests.store.builders import APPLE, BIRCH, NOON, QUARTER, change, filled, finished, started, usage
from tui_monitor.events import CallState, ContextUpdate, Event, Rank, SessionKey, SessionUpdate
from tui_monitor.reports.stats import context_percentage, query_stats, stats_json
from tui_monitor.units import iso

Document = Any


def document_of(
    *events: Event, errors: tuple[str, ...] = (), since: int | None = None, until: int | None = None
) -> Document:
    """Return the document of a store with these events; its shape is checked."""
    with closing(filled(*events)) as store:
        document: Document = stats_json(query_stats(store, errors, since, until))
    jsonschema.validate(document, STATS)
    return document


@pytest.fixture
def busy() -> Document:
    """Two sessions: one with calls of each end, and a later one with a response."""
    return document_of(
        SessionUpdate(session=APPLE, at=NOON, cwd="/home/ada/apple", path="/logs/apple.jsonl"),
        ContextUpdate(session=APPLE, at=NOON, tokens=150_000, limit=200_000),
        usage("a"),
        usage("b", agent="helper", output=7),
        usage("c", BIRCH, NOON + 5000),
        started("ok"),
        finished("ok", changes=(change("/home/ada/apple/x.py"), change("/home/ada/apple/y.py", 5, 0))),
        started("bad", tool="Grep"),
        finished("bad", state=CallState.FAILED),
        started("no"),
        finished("no", state=CallState.REJECTED),
        started("runs"),
    )


def test_totals_are_those_of_all_sessions(busy: Document) -> None:
    totals = busy["totals"]
    assert (totals["requests"], totals["input_tokens"], totals["output_tokens"]) == (3, 300, 17)
    assert (totals["cache_read_tokens"], totals["cache_creation_tokens"]) == (60, 9)
    assert totals["total_tokens"] == 300 + 17 + 60 + 9
    assert totals["cost_usd"] == pytest.approx(300 * 2e-6 + 17 * 10e-6 + 60 * 0.2e-6 + 9 * 2.5e-6, abs=1e-12)
    assert not totals["cost_is_lower_bound"]


def test_rejected_call_is_not_a_failure(busy: Document) -> None:
    totals = busy["totals"]
    assert (totals["tools"], totals["tools_failed"], totals["tools_rejected"]) == (4, 1, 1)


def test_changed_files_and_lines_are_counted(busy: Document) -> None:
    totals = busy["totals"]
    assert (totals["files_changed"], totals["lines_added"], totals["lines_removed"]) == (2, 7, 1)


def test_models_and_sessions_add_up_to_the_totals(busy: Document) -> None:
    for key in ("requests", "input_tokens", "output_tokens", "total_tokens"):
        for part in ("models", "sessions"):
            assert sum(one[key] for one in busy[part]) == busy["totals"][key]


def test_last_active_session_comes_first(busy: Document) -> None:
    assert [session["id"] for session in busy["sessions"]] == ["birch", "apple"]


def test_session_has_its_times_path_and_context(busy: Document) -> None:
    apple = busy["sessions"][1]
    assert (apple["path"], apple["agents"]) == ("/logs/apple.jsonl", 2)
    assert (apple["started"], apple["ended"]) == ("2025-06-15T15:06:40.000Z", "2025-06-15T15:06:41.000Z")
    assert apple["context"] == {"current": 150_000, "limit": 200_000, "percentage": 75.0, "level": "MEDIUM"}


def test_percentage_is_that_of_the_agent() -> None:
    codex = SessionKey("codex", "elm")
    with closing(filled(ContextUpdate(session=codex, at=NOON, tokens=132_000, limit=258_400))) as store:
        stats = query_stats(store)
        document: Document = stats_json(stats)
    context = document["sessions"][0]["context"]
    assert (context["current"], context["limit"], context["percentage"]) == (132_000, 258_400, 48.7)
    assert context_percentage(stats.sessions[0]) == 100 * 120_000 / 246_400


def test_configured_levels_apply() -> None:
    with closing(filled(ContextUpdate(session=APPLE, at=NOON, tokens=30, limit=100))) as store:
        document: Document = stats_json(query_stats(store), levels=(10, 20, 30, 40))
    assert document["sessions"][0]["context"]["level"] == "HIGH"


def test_tools_have_counts_and_durations(busy: Document) -> None:
    tools = {tool["tool"]: tool for tool in busy["tools"]}
    assert tools["Grep"] == {"tool": "Grep", "calls": 1, "failed": 1, "p50_ms": 1000, "p95_ms": 1000}
    assert (tools["Bash"]["calls"], tools["Bash"]["failed"]) == (3, 0)


def test_incomplete_response_makes_the_cost_a_lower_bound() -> None:
    document = document_of(usage("a"), replace(usage("b"), rank=Rank.PLACEHOLDER))
    assert document["totals"]["cost_is_lower_bound"]
    assert document["totals"]["cost_usd"] > 0


def test_cost_without_a_price_is_null() -> None:
    document = document_of(replace(usage("a"), rates=None))
    for part in (document["totals"], document["models"][0], document["sessions"][0]):
        assert part["cost_usd"] is None
        assert part["cost_is_lower_bound"]
        assert part["unpriced_requests"] == 1


def test_priced_responses_count_beside_unpriced_ones() -> None:
    totals = document_of(usage("a"), replace(usage("b"), rates=None))["totals"]
    assert totals["cost_usd"] == pytest.approx(100 * 2e-6 + 5 * 10e-6 + 20 * 0.2e-6 + 3 * 2.5e-6, abs=1e-12)
    assert (totals["unpriced_requests"], totals["cost_is_lower_bound"]) == (1, True)


def test_unknown_is_null() -> None:
    document = document_of(replace(usage("a", at=0), provider=""), started("open", at=0))
    session, (tool,) = document["sessions"][0], document["tools"]
    assert (session["started"], session["ended"]) == (None, None)
    assert set(session["context"].values()) == {None}
    assert document["models"][0]["provider"] is None
    assert (tool["p50_ms"], tool["p95_ms"]) == (None, None)


def test_empty_store_has_an_empty_report() -> None:
    document = document_of()
    assert document["totals"]["requests"] == 0
    assert document["totals"]["cost_usd"] == 0
    assert document["sessions"] == document["models"] == document["tools"] == []


def test_health_has_files_lines_and_errors() -> None:
    health = document_of(usage("a"), errors=("x.bin: no JSON",))["health"]
    assert (health["files"], health["lines"], health["errors"]) == (1, 1, ["x.bin: no JSON"])


def test_period_limits_the_usage() -> None:
    hours = [usage(f"r{number}", at=NOON + number * QUARTER) for number in range(3)]
    assert document_of(*hours, since=NOON + QUARTER)["totals"]["requests"] == 2
    assert document_of(*hours, until=NOON - QUARTER)["totals"]["requests"] == 0


@pytest.mark.parametrize(("at", "text"), [(1, "1970-01-01T00:00:00.001Z"), (0, None), (10**18, None)])
def test_times_are_iso_8601_or_null(at: int, text: str | None) -> None:
    assert iso(at) == text
