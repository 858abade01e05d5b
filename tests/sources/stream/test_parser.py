"""Lines of the stream: their sessions and agents, types and times."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import JSON, UNHURRIED
from tests.sources.stream_builder import (
    EVERYTHING,
    MILLIS,
    PATH,
    SECONDS,
    execution,
    line,
    only,
    read,
    read_resuming,
    telemetry,
)
from tui_monitor.events import (
    MAIN,
    AgentStatus,
    AgentUpdate,
    ContextUpdate,
    EndpointRequest,
    LogLine,
    MetricSample,
    SessionKey,
    SessionUpdate,
    SourceRef,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.sources.base import Record, UnknownRecord, UnreadableRecord
from tui_monitor.sources.stream.adapter import Stream

S1 = SessionKey("stream", "s1")


def origin_of(record: Record, path: Path = PATH) -> tuple[str, str]:
    """Return session and agent of the last event of a line."""
    event = read(record, path=path)[-1]
    return event.session.id, event.agent


@pytest.mark.parametrize(
    ("session", "agent", "place"),
    [
        ("s1", "a1", ("s1", "a1")),
        ("s1", "s1", ("s1", MAIN)),
        ("s1", None, ("s1", MAIN)),
        (None, "a1", ("a1", MAIN)),
        (None, None, ("file", MAIN)),
    ],
)
def test_line_belongs_to_its_session_else_its_agent_else_its_file(
    session: str | None, agent: str | None, place: tuple[str, str]
) -> None:
    record = line("usage", session_id=session, agent_id=agent, input_tokens=1)
    assert origin_of(record, Path("/tmp/file.jsonl")) == place


def test_agent_without_a_session_belongs_to_the_session_of_its_parent() -> None:
    events = read(
        line("agent", "u1", session_id=None, id="root"),
        line("agent", "u2", session_id=None, id="child", parent_id="root"),
        line("agent", "u3", session_id=None, id="grandchild", parent_id="child"),
        line("usage", "u4", session_id=None, agent_id="grandchild", input_tokens=5),
    )
    assert [(event.session.id, event.agent, event.parent) for event in only(events, AgentUpdate)] == [
        ("root", MAIN, None),
        ("root", "child", MAIN),
        ("root", "grandchild", "child"),
    ]
    [usage] = only(events, Usage)
    assert (usage.session.id, usage.agent) == ("root", "grandchild")


def test_agent_line_has_all_columns_of_the_agents_table() -> None:
    record = line(
        "agent",
        id="dev-1",
        parent_id="s1",
        plan_id="REQ-49",
        task_id="T1",
        agent_type="developer",
        status="failed",
        process_id=4711,
        start_time=SECONDS,
        end_time=SECONDS + 90,
        exit_code=-9,
        error_message="out of memory",
        log_file="/logs/dev-1.log",
        category="coding",
        description="write it",
    )
    [event] = only(read(record), AgentUpdate)
    assert (event.session, event.agent, event.parent, event.type) == (S1, "dev-1", MAIN, "developer")
    assert (event.status, event.started, event.ended) == (AgentStatus.FAILED, MILLIS, MILLIS + 90_000)
    assert (event.exit_code, event.error, event.log_file) == (-9, "out of memory", "/logs/dev-1.log")
    assert (event.process_id, event.plan, event.task, event.category) == (4711, "REQ-49", "T1", "coding")


def test_agent_line_without_an_id_is_unreadable() -> None:
    with pytest.raises(UnreadableRecord, match="without an id"):
        read(line("agent", id=None))


@pytest.mark.parametrize(
    ("status", "turn"),
    [
        ("starting", Turn.STARTED),
        ("running", Turn.STARTED),
        ("completed", Turn.DONE),
        ("failed", Turn.FAILED),
        ("terminated", Turn.INTERRUPTED),
    ],
)
def test_status_of_the_main_agent_is_the_turn(status: str, turn: Turn) -> None:
    [event] = only(read(line("agent", id="s1", status=status, error_message="why")), TurnUpdate)
    assert (event.turn, event.reason) == (turn, "why")


def test_unknown_status_is_ignored() -> None:
    events = read(line("agent", id="s1", status="pondering"))
    assert [event.status for event in only(events, AgentUpdate)] == [None]
    assert only(events, TurnUpdate) == []


def test_session_is_emitted_once_and_again_with_facts() -> None:
    events = read(
        line("log", "u1", message="a"),
        line("log", "u2", message="b", cwd=None, title=""),
        line("agent", "u3", id="s1", cwd="/home/ada", branch="main", title="engine", client="lib", version="2"),
        line("log", "u4", message="c", session_id="s2"),
    )
    assert [(event.session.id, event.cwd, event.title) for event in only(events, SessionUpdate)] == [
        ("s1", "", ""),
        ("s1", "/home/ada", "engine"),
        ("s2", "", ""),
    ]


def test_context_line_has_the_size_of_the_context() -> None:
    [event] = only(read(line("context", agent_id="a1", current=90_000, limit=200_000, model="m")), ContextUpdate)
    assert (event.agent, event.tokens, event.limit, event.model, event.at) == ("a1", 90_000, 200_000, "m", MILLIS)


def test_context_may_be_unknown() -> None:
    [event] = only(read(line("context", current=None, limit=None)), ContextUpdate)
    assert (event.tokens, event.limit) == (None, None)


def test_request_has_its_duration_in_milliseconds() -> None:
    record = line(
        "request", endpoint="/chat", method="POST", duration=0.523, status_code=500, tokens_used=150, error="boom"
    )
    [event] = only(read(record), EndpointRequest)
    assert (event.endpoint, event.method, event.status, event.duration_ms) == ("/chat", "POST", 500, 523.0)
    assert (event.tokens, event.error, event.uid) == (150, "boom", "uid:u1")


def test_metric_has_its_tags() -> None:
    [event] = only(read(line("metric", name="queue", value=3, tags={"env": "test", "shard": 2})), MetricSample)
    assert (event.name, event.value, event.tags) == ("queue", 3.0, (("env", "test"), ("shard", "2")))


def test_metric_without_a_number_is_unreadable() -> None:
    with pytest.raises(UnreadableRecord, match="without a value"):
        read(line("metric", name="queue", value=None))


def test_log_line_is_emitted() -> None:
    [event] = only(read(line("log", message="ready", level="info")), LogLine)
    assert (event.text, event.level, event.uid) == ("ready", "info", "uid:u1")


@pytest.mark.parametrize(
    "timestamp", [SECONDS, SECONDS + 0.0, MILLIS, "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00"]
)
def test_times_may_be_seconds_milliseconds_or_text(timestamp: object) -> None:
    assert read(line("log", message="x", timestamp=timestamp))[-1].at == MILLIS


@pytest.mark.parametrize("timestamp", [None, "yesterday", [], -1])
def test_line_with_an_invalid_time_is_read(timestamp: object) -> None:
    assert read(line("usage", input_tokens=5, timestamp=timestamp))[-1].at == 0


@pytest.mark.parametrize(
    "record", [{"v": 1, "type": "hologram"}, {"v": 2, "type": "log", "message": "x"}, {"what": "ever"}, {"type": None}]
)
def test_unknown_types_and_versions_raise_unknown_record(record: Record) -> None:
    with pytest.raises(UnknownRecord):
        read(record)


def test_unknown_fields_are_ignored() -> None:
    assert read(line("log", message="x", shiny={"new": [1]})) == read(line("log", message="x"))


@given(st.lists(st.sampled_from(EVERYTHING), max_size=25))
@UNHURRIED
def test_resuming_after_any_line_gives_the_same_events(records: list[Record]) -> None:
    assert read_resuming(records) == read(*records)


@given(st.sampled_from(EVERYTHING), st.dictionaries(st.sampled_from(sorted({k for r in EVERYTHING for k in r})), JSON))
@UNHURRIED
def test_broken_line_is_rejected_or_read(record: Record, odd: dict[str, Any]) -> None:
    parser = Stream().parser(PATH, "")
    with suppress(UnknownRecord, UnreadableRecord):
        list(parser.parse({**record, **odd}, SourceRef("f", 0, 1)))
    json.loads(parser.state())


@given(st.sampled_from(EVERYTHING), st.data())
@UNHURRIED
def test_any_field_may_be_null(record: Record, data: st.DataObject) -> None:
    needed = {"type", "id", "name", "value"}
    empty = data.draw(st.sets(st.sampled_from(sorted(set(record) - needed))))
    if "type" not in record:
        empty -= {"tool_name", "started_at", "timestamp"}
    assert read({**record, **dict.fromkeys(empty)})


def test_state_is_bounded() -> None:
    parser = Stream().parser(PATH, "")
    for number in range(3000):
        record = telemetry(agent_id=f"a{number}", timestamp=SECONDS + number)
        list(parser.parse(record, SourceRef("f", number, 1)))
        list(parser.parse(execution(id=number, session_id=f"s{number}"), SourceRef("f", number, 1)))
    assert len(parser.state()) < 120_000
