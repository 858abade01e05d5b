"""Sessions that another tui-monitor has forwarded: whose they are, what they spent, in whatever order they come."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import UNHURRIED, check_all, some_broken
from tests.sources.otlp_builder import START_MS, log, logs, metrics, only, read, read_resuming, series, span, spans
from tests.store.builders import filled
from tui_monitor.events import (
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    Change,
    ChangeKind,
    ContextUpdate,
    Prompt,
    Rank,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    Tokens,
    ToolKind,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.otlp.forwarded_names import SCOPE
from tui_monitor.sources.otlp.parser import OtlpParser

SESSION = SessionKey("claude-code", "s-1")
COMMON = {"tui_monitor.source": "claude-code", "session.id": "s-1", "gen_ai.agent.name": "claude-code"}
SUB = {"gen_ai.agent.id": "a-1", "gen_ai.agent.name": "Explore"}
CHAT = {
    **COMMON,
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "anthropic",
    "gen_ai.response.model": "claude-opus-4-6",
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 50,
    "gen_ai.usage.cache_read.input_tokens": 900,
    "gen_ai.usage.cost": 0.0125,
    "tui_monitor.response.ids": ["digest:00000000000000aa", "digest:00000000000000bb"],
}
CALL = {
    **COMMON,
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "Bash",
    "gen_ai.tool.call.id": "call_1",
    "tui_monitor.tool.kind": "shell",
    "tui_monitor.call.state": "failed",
    "tui_monitor.duration_ms": 900,
    "tui_monitor.exit_code": 2,
}
TURN = {
    **COMMON,
    "gen_ai.operation.name": "invoke_agent",
    "tui_monitor.cwd": "/work/shop",
    "tui_monitor.branch": "main",
    "tui_monitor.turn_is_over": True,
    "tui_monitor.prompt_at": START_MS,
}
AGENT = {
    **COMMON,
    **SUB,
    "gen_ai.operation.name": "invoke_agent",
    "tui_monitor.agent.call": "call_1",
    "tui_monitor.agent.status": "completed",
}


def scoped(export: Record) -> Record:
    """Return an export with the scope of what is forwarded."""
    copy: Record = json.loads(json.dumps(export))
    for resource in (one for signal in copy.values() for one in signal):
        for key in ("scopeSpans", "scopeLogs", "scopeMetrics"):
            for scope in resource.get(key, ()):
                scope["scope"] = {"name": SCOPE}
    return copy


def forwarded(*fields: Record) -> Record:
    """Return an export of spans with these attributes."""
    return scoped(spans(*(span("s", number, number, own) for number, own in enumerate(fields))))


def test_response_keeps_its_session_ids_and_cost() -> None:
    events = read(forwarded(CHAT))
    usage = only(events, Usage)[0]
    assert (usage.session, usage.rank, usage.reported_cost) == (SESSION, Rank.EXPORTED, 12_500_000_000)
    assert usage.strong_ids == ("digest:00000000000000aa", "digest:00000000000000bb")
    assert usage.tokens == Tokens(input=100, output=50, cache_read=900)
    assert [update.tokens for update in only(events, ContextUpdate)] == [1000]


def test_lower_bound_is_priced_here() -> None:
    (usage,) = only(read(forwarded({**CHAT, "tui_monitor.is_lower_bound": True})), Usage)
    assert (usage.rank, usage.reported_cost) == (Rank.PARTIAL, None)


def test_call_has_its_outcome_and_never_replaces_the_agents_own_file() -> None:
    changes = json.dumps([["modify", "/work/shop/a.py", 3, 1, ""], ["eat", "/x", 1, 1, ""], "nonsense"])
    events = read(forwarded({**CALL, **SUB, "tui_monitor.changes": changes}))
    (started,), (finished,) = only(events, CallStarted), only(events, CallFinished)
    assert (started.agent, started.tool, started.kind, started.exact) == ("a-1", "Bash", ToolKind.SHELL, False)
    assert (finished.state, finished.duration_ms, finished.exit_code) == (CallState.FAILED, 900, 2)
    assert (finished.changes, finished.exact) == ((Change(ChangeKind.MODIFY, "/work/shop/a.py", "", 3, 1),), False)


@pytest.mark.parametrize("state", ["open", "background", "nonsense", None])
def test_call_without_an_end_is_open(state: str | None) -> None:
    events = read(forwarded({**CALL, "tui_monitor.call.state": state}))
    assert (len(only(events, CallStarted)), len(only(events, CallFinished))) == (1, 0)


def test_turn_tells_where_the_session_is_and_that_it_is_over() -> None:
    prompt = json.dumps([{"role": "user", "parts": [{"type": "text", "content": "Mend the valve."}]}])
    events = read(forwarded({**TURN, "gen_ai.input.messages": prompt}))
    assert ("/work/shop", "main") in [(one.cwd, one.branch) for one in only(events, SessionUpdate)]
    assert [one.turn for one in only(events, TurnUpdate)] == [Turn.STARTED, Turn.DONE]
    assert [(one.text, one.at) for one in only(events, Prompt)] == [("Mend the valve.", START_MS)]


def test_total_beyond_the_responses_is_reported() -> None:
    total = {"tui_monitor.total.cost": 1.5, "tui_monitor.total.output": 900}
    (update,) = only(read(forwarded({**TURN, **total})), SessionTotalUpdate)
    assert (update.cost, update.tokens) == (1_500_000_000_000, Tokens(output=900))


def test_sub_agent_has_its_call_and_its_end() -> None:
    (update,) = only(read(forwarded(AGENT)), AgentUpdate)
    assert (update.agent, update.type, update.call, update.status) == (
        "a-1",
        "Explore",
        "call_1",
        AgentStatus.COMPLETED,
    )


def test_logs_and_metrics_beside_the_spans_are_not_counted() -> None:
    request = log("claude_code.api_request", 1, {"session.id": "s-1", "input_tokens": 9, "output_tokens": 9})
    tokens = series("gen_ai.client.token.usage", (1, {"gen_ai.token.type": "output"}, 900), kind="sum")
    assert read(scoped(logs(request)), scoped(metrics(tokens))) == []


EVERYTHING = (CHAT, {**CHAT, **SUB, "tui_monitor.response.ids": ["digest:00000000000000cc"]}, CALL, TURN, AGENT)


@given(st.permutations([*EVERYTHING, *EVERYTHING]))
def test_order_and_repetition_change_no_total(order: list[Record]) -> None:
    with closing(filled(*read(*(forwarded(own) for own in order)))) as store:
        amount = store.overall().amount
    assert (amount.requests, amount.output, amount.cost) == (2, 100, 25_000_000_000)


def test_parser_that_is_resumed_reads_the_same() -> None:
    exports = [forwarded(own) for own in EVERYTHING]
    assert read_resuming(exports) == read(*exports)


@UNHURRIED
@given(some_broken([forwarded(own) for own in EVERYTHING]))
def test_nothing_in_it_can_break_the_parser(exports: list[Any]) -> None:
    check_all(OtlpParser(Path("forwarded.jsonl"), ""), exports)
