"""Messages of OpenCode 2: rows that are updated in place until they are complete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.sources.opencode_builder import (
    CHILD,
    CWD,
    ROOT,
    START,
    EventStore,
    Sessions,
    Steps,
    completed,
    events_of,
    only,
    read,
    tokens,
    tool,
)
from tui_monitor.events import (
    MAIN,
    AgentMessage,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    CompactionUpdate,
    ContextUpdate,
    Prompt,
    RetryUpdate,
    SessionUpdate,
    Tokens,
    ToolKind,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.sources.base import Head
from tui_monitor.sources.opencode.adapter import OpenCode

SPENT = tokens(100, output=10, reasoning=4, read=50, cache_write=30)


@pytest.fixture
def steps(tmp_path: Path) -> Iterator[Steps]:
    """Return a database of OpenCode 2 with one session."""
    with closing(Steps(tmp_path / "opencode.db").session(title="Valves", fork_session_id="ses_first")) as steps:
        yield steps


def test_database_is_recognised_by_its_tables(steps: Steps) -> None:
    head = Head(steps.path, steps.path.read_bytes()[:100], ())
    assert OpenCode().recognises(head)
    assert list(OpenCode().related_files(steps.path)) == [steps.path / ROOT]
    assert OpenCode().start_directory(steps.path / ROOT) == CWD


def test_session_has_its_facts(steps: Steps) -> None:
    [update] = events_of(steps, SessionUpdate)
    assert (update.title, update.cwd, update.version, update.forked_from) == ("Valves", CWD, "2.0.14", "ses_first")


def test_turn_has_a_prompt_messages_usage_and_an_end(steps: Steps) -> None:
    steps.prompt("Mend it.")
    steps.response(SPENT, {"type": "reasoning", "text": "Hm."}, {"type": "text", "text": "Done."})
    steps.step("idle", outcome="succeeded")
    events = read(steps.path)
    assert [event.text for event in only(events, Prompt)] == ["Mend it."]
    assert [(event.text, event.thinking) for event in only(events, AgentMessage)] == [("Hm.", True), ("Done.", False)]
    [usage] = only(events, Usage)
    assert usage.tokens == Tokens(input=100, output=14, cache_read=50, cache_creation=30, reasoning=4)
    assert (usage.model, usage.provider, usage.reported_cost) == ("claude-sonnet-4-5", "anthropic", None)
    assert [event.tokens for event in only(events, ContextUpdate)] == [194]
    assert [event.turn for event in only(events, TurnUpdate)] == [Turn.STARTED, Turn.DONE]


@pytest.mark.parametrize(("outcome", "turn"), [("failed", Turn.FAILED), ("interrupted", Turn.INTERRUPTED)])
def test_end_of_a_turn_has_an_outcome(steps: Steps, outcome: str, turn: Turn) -> None:
    steps.step("idle", outcome=outcome)
    assert [event.turn for event in events_of(steps, TurnUpdate)] == [turn]


def test_response_is_read_again_until_it_is_complete(steps: Steps) -> None:
    store = EventStore()
    running = tool("bash", {"command": "make"}) | {"time": {"created": START + 90, "ran": START + 100}}
    running["state"] = {"status": "running", "input": {"command": "make"}, "metadata": {"output": "one\ntwo"}}
    name = steps.response({}, running, time={"created": START})
    events = read(steps.path, store=store)
    assert [event.subject for event in only(events, CallStarted)] == ["make"]
    assert list(only(events, CallFinished)) == []
    time = {"created": START, "completed": START + 400}
    steps.update("session_message", name, content=[tool("bash", {"command": "make"}, "ok", exit=0)], time=time)
    steps.update("session_message", name, tokens=SPENT)
    events = read(steps.path, store=store)
    [end] = only(events, CallFinished)
    assert (end.state, end.output, end.duration_ms, end.exit_code) == (CallState.OK, "ok", 50, 0)
    assert len(list(only(events, Usage))) == 1
    assert read(steps.path, store=store) == []


def test_failed_call_has_its_error(steps: Steps) -> None:
    error = {"type": "unknown", "message": "The user rejected permission to use this specific tool call."}
    call = tool("edit", {"filePath": "/p/a.py"})
    call["state"] = {"status": "error", "input": {"filePath": "/p/a.py"}, "error": error}
    steps.response(SPENT, call)
    [end] = events_of(steps, CallFinished)
    assert (end.state, end.error) == (CallState.REJECTED, error["message"])


def test_calls_of_two_responses_are_separate(steps: Steps) -> None:
    for _ in range(2):
        steps.response(SPENT, tool("bash", {"command": "ls"}, "a"))
    events = events_of(steps, CallStarted)
    assert len({event.call for event in events}) == len({event.uid for event in events}) == 2


def test_command_of_a_person_is_a_call(steps: Steps) -> None:
    time = {"created": START, "completed": START + 20}
    steps.step("shell", command="make", shellID="sh_1", status="exited", exit=2, output={"text": "no rule"}, time=time)
    events = read(steps.path)
    [start], [end] = only(events, CallStarted), only(events, CallFinished)
    assert (start.kind, start.subject) == (ToolKind.SHELL, "make")
    assert (end.state, end.exit_code, end.output, end.duration_ms) == (CallState.FAILED, 2, "no rule", 20)


def test_compaction_has_a_request_of_its_own(steps: Steps) -> None:
    model = {"id": "claude-sonnet-4-5", "providerID": "anthropic"}
    name = steps.step("compaction", status="running", reason="auto", summary="", recent="")
    store = EventStore()
    assert [event.finished for event in only(read(steps.path, store=store), CompactionUpdate)] == [False]
    steps.update("session_message", name, status="completed", model=model, tokens=SPENT, cost=0.5)
    events = read(steps.path, store=store)
    assert [(event.finished, event.trigger) for event in only(events, CompactionUpdate)][-1] == (True, "auto")
    [usage] = only(events, Usage)
    assert (usage.operation, usage.model, usage.reported_cost) == ("compact", "claude-sonnet-4-5", 5 * 10**11)
    assert [event.tokens for event in only(events, ContextUpdate)] == [None]


def test_failed_compaction_leaves_the_context_as_it_is(steps: Steps) -> None:
    steps.step("compaction", status="failed", reason="manual", error={"message": "no"}, tokens=SPENT)
    events = read(steps.path)
    assert list(only(events, ContextUpdate)) == []
    assert len(list(only(events, Usage))) == 1


def test_retry_is_reported(steps: Steps) -> None:
    retry = {"attempt": 2, "at": START + 5, "error": {"type": "api", "message": "overloaded", "status": 529}}
    steps.response({}, retry=retry, time={"created": START})
    [update] = events_of(steps, RetryUpdate)
    assert (update.at, update.reason, update.attempt, update.status) == (START + 5, "overloaded", 2, 529)


def test_sub_agent_is_a_session_of_its_own(steps: Steps) -> None:
    steps.session(CHILD, ROOT, title="Count boats (@general subagent)")
    steps.response(SPENT, tool("task", {"description": "Count boats", "subagent_type": "general"}, sessionId=CHILD))
    steps.response(SPENT, session=CHILD)
    [parents] = events_of(steps, AgentUpdate)
    assert (parents.agent, parents.parent, parents.description) == (CHILD, MAIN, "Count boats")
    [usage] = only(read(steps.path, CHILD), Usage)
    assert (usage.session.id, usage.agent) == (ROOT, CHILD)
    assert set(OpenCode().related_files(steps.path / ROOT)) == {steps.path / CHILD}


@pytest.mark.parametrize("kind", ["synthetic", "system", "skill", "agent-switched", "model-switched"])
def test_other_rows_have_no_events(steps: Steps, kind: str) -> None:
    before = read(steps.path)
    steps.step(kind, text="words")
    assert read(steps.path) == before


def health_of(path: Path) -> Any:
    batch = OpenCode().open(path / ROOT).read()
    assert batch
    return batch.health


def test_unknown_rows_are_counted(steps: Steps) -> None:
    steps.step("hologram")
    assert health_of(steps.path).unknown == 1


def test_rows_written_while_a_migrated_session_was_read_count_once(tmp_path: Path) -> None:
    """The old rows are read first; then the session is migrated, and goes on."""
    with closing(Sessions(tmp_path / "opencode.db").session()) as old:
        store = EventStore()
        message = old.message("assistant")
        old.part(message, "step-finish", tokens=SPENT, cost=0)
        old.tool(message, "bash", completed({"command": "ls"}, "a", exit=0))
        before = read(old.path, store=store)
        with closing(Steps(old.path, begin=START + 600_000).session()) as new:
            call = tool("bash", {"command": "ls"}, "a", exit=0)
            new.response(SPENT, call, created=old.created(message))
            new.response(SPENT)
            after = read(old.path, store=store)
    [first] = only(before, Usage)
    copied, own = only(after, Usage)
    assert set(first.strong_ids) & set(copied.strong_ids)
    assert not set(first.strong_ids) & set(own.strong_ids)
    assert [event.uid for event in only(before, CallStarted)] == [event.uid for event in only(after, CallStarted)]
