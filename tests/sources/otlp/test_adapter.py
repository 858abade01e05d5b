"""Files of OTLP JSON lines: recognition, discovery, values, and tolerance of anything malformed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import JSON, UNHURRIED, broken, check, places
from tests.sources.otlp_builder import (
    START_MS,
    chat,
    claude,
    claude_request,
    claude_span,
    codex,
    codex_response,
    gemini,
    log,
    logs,
    metrics,
    read,
    read_resuming,
    series,
    span,
    spans,
)
from tui_monitor.sources.base import Head, Record, SearchContext, UnknownRecord, UnreadableRecord
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.files.head import head_of, read_head
from tui_monitor.sources.otlp.adapter import Otlp
from tui_monitor.sources.otlp.export import attributes, nanoseconds_to_epoch_ms, to_cost, to_int
from tui_monitor.sources.otlp.export import logs as logs_of

TOOL = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "grep", "gen_ai.tool.call.id": "call-7"}
EXPORTS: list[Record] = [
    logs(
        claude("user_prompt", 0),
        claude_request("req_1", 1),
        claude_request("req_2", 2, "compact"),
        claude("tool_result", 3, tool_name="Bash", tool_use_id="t1", success="true", tool_input='{"command":"ls"}'),
        claude("api_error", 4, error="overloaded", attempt=3, status_code="529"),
        claude("compaction", 5, success="true", post_tokens="719"),
    ),
    logs(
        codex("conversation_starts", 0, provider_name="OpenAI"),
        codex_response(1),
        codex_response(2),
        codex("tool_result", 3, call_id="c1", tool_name="exec_command", arguments='{"cmd":"ls"}', success="true"),
        service="codex_cli",
    ),
    logs(gemini("api_response", 1, model="gemini-2.5-pro", input_token_count=80, output_token_count=4)),
    spans(chat(1, 0), span("execute_tool grep", 2, 1, TOOL), **{"service.instance.id": "process-1"}),
    spans(claude_span("llm_request", 3, 1, request_id="req_1", input_tokens=3, output_tokens=20)),
    metrics(series("claude_code.cost.usage", (10, {"session.id": "s"}, 0.5))),
]


def head(text: str) -> Head:
    return head_of(Path("some.jsonl"), text.encode())


@pytest.mark.parametrize("signal", ["resourceLogs", "resourceSpans", "resourceMetrics"])
def test_file_is_recognised_by_the_signal_of_its_lines(signal: str) -> None:
    recognised = head(f'{{"{signal}":[]}}\n')
    assert Otlp().recognises(recognised)
    assert default_registry().recognise_head(recognised).name == "otlp"


@pytest.mark.parametrize("indent", [None, 2])
def test_exports_in_one_array_are_read(tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "exports.json"
    path.write_text(json.dumps(EXPORTS, indent=indent), encoding="utf-8")
    os.utime(path, (1, 1))
    adapter = default_registry().recognise_head(read_head(path))
    batch = adapter.open(path).read()
    assert adapter.name == "otlp"
    assert batch
    assert {type(event) for event in batch.events} == {type(event) for event in read(*EXPORTS)}
    assert len(batch.events) == len(read(*EXPORTS))


def test_spans_of_an_older_writer_are_in_libraries() -> None:
    older = json.dumps(EXPORTS).replace('"scope"', '"instrumentationLibrary"')
    for kind in ("Logs", "Spans", "Metrics"):
        older = older.replace(f'"scope{kind}"', f'"instrumentationLibrary{kind}"')
    assert read(*json.loads(older)) == read(*EXPORTS)


def test_long_first_line_is_recognised_by_its_beginning() -> None:
    assert Otlp().recognises(head('{ "resourceSpans": [{"resource":{"attributes":[{"key":'))


@pytest.mark.parametrize("text", ['{"resourceLogs": 1}\n', '{"type":"user"}\n', "resourceLogs\n"])
def test_other_files_are_not_recognised(text: str) -> None:
    assert not Otlp().recognises(head(text))


def test_files_of_the_receiver_are_found_in_the_data_folder(tmp_path: Path) -> None:
    file = tmp_path / "otlp" / "2026-03-01.jsonl"
    file.parent.mkdir()
    file.write_text("")
    surroundings = SearchContext(tmp_path, {"TUI_MONITOR_DATA_DIR": str(tmp_path)}, tmp_path)
    assert list(Otlp().session_paths(surroundings)) == [file]


def test_nothing_is_found_without_a_data_folder(tmp_path: Path) -> None:
    assert list(Otlp().session_paths(SearchContext(tmp_path, {}, tmp_path))) == []


def test_export_of_an_unknown_convention_is_unknown() -> None:
    with pytest.raises(UnknownRecord):
        read(logs(log("http.request", 0, {}), service="shop"))


def test_export_without_records_is_known() -> None:
    assert read({"resourceLogs": []}) == []


def test_line_that_is_not_an_export_is_unreadable() -> None:
    with pytest.raises(UnreadableRecord):
        read({"resourceLogs": "none"})


def test_ignored_events_of_a_known_program_are_known() -> None:
    assert read(logs(claude("hook_registered", 0))) == []


def test_events_without_a_session_are_dropped() -> None:
    nameless = [log("codex.user_prompt", 0, {}), log("api_request", 1, {}, body="claude_code.api_request")]
    assert read(logs(*nameless)) == []


def test_resuming_after_any_export_gives_the_same_events() -> None:
    assert read_resuming(EXPORTS) == read(*EXPORTS)


_WAYS = [(export, way) for export in EXPORTS for way in places(export)]


@UNHURRIED
@given(st.sampled_from(_WAYS), JSON)
def test_no_value_anywhere_is_fatal(where: tuple[Record, tuple[Any, ...]], anything: Any) -> None:
    export, way = where
    try:
        events = read(broken(export, way, anything))
    except (UnknownRecord, UnreadableRecord):
        return
    for event in events:
        check(event)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"intValue": "7"}, 7),
        ({"intValue": 7}, 7),
        ({"doubleValue": 0.5}, 0.5),
        ({"boolValue": False}, False),
        ({"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "1"}]}}, ["a", 1]),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"stringValue": "b"}}]}}, {"a": "b"}),
        ({"arrayValue": {}}, []),
        ({}, None),
        (None, None),
    ],
)
def test_values_of_all_kinds_are_read(value: object, expected: object) -> None:
    assert attributes([{"key": "it", "value": value}]) == {"it": expected}


@pytest.mark.parametrize(
    ("value", "expected"),
    [("12", 12), (12.0, 12), ("12.7", 12), (-1, None), ("-1", None), ("many", None), (True, None), ("9" * 30, 2**53)],
)
def test_numbers_may_be_text(value: object, expected: int | None) -> None:
    assert to_int(value) == expected


@pytest.mark.parametrize(("value", "expected"), [(0.25, 25 * 10**10), ("0.25", 25 * 10**10), (0, None), (-1, None)])
def test_zero_cost_is_unknown(value: object, expected: int | None) -> None:
    assert to_cost(value) == expected


@pytest.mark.parametrize(("value", "expected"), [("1772359200000999999", START_MS), (1772359200000999999, START_MS)])
def test_times_may_be_text_or_numbers(value: object, expected: int) -> None:
    assert nanoseconds_to_epoch_ms(value) == expected


def test_record_without_a_time_has_the_time_of_observation() -> None:
    [record] = logs_of(logs(codex("user_prompt", 2)))
    assert record.at == START_MS + 2000


@pytest.mark.parametrize(
    ("attribute", "body", "name"),
    [
        ("api_request", "claude_code.api_request", "claude_code.api_request"),
        ("codex.sse_event", "", "codex.sse_event"),
        ("codex.sse_event", "some words", "codex.sse_event"),
        ("", "claude_code.api_request", "claude_code.api_request"),
    ],
)
def test_event_has_its_full_name(attribute: str, body: str, name: str) -> None:
    [record] = logs_of(logs(log(attribute, 0, {}, body=body)))
    assert record.name == name
