"""The output of ``gemini --output-format stream-json``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given

from tests.sources import hostile
from tests.sources.gemini_builder import PATH, SESSION, Chat, only, read, read_resuming, tokens
from tests.sources.printed_builder import MODEL, answered, ended, gemini_run, said, used
from tests.store.builders import batch
from tui_monitor.events import (
    AgentMessage,
    CallFinished,
    CallStarted,
    CallState,
    Change,
    ChangeKind,
    ContextUpdate,
    Event,
    LogLine,
    Prompt,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    SourceRef,
    Tokens,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.discovery.expand import expand
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.gemini.adapter import Gemini
from tui_monitor.store import private_store

OUT = Path("/tmp/out.jsonl")
RUN = gemini_run(
    said("mend it", role="user"),
    said("Let me ", delta=True),
    said("look.", delta=True),
    used("run_shell_command", {"command": "make"}),
    answered("done"),
    used("replace", {"file_path": "/p/a.py", "old_string": "a", "new_string": "b"}, "call_2"),
    answered(call="call_2"),
    said("Done.", delta=True),
    {"type": "error", "severity": "warning", "message": "Loop detected"},
    ended(49_000, 200, cached=24_000, thoughts=125),
)


def events_of(*lines: Record) -> list[Event]:
    return read(gemini_run(*lines), OUT)


def write(path: Path, records: Iterable[Record]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_session_is_that_of_the_run() -> None:
    [facts] = only(read(RUN, OUT), SessionUpdate)
    assert (facts.session, facts.at, facts.client) == (SessionKey("gemini", SESSION), 0, "gemini stream-json")
    [context] = only(read(RUN, OUT), ContextUpdate)
    assert (context.tokens, context.limit, context.model) == (None, 1_048_576, MODEL)


def test_pieces_of_a_text_are_one_message() -> None:
    events = read(RUN, OUT)
    assert [prompt.text for prompt in only(events, Prompt)] == ["mend it"]
    assert [message.text for message in only(events, AgentMessage)] == ["Let me look.", "Done."]
    assert [message.text for message in only(events_of(said("a"), said("b")), AgentMessage)] == ["a", "b"]


def test_total_of_a_process_has_thoughts_in_its_output() -> None:
    [total] = only(read(RUN, OUT), SessionTotalUpdate)
    spent = Tokens(input=25_000, output=325, cache_read=24_000)
    assert (total.tokens, total.list_priced, total.until) == (spent, ((MODEL, spent),), total.at + 1)


def test_calls_have_their_results() -> None:
    events = read(RUN, OUT)
    assert [(call.tool, call.subject) for call in only(events, CallStarted)] == [
        ("run_shell_command", "make"),
        ("replace", "/p/a.py"),
    ]
    make, edit = only(events, CallFinished)
    assert (make.state, make.output) == (CallState.OK, "done")
    assert [(change.kind, change.added, change.removed) for change in edit.changes] == [(ChangeKind.MODIFY, 1, 1)]


def test_failed_call_has_its_error() -> None:
    [end] = only(events_of(used("read_file", {"file_path": "x"}), answered(error="no such file")), CallFinished)
    assert (end.state, end.error) == (CallState.FAILED, "no such file")


def test_long_arguments_are_not_kept_for_the_result() -> None:
    written = used("write_file", {"file_path": "/p/a.py", "content": "x" * (1 << 15)})
    parser = Gemini().parser(OUT, "")
    for record in gemini_run(written):
        list(parser.parse(record, SourceRef(str(OUT), 0, 1)))
    assert len(parser.state()) < 2000
    [end] = only(events_of(written, answered()), CallFinished)
    assert end.changes == (Change(ChangeKind.MODIFY, "/p/a.py"),)


@pytest.mark.parametrize(
    ("fields", "turn", "reason"),
    [
        ({}, Turn.DONE, ""),
        (
            {"status": "error", "error": {"type": "FatalTurnLimitedError", "message": "too many"}},
            Turn.FAILED,
            "too many",
        ),
        ({"status": "error"}, Turn.FAILED, ""),
    ],
)
def test_result_ends_the_turn(fields: Record, turn: Turn, reason: str) -> None:
    *_, end = only(events_of(said("go", role="user"), ended(5, 1, **fields)), TurnUpdate)
    assert (end.turn, end.reason, end.duration_ms) == (turn, reason, 1500)


def test_errors_are_log_lines() -> None:
    [line] = only(read(RUN, OUT), LogLine)
    assert (line.text, line.level) == ("Loop detected", "warning")


def test_output_read_in_two_pieces_is_the_same() -> None:
    assert read_resuming(RUN, OUT) == read(RUN, OUT)


@given(hostile.some_broken(RUN))
@hostile.UNHURRIED
def test_broken_lines_are_rejected_or_parsed(records: list[Record]) -> None:
    hostile.check_all(Gemini().parser(OUT, ""), records)


def total(*files: list[Event]) -> tuple[int, int]:
    with closing(private_store()) as store:
        for number, events in enumerate(files):
            store.ingest(batch(events, source=f"file-{number}"))
        amount = store.overall().amount
        return amount.requests, amount.total_tokens


def test_totals_of_two_processes_add_up() -> None:
    again = gemini_run(ended(1000, 10), start=5)
    assert total(read([*RUN, *again], OUT)) == (0, 49_325 + 1010)


@pytest.mark.parametrize("order", [1, -1])
def test_chat_and_output_count_once(order: int) -> None:
    chat = read(Chat().asks("mend it").responds("Done.", tokens(48_000, 150, 24_000, 100)).records)
    assert total(*(chat, read(RUN, OUT))[::order]) == (1, 49_325)


def test_output_is_superseded_by_the_chat_of_its_session(tmp_path: Path) -> None:
    chat = write(tmp_path / PATH.name, Chat().asks("mend it").records)
    other = write(tmp_path / "other.jsonl", gemini_run(ended(5, 1), session="0d2c1a52-another-session"))
    write(tmp_path / "out.jsonl", RUN)
    expanded = expand([str(tmp_path)], default_registry())
    assert sorted(bundle.path for bundle in expanded.sessions) == sorted([chat, other])
    assert len(expanded.skipped) == 1
    assert Gemini().session_id_of(chat) == Gemini().session_id_of(tmp_path / "out.jsonl") == SESSION


def test_output_after_other_lines_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("Loaded cached credentials.\n" + "".join(json.dumps(record) + "\n" for record in RUN))
    assert default_registry().recognise(path).name == "gemini"
    assert Gemini().session_id_of(path) == SESSION
