"""Sessions of Pi: facts, turns, tokens, context, calls and sub-agents."""

from __future__ import annotations

import pytest

from tests.sources.pi_builder import AGENT_PATH, CWD, PATH, SESSION, START, PiSession, call, counts, events_of, read
from tui_monitor.events import (
    MAIN,
    PICO,
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    CompactionSummary,
    CompactionUpdate,
    ContextPart,
    ContextUpdate,
    Prompt,
    RetryUpdate,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    Tokens,
    ToolKind,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.sources.pi.adapter import OhMyPi


def test_header_has_the_facts_of_the_session() -> None:
    [event] = events_of(PiSession(), SessionUpdate)
    assert (event.session, event.at, event.cwd, event.path) == (SessionKey("pi", SESSION), START, CWD, str(PATH))


@pytest.mark.parametrize("parent", ["/old/2026-02-01T10-00-00-000Z_parent.jsonl", "parent"])
def test_fork_names_its_parent(parent: str) -> None:
    assert [event.forked_from for event in events_of(PiSession(parentSession=parent), SessionUpdate)] == ["parent"]


@pytest.mark.parametrize("entry", [{"type": "session_info", "name": "Valves"}, {"type": "title", "title": "Valves"}])
def test_title_is_that_of_its_entry(entry: dict[str, str]) -> None:
    assert events_of(PiSession().line(entry), SessionUpdate)[-1].title == "Valves"


def test_turn_begins_with_the_prompt_and_ends_with_the_last_response() -> None:
    session = PiSession().asks("Mend it.").responds(call("ls"), stop="toolUse").result("ls", "a").responds("Done.")
    assert [turn.turn for turn in events_of(session, TurnUpdate)] == [Turn.STARTED, Turn.DONE]
    assert [prompt.text for prompt in events_of(session, Prompt)] == ["Mend it."]
    assert [message.text for message in events_of(session, AgentMessage)] == ["Done."]


def test_failed_request_has_its_reason_and_ends_no_turn() -> None:
    session = PiSession().asks("Mend it.").responds(stop="error", errorMessage="overloaded")
    assert [(retry.reason, retry.wait_ms) for retry in events_of(session, RetryUpdate)] == [("overloaded", None)]
    assert [turn.turn for turn in events_of(session, TurnUpdate)] == [Turn.STARTED]


def test_calls_of_a_failed_response_never_ran() -> None:
    session = PiSession().responds(call("edit", path="a"), call("edit", path="b"), stop="error")
    assert not events_of(session, CallStarted)
    assert not events_of(session, CallFinished)


def test_aborted_response_is_an_interrupted_turn_and_its_calls_never_ran() -> None:
    session = PiSession().responds(call("bash", command="make"), stop="aborted")
    assert [turn.turn for turn in events_of(session, TurnUpdate)] == [Turn.INTERRUPTED]
    assert [event.state for event in events_of(session, CallFinished)] == [CallState.INTERRUPTED]


def test_counts_of_a_response_are_read_as_they_are() -> None:
    usage = counts(3, 20, read=1_000, write=200, cost=0.25, cacheWrite1h=50, reasoning=7)
    [response] = events_of(PiSession().responds("Hm.", usage=usage, responseId="msg_1"), Usage)
    assert response.tokens == Tokens(3, 20, 1_000, 200, 50, 7)
    assert (response.model, response.provider) == ("claude-sonnet-4-5", "anthropic")
    assert response.reported_cost == PICO // 4
    assert response.weak_ids == ("resp:msg_1",)
    assert response.duration_ms == 400


def test_cost_of_zero_is_unknown_and_a_response_without_tokens_is_none() -> None:
    assert [event.reported_cost for event in events_of(PiSession().responds(usage=counts(1)), Usage)] == [None]
    assert events_of(PiSession().responds("Hm."), Usage) == []


def test_fork_repeats_the_names_of_copied_responses() -> None:
    session = PiSession().responds("Hm.", usage=counts(5, 1))
    copy = [{**session.records[0], "id": "fork"}, {**session.records[1], "id": "z9", "parentId": None}]
    [first] = events_of(session, Usage)
    [second] = [event for event in read(copy) if isinstance(event, Usage)]
    assert first.strong_ids == second.strong_ids
    assert first.session != second.session


def test_context_is_the_total_of_the_last_complete_response() -> None:
    session = PiSession().responds("a", usage=counts(5, 1, 10)).responds("b", usage=counts(9), stop="aborted")
    assert [event.tokens for event in events_of(session, ContextUpdate)] == [16]


def test_context_is_unknown_after_a_step_back() -> None:
    session = PiSession().asks("a").responds("b", usage=counts(5)).asks("c")
    session.records[-1]["parentId"] = "e1"
    assert [event.tokens for event in events_of(session, ContextUpdate)] == [5, None]


def test_compaction_is_billed_by_its_own_counts() -> None:
    session = PiSession().responds("a", usage=counts(5)).entry("compaction", tokensBefore=90, usage=counts(70, 7))
    [compaction] = events_of(session, CompactionUpdate)
    assert compaction.before == 90
    assert [(usage.operation, usage.tokens.input) for usage in events_of(session, Usage)] == [("", 5), ("compact", 70)]
    assert events_of(session, ContextUpdate)[-1].tokens is None
    assert events_of(session, SessionTotalUpdate) == []


def test_compaction_has_its_summary() -> None:
    session = PiSession().entry("compaction", tokensBefore=90, summary="Done so far.").entry("compaction")
    assert [event.text for event in events_of(session, CompactionSummary)] == ["Done so far."]


def test_compaction_without_counts_makes_the_total_a_lower_bound() -> None:
    session = PiSession().entry("compaction", tokensBefore=90)
    assert [event.is_partial for event in events_of(session, SessionTotalUpdate)] == [True]
    assert events_of(PiSession().entry("compaction", tokensBefore=90, fromHook=True), SessionTotalUpdate) == []


def test_other_usage_has_its_kind_as_operation() -> None:
    session = PiSession().entry("usage", kind="cache_warm", provider="anthropic", model="m", usage=counts(read=9))
    [usage] = events_of(session, Usage)
    assert (usage.operation, usage.model, usage.tokens) == ("cache_warm", "m", Tokens(cache_read=9))


def test_call_waits_for_its_result() -> None:
    session = PiSession().responds(call("bash", command="make", timeout=5), stop="toolUse")
    [started] = events_of(session, CallStarted)
    assert (started.tool, started.kind, started.subject, started.timeout_ms) == ("bash", ToolKind.SHELL, "make", 5000)
    assert events_of(session, CallFinished) == []
    [finished] = events_of(session.result("bash", "ok", durationMs=12), CallFinished)
    assert finished.duration_ms == 12
    assert (finished.call, finished.state, finished.output) == ("call_1", CallState.OK, "ok")


def test_repeated_result_has_no_events() -> None:
    session = PiSession().responds(call("ls"), stop="toolUse").result("ls", "a").result("ls", "b")
    assert [event.output for event in events_of(session, CallFinished)] == ["a"]


def test_first_system_message_has_the_parts_of_the_context() -> None:
    session = PiSession().message("system", "", sections={"a": "xy", "b": "z"}, toolsAdded=[{"name": "ls"}])
    session.message("system", "", sections={"a": None})
    parts = [(part.name, part.chars, part.items) for part in events_of(session, ContextPart)]
    assert parts == [("system prompt", 3, None), ("tools", 13, 1)]


def test_agent_of_an_extension_has_the_counts_in_the_result() -> None:
    ran = {"agent": "scout", "task": "look", "exitCode": 1, "usage": counts(7, cost=0.5), "model": "m"}
    session = PiSession().responds(call("subagent", task="look"), stop="toolUse")
    session.result("subagent", "seen", details={"results": [ran]})
    [agent] = events_of(session, AgentUpdate)
    assert (agent.agent, agent.parent, agent.call, agent.type) == ("call_1-0", MAIN, "call_1", "scout")
    assert agent.status is AgentStatus.FAILED
    assert [(usage.agent, usage.tokens.input) for usage in events_of(session, Usage)] == [("call_1-0", 7)]


def test_usage_inside_a_call_is_counted_once() -> None:
    ran = {"agent": "scout", "usage": counts(7)}
    session = PiSession().responds(call("subagent"), stop="toolUse")
    session.result("subagent", "seen", usage=counts(7), details={"results": [ran]})
    assert [(usage.agent, usage.operation) for usage in events_of(session, Usage)] == [(MAIN, "tool")]
    assert events_of(session, Usage, adapter=OhMyPi()) == []


def test_file_of_a_sub_agent_belongs_to_the_session_above_it() -> None:
    session = PiSession(id="other").asks("Look.").responds("Done.", usage=counts(5))
    events = read(session.records, AGENT_PATH)
    assert {(event.session.id, event.agent) for event in events} == {(SESSION, "1-Scout")}
    updates = events_of(session, AgentUpdate, AGENT_PATH)
    assert [(update.parent, update.status) for update in updates] == [(MAIN, None), (None, AgentStatus.COMPLETED)]


def test_tier_of_a_family_of_models_is_that_of_its_responses() -> None:
    session = PiSession().entry("service_tier_change", serviceTier={"anthropic": "priority", "google": "flex"})
    session.responds("a", usage=counts(1)).entry("service_tier_change", serviceTier=None).responds("b", usage=counts(2))
    assert [usage.service_tier for usage in events_of(session, Usage)] == ["priority", ""]


def test_exit_of_the_program_ends_the_session() -> None:
    session = PiSession().entry("custom", customType="session_exit", data={"kind": "normal", "reason": "quit"})
    assert [(turn.turn, turn.reason) for turn in events_of(session, TurnUpdate)] == [(Turn.SESSION_ENDED, "quit")]
