"""Spans as plain objects: the forms of JavaScript's and Python's SDKs, and what Copilot CLI writes.

The objects are made by the SDKs' published source, and like lines of Copilot CLI that others have published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given

from tests.sources.copilot_builder import CopilotSession
from tests.sources.copilot_builder import read as read_session
from tests.sources.hostile import UNHURRIED, check_all, some_broken
from tests.sources.otlp_builder import PATH, START_MS
from tests.sources.support import read_records, read_resuming
from tui_monitor.events import CallFinished, CallStarted, CallState, Event, RetryUpdate, SessionKey, Tokens, Usage
from tui_monitor.sources.base import Record, SearchContext, UnknownRecord
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.files.head import head_of
from tui_monitor.sources.otlp.adapter import Otlp
from tui_monitor.sources.otlp.parser import OtlpParser

SECONDS = START_MS // 1000
CHAT = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "github",
    "gen_ai.response.model": "claude-sonnet-4.5",
    "gen_ai.conversation.id": "c1",
    "gen_ai.response.id": "msg_1",
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.output_tokens": 30,
    "gen_ai.usage.cache_read.input_tokens": 40,
    "gen_ai.usage.cache_creation.input_tokens": 10,
}
TOOL = {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "bash",
    "gen_ai.tool.call.id": "call_1",
    "gen_ai.conversation.id": "c1",
}


def javascript(
    name: str, span: str = "s1", service: str = "reviewer", attributes: Record = CHAT, **fields: object
) -> Record:
    """Return a span with times as seconds and nanoseconds."""
    fixed = {"type": "span", "traceId": "t1", "spanId": span, "name": name, "kind": 2, "attributes": attributes}
    times = {"startTime": [SECONDS, 0], "endTime": [SECONDS + 2, 500_000_000]}
    resource = {"attributes": {"service.name": service, "service.version": "1.0.84"}}
    return {**fixed, **times, "status": {"code": 0}, "events": [], "resource": resource, **fields}


CONSOLE = {
    "resource": {"_rawAttributes": [["service.name", "reviewer"], "odd"]},
    "traceId": "t1",
    "parentSpanContext": {"traceId": "t1", "spanId": "s0"},
    "name": "chat x",
    "id": "s1",
    "timestamp": START_MS * 1000,
    "duration": 2_500_000,
    "attributes": CHAT,
    "status": {"code": 0},
}
INTERNAL = {
    "_spanContext": {"traceId": "t1", "spanId": "s1"},
    "name": "chat x",
    "startTime": [SECONDS, 0],
    "endTime": [SECONDS + 2, 500_000_000],
    "attributes": CHAT,
    "resource": {"_attributes": {"service.name": "reviewer"}},
}
PYTHON = {
    "name": "chat x",
    "context": {"trace_id": "0xt1", "span_id": "0xs1", "trace_state": "[]"},
    "parent_id": "0xs0",
    "start_time": "2026-03-01T10:00:00.000000Z",
    "end_time": "2026-03-01T10:00:02.500000Z",
    "status": {"status_code": "UNSET"},
    "attributes": CHAT,
    "resource": {"attributes": {"service.name": "reviewer"}, "schema_url": ""},
}
METRIC = {"type": "metric", "name": "gen_ai.client.token.usage", "dataPoints": [{"value": 5}]}
COPILOT = [
    javascript("execute_tool bash", "s2", "github-copilot", TOOL),
    javascript("chat x", "s1", "github-copilot"),
    METRIC,
    javascript("chat x", "s3", "github-copilot", {**CHAT, "error.type": "429"}, status={"code": 2}),
    javascript("invoke_agent", "s0", "github-copilot", {**CHAT, "gen_ai.operation.name": "invoke_agent"}),
]
FORMS = [javascript("chat x"), CONSOLE, INTERNAL, PYTHON]


def read(*records: Record) -> list[Event]:
    return read_records(Otlp(), records, PATH)


@pytest.mark.parametrize("record", FORMS, ids=["javascript", "console", "internal", "python"])
def test_span_of_any_sdk_is_a_response(record: Record) -> None:
    [usage] = [event for event in read(record) if isinstance(event, Usage)]
    assert usage.tokens == Tokens(50, 30, 40, 10)
    assert (usage.session, usage.model) == (SessionKey("otlp", "c1"), "claude-sonnet-4.5")
    assert (usage.at, usage.duration_ms) == (START_MS + 2500, 2500)
    assert usage.strong_ids == ("span:t1+s1",)


def test_span_exported_in_two_forms_is_one_response() -> None:
    names = {usage.strong_ids for record in FORMS for usage in read(record) if isinstance(usage, Usage)}
    assert len(names) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"status": {"code": 2, "message": "no"}},
        {"status": {"status_code": "ERROR", "description": "no"}},
    ],
)
def test_failed_span_is_a_failed_request(fields: Record) -> None:
    [retry] = [event for event in read(javascript("chat x", **fields)) if isinstance(event, RetryUpdate)]
    assert retry.reason == "no"


def test_metrics_between_spans_have_no_events() -> None:
    assert read(METRIC) == []


def test_span_of_no_convention_is_unknown() -> None:
    with pytest.raises(UnknownRecord):
        read(javascript("GET /", attributes={"http.method": "GET"}))


def test_resuming_after_any_span_gives_the_same_events() -> None:
    records = [*COPILOT, *FORMS]
    assert read_resuming(Otlp(), records, PATH) == read(*records)


@given(some_broken([*COPILOT, *FORMS]))
@UNHURRIED
def test_broken_span_does_not_affect_other_spans(records: list[Record]) -> None:
    check_all(OtlpParser(PATH, ""), records)


@pytest.mark.parametrize("records", [COPILOT, [METRIC, *COPILOT], [CONSOLE], [INTERNAL], [PYTHON]])
def test_file_of_spans_is_recognised(records: list[Record]) -> None:
    raw = b"".join(json.dumps(record).encode() + b"\n" for record in records)
    assert default_registry().recognise_head(head_of(PATH, raw)).name == "otlp"


@pytest.mark.parametrize(
    "record", [METRIC, {}, {"traceId": "t"}, javascript("GET /", attributes={"http.method": "GET"})]
)
def test_other_objects_are_not_recognised(record: Record) -> None:
    assert not Otlp().recognises(head_of(PATH, json.dumps(record).encode() + b"\n"))


def test_spans_of_copilot_belong_to_its_sessions() -> None:
    events = read(*COPILOT)
    assert {event.session for event in events} == {SessionKey("copilot", "c1")}
    first, _ = [event for event in events if isinstance(event, Usage)]
    assert (first.tokens, first.provider, first.has_strong_id) == (Tokens(50, 30, 40, 10), "github-copilot", False)
    [started] = [event for event in events if isinstance(event, CallStarted)]
    [finished] = [event for event in events if isinstance(event, CallFinished)]
    assert (started.call, started.tool, started.exact) == ("call_1", "bash", False)
    assert (finished.state, finished.duration_ms) == (CallState.OK, 2500)
    assert [retry.reason for retry in events if isinstance(retry, RetryUpdate)] == ["429"]


def test_span_and_event_of_a_response_of_copilot_share_an_id() -> None:
    session = CopilotSession(sessionId="c1").responds("Hm.", 30, apiCallId="msg_1")
    [recorded] = [event for event in read_session(session.records) if isinstance(event, Usage)]
    [exported] = [event for event in read(COPILOT[1]) if isinstance(event, Usage)]
    assert set(recorded.weak_ids) & set(exported.weak_ids) == set(exported.weak_ids)


def test_files_of_copilot_are_found_in_its_folder_or_where_it_is_set(tmp_path: Path) -> None:
    folder = tmp_path / ".copilot/otel"
    folder.mkdir(parents=True)
    (folder / "a.jsonl").write_bytes(b"")
    assert list(Otlp().session_paths(SearchContext(tmp_path, {}, tmp_path))) == [folder / "a.jsonl"]
    env = {"COPILOT_HOME": "/c", "COPILOT_OTEL_FILE_EXPORTER_PATH": "/tmp/spans.jsonl"}
    assert list(Otlp().session_paths(SearchContext(tmp_path, env, tmp_path))) == [Path("/tmp/spans.jsonl")]
    assert Otlp().roots(SearchContext(tmp_path, env, tmp_path)) == [Path("/c/otel")]
