"""Rows of OpenCode's database: sessions, turns, messages, responses, calls, sub-agents and compactions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sources.opencode_builder import CHILD, CWD, ROOT, Sessions, completed, events_of, only, read, tokens
from tui_monitor.events import (
    MAIN,
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallProgress,
    CallStarted,
    CallState,
    CompactionUpdate,
    ContextUpdate,
    Measure,
    PlanUpdate,
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
from tui_monitor.sources.base import Record


def test_session_has_its_facts(sessions: Sessions) -> None:
    [event] = events_of(sessions, SessionUpdate)
    assert event.session == SessionKey("opencode", ROOT)
    assert (event.cwd, event.title, event.version, event.mode) == (CWD, "Mend it", "1.18.0", "build")
    assert event.path == str(sessions.path / ROOT)


def test_default_title_is_ignored(sessions: Sessions) -> None:
    sessions.session("ses_new", title="New session - 2026-03-01T10:00:00.000Z")
    assert events_of(sessions, SessionUpdate, "ses_new")[0].title == ""


def test_prompt_begins_a_turn_and_the_last_message_ends_it(sessions: Sessions) -> None:
    prompt = sessions.message("user")
    sessions.part(prompt, "text", text="mend it")
    sessions.part(prompt, "text", text="<file>", synthetic=True)
    for finish in ("tool-calls", "stop"):
        sessions.complete(sessions.message("assistant"), finish)
    assert [prompt.text for prompt in events_of(sessions, Prompt)] == ["mend it"]
    assert [turn.turn for turn in events_of(sessions, TurnUpdate)] == [Turn.STARTED, Turn.DONE]


@pytest.mark.parametrize(
    ("error", "turn", "reason"),
    [
        ({"name": "MessageAbortedError", "data": {"message": "stopped"}}, Turn.INTERRUPTED, "stopped"),
        ({"name": "APIError", "data": {"message": "no quota", "statusCode": 429}}, Turn.FAILED, "no quota"),
        ({"name": "MessageOutputLengthError", "data": {}}, Turn.FAILED, "MessageOutputLengthError"),
    ],
)
def test_turn_may_end_in_an_error(sessions: Sessions, error: Record, turn: Turn, reason: str) -> None:
    sessions.complete(sessions.message("assistant"), error=error)
    assert [(event.turn, event.reason) for event in events_of(sessions, TurnUpdate)] == [(turn, reason)]


def test_text_is_emitted_once_complete(sessions: Sessions) -> None:
    message = sessions.message("assistant")
    sessions.part(message, "reasoning", text="hm", time={"start": 5, "end": 6})
    sessions.part(message, "text", text="Wel", time={"start": 7})
    sessions.part(message, "text", text="All", time={"start": 7, "end": 8})
    messages = [(event.text, event.thinking, event.at) for event in events_of(sessions, AgentMessage)]
    assert messages == [("hm", True, 6), ("All", False, 8)]


def test_interrupted_text_is_emitted_at_the_end_of_the_message(sessions: Sessions) -> None:
    message = sessions.message("assistant")
    sessions.part(message, "text", text="Wel", time={"start": 7})
    sessions.complete(message, error={"name": "MessageAbortedError"})
    assert [event.text for event in events_of(sessions, AgentMessage)] == ["Wel"]


def test_each_step_is_a_response_and_the_message_repeats_the_last_one(sessions: Sessions) -> None:
    message = sessions.message("assistant")
    for spent in (tokens(100, 7, 5, read=40, cache_write=3, total=155), tokens(200, 1)):
        sessions.part(message, "step-finish", reason="stop", tokens=spent, cost=0.25)
    sessions.complete(message, tokens=tokens(200, 1), cost=0.5)
    first, second = events_of(sessions, Usage)
    assert first.tokens == Tokens(input=100, output=12, cache_read=40, cache_creation=3, reasoning=5)
    assert (first.model, first.provider) == ("claude-sonnet-4-5", "anthropic")
    assert (first.reported_cost, second.tokens.input) == (250_000_000_000, 200)
    assert [event.tokens for event in events_of(sessions, ContextUpdate)] == [155, 201]


def test_message_without_steps_has_counts_of_its_own(sessions: Sessions) -> None:
    sessions.complete(sessions.message("assistant", "msg_a"), tokens=tokens(200, 1), cost=0.5)
    [usage] = events_of(sessions, Usage)
    assert (usage.strong_ids[0], usage.tokens.input) == ("opencode:msg_a", 200)


@pytest.mark.parametrize("cost", [0, -1, None, "5", True])
def test_missing_cost_is_not_reported(sessions: Sessions, cost: Any) -> None:
    sessions.part(sessions.message("assistant"), "step-finish", tokens=tokens(5), cost=cost)
    assert events_of(sessions, Usage)[0].reported_cost is None


def test_response_of_an_absurd_cost_is_not_counted(sessions: Sessions) -> None:
    sessions.part(sessions.message("assistant"), "step-finish", tokens=tokens(5), cost=10**9)
    assert events_of(sessions, Usage) == []


@pytest.mark.parametrize("spent", [None, {}, tokens(0), 5])
def test_step_without_tokens_is_not_a_response(sessions: Sessions, spent: Any) -> None:
    sessions.part(sessions.message("assistant"), "step-finish", tokens=spent)
    assert events_of(sessions, Usage) == []


def test_forked_session_shares_the_copied_responses_and_calls(sessions: Sessions) -> None:
    created = {"created": 1_772_359_000_000}
    sessions.session("ses_fork")
    for session in (ROOT, "ses_fork"):
        message = sessions.message("assistant", session=session, time=created)
        sessions.tool(message, "bash", completed({"command": "ls"}), session)
        sessions.part(message, "step-finish", session, tokens=tokens(5, 1), cost=0.1)
    [one], [other] = events_of(sessions, Usage), events_of(sessions, Usage, "ses_fork")
    assert len(set(one.strong_ids) & set(other.strong_ids)) == 1
    [call], [copy] = events_of(sessions, CallStarted), events_of(sessions, CallStarted, "ses_fork")
    assert (call.uid, call.call != copy.call) == (copy.uid, True)


def test_call_goes_from_pending_over_running_to_completed(sessions: Sessions) -> None:
    message = sessions.message("assistant")
    arguments = {"command": "make", "description": "build", "timeout": 9}
    running = {"status": "running", "input": arguments}
    sessions.tool(message, "bash", {"status": "pending", "input": {}, "raw": ""})
    sessions.tool(message, "bash", {**running, "metadata": {"output": "one\ntwo\n"}, "time": {"start": 7}})
    sessions.tool(message, "bash", completed(arguments, "three\n", output="three\n", exit=0))
    pending, started, ended = events_of(sessions, CallStarted)
    assert (pending.kind, pending.subject, pending.input) == (ToolKind.SHELL, "", "")
    assert (started.subject, started.note, started.timeout_ms, started.at) == ("make", "build", 9, 7)
    assert [(event.call, event.doing, event.lines) for event in events_of(sessions, CallProgress)] == [
        (started.call, "two", 2)
    ]
    [finished] = events_of(sessions, CallFinished)
    assert (finished.call, finished.state, finished.output) == (ended.call, CallState.OK, "three\n")
    assert (finished.duration_ms, finished.exit_code, finished.measure) == (50, 0, Measure(1, "lines"))


def test_todos_are_the_plan(sessions: Sessions) -> None:
    todos = [{"content": "a", "status": "completed"}, {"content": "b", "status": "in_progress"}]
    sessions.tool(sessions.message("assistant"), "todowrite", completed({"todos": todos}))
    [plan] = events_of(sessions, PlanUpdate)
    assert (plan.completed, plan.total, plan.now) == (1, 2, "b")


def test_session_of_a_sub_agent_belongs_to_the_root_session(sessions: Sessions) -> None:
    sessions.session(CHILD, ROOT, "look (@general subagent)", agent="")
    sessions.session("ses_grandchild", CHILD, "deeper", agent="explore")
    message = sessions.message("assistant", session="ses_grandchild")
    sessions.part(message, "step-finish", "ses_grandchild", tokens=tokens(5))
    events = read(sessions.path, "ses_grandchild")
    assert {(event.session, event.agent) for event in events} == {(SessionKey("opencode", ROOT), "ses_grandchild")}
    [grandchild] = only(events, AgentUpdate)
    assert (grandchild.parent, grandchild.type, grandchild.description) == (CHILD, "explore", "deeper")
    [child] = events_of(sessions, AgentUpdate, CHILD)
    assert (child.parent, child.type, child.description) == (MAIN, "general", "look")


def test_cyclic_parents_are_tolerated(sessions: Sessions) -> None:
    sessions.session("ses_a", "ses_b").session("ses_b", "ses_a").session("ses_c", "ses_gone")
    assert events_of(sessions, AgentUpdate, "ses_a")[0].session.id == "ses_b"
    assert events_of(sessions, SessionUpdate, "ses_c")[0].session.id == "ses_c"


def test_call_has_the_sub_agent_that_it_started(sessions: Sessions) -> None:
    arguments = {"description": "look", "prompt": "p", "subagent_type": "general"}
    message = sessions.message("assistant")
    sessions.tool(message, "task", {"status": "running", "input": arguments, "metadata": {"sessionId": CHILD}})
    call = sessions.tool(message, "task", completed(arguments, sessionId=CHILD))
    running, ended = events_of(sessions, AgentUpdate)
    assert (running.agent, running.status, running.ended) == (CHILD, AgentStatus.RUNNING, None)
    assert (ended.call, ended.type, ended.description) == (call, "general", "look")
    assert (ended.status, ended.ended is not None) == (AgentStatus.COMPLETED, True)


def test_compaction_is_announced_and_completed(sessions: Sessions) -> None:
    sessions.part(sessions.message("user"), "compaction", auto=True)
    message = sessions.message("assistant", summary=True, agent="compaction")
    sessions.part(message, "step-finish", tokens=tokens(900))
    sessions.complete(message)
    compactions = [(event.finished, event.trigger) for event in events_of(sessions, CompactionUpdate)]
    assert sorted(compactions) == [(False, "auto"), (True, "")]
    assert [event.tokens for event in events_of(sessions, ContextUpdate)] == [None]
    assert [usage.operation for usage in events_of(sessions, Usage)] == ["compact"]


def test_retry_is_emitted(sessions: Sessions) -> None:
    error = {"name": "APIError", "data": {"message": "overloaded", "statusCode": 529}}
    sessions.part(sessions.message("assistant"), "retry", attempt=2, error=error, time={"created": 7})
    [retry] = events_of(sessions, RetryUpdate)
    assert (retry.reason, retry.attempt, retry.status, retry.at, retry.wait_ms) == ("overloaded", 2, 529, 7, 0)


@pytest.mark.parametrize("kind", ["step-start", "snapshot", "patch", "file", "agent", "subtask"])
def test_ignored_parts_have_no_events(sessions: Sessions, kind: str) -> None:
    sessions.part(sessions.message("assistant"), kind)
    assert [type(event) for event in read(sessions.path)] == [SessionUpdate, SessionTotalUpdate]


REFUSED = "The user rejected permission to use this specific tool call"


@pytest.mark.parametrize(
    ("error", "turns"),
    [(f"{REFUSED}.", [Turn.INTERRUPTED]), (f"{REFUSED} with the following feedback: use make", [])],
)
def test_refused_permission_ends_the_turn(sessions: Sessions, error: str, turns: list[Turn]) -> None:
    state = {"status": "error", "input": {"command": "rm x"}, "error": error, "time": {"start": 5, "end": 9}}
    sessions.tool(sessions.message("assistant"), "bash", state)
    assert [event.turn for event in events_of(sessions, TurnUpdate)] == turns


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("gpt-5.6-sol-fast", ("gpt-5.6-sol", "priority", "")),
        ("openai/gpt-5.5-fast", ("openai/gpt-5.5", "priority", "")),
        ("claude-opus-5-fast", ("claude-opus-5", "", "fast")),
        ("grok-4-fast", ("grok-4-fast", "", "")),
        ("gpt-5.5", ("gpt-5.5", "", "")),
    ],
)
def test_fast_mode_of_a_model_is_a_term_of_its_use(sessions: Sessions, name: str, terms: tuple[str, str, str]) -> None:
    message = sessions.message("assistant", modelID=name)
    sessions.part(message, "step-finish", tokens=tokens(5, 4))
    [usage] = events_of(sessions, Usage)
    assert (usage.model, usage.service_tier, usage.speed) == terms
    assert [event.model for event in events_of(sessions, ContextUpdate)] == [terms[0]]


@pytest.mark.parametrize(("title", "totals"), [("Valves", 1), ("Valves (fork #2)", 0)])
def test_request_for_a_title_is_unknown_but_forks_have_none(sessions: Sessions, title: str, totals: int) -> None:
    sessions.connection.execute("UPDATE session SET title = ?", (title,))
    assert [event.is_partial for event in events_of(sessions, SessionTotalUpdate)] == [True] * totals
