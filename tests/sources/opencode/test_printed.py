"""The output of ``opencode run --format json``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given

from tests.sources import hostile, support
from tests.sources.opencode_builder import ROOT, Sessions, completed, only, read, tokens
from tests.sources.printed_builder import opencode_call, opencode_line, opencode_step
from tests.store.builders import batch
from tui_monitor.events import (
    AgentMessage,
    CallFinished,
    CallStarted,
    ContextUpdate,
    Event,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.sources.base import Record, SearchContext
from tui_monitor.sources.discovery.expand import expand
from tui_monitor.sources.discovery.find import find_sessions
from tui_monitor.sources.discovery.recorded_runs import recordings_folder
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.opencode.adapter import OpenCode
from tui_monitor.store import private_store

OUT = Path("/tmp/out.jsonl")
SPENT = tokens(9000, 43, 12, 500)
RUN = [
    opencode_line("step_start", {"type": "step-start"}),
    opencode_line("text", {"type": "text", "text": "Working.", "time": {"start": 1, "end": 2}}),
    opencode_call("bash", completed({"command": "make"}, "done", exit=0)),
    opencode_step(SPENT, "tool-calls", cost=0.25),
    opencode_step(tokens(100, 5), id="prt_2"),
]


def parsed(records: Iterable[Record] = RUN) -> list[Event]:
    return support.read_records(OpenCode(), records, OUT)


def write(path: Path, records: Iterable[Record] = RUN) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_session_is_the_printed_one_and_its_sum_a_lower_bound() -> None:
    [facts] = only(parsed(), SessionUpdate)
    assert (facts.session, facts.client, facts.path) == (SessionKey("opencode", ROOT), "opencode run", str(OUT))
    assert [total.is_partial for total in only(parsed(), SessionTotalUpdate)] == [True]


def test_steps_are_responses() -> None:
    first, second = only(parsed(), Usage)
    assert (first.tokens.total, first.reported_cost) == (9555, 250_000_000_000)
    assert second.tokens.total == 105
    assert [context.tokens for context in only(parsed(), ContextUpdate)] == [9555, 105]


def test_parts_are_read_as_those_of_the_database() -> None:
    [call] = only(parsed(), CallStarted)
    assert (call.tool, call.subject) == ("bash", "make")
    assert [end.output for end in only(parsed(), CallFinished)] == ["done"]
    assert [message.text for message in only(parsed(), AgentMessage)] == ["Working."]


def test_turn_ends_with_the_last_step() -> None:
    assert [turn.turn for turn in only(parsed(), TurnUpdate)] == [Turn.STARTED, Turn.DONE]
    again = parsed([*RUN, *RUN[:1]])
    assert [turn.turn for turn in only(again, TurnUpdate)] == [Turn.STARTED, Turn.DONE, Turn.STARTED]


@pytest.mark.parametrize(("name", "turn"), [("APIError", Turn.FAILED), ("MessageAbortedError", Turn.INTERRUPTED)])
def test_error_ends_the_turn(name: str, turn: Turn) -> None:
    failed = opencode_line("error", error={"name": name, "data": {"message": "overloaded"}})
    *_, end = only(parsed([RUN[0], failed]), TurnUpdate)
    assert (end.turn, end.reason) == (turn, "overloaded")


def test_output_read_in_two_pieces_is_the_same() -> None:
    assert support.read_resuming(OpenCode(), RUN, OUT) == parsed()


@given(hostile.some_broken(RUN))
@hostile.UNHURRIED
def test_broken_lines_are_rejected_or_parsed(records: list[Record]) -> None:
    hostile.check_all(OpenCode().parser(OUT, ""), records)


@pytest.fixture
def saved(sessions: Sessions) -> Sessions:
    """Return a database with the session of the run."""
    message = sessions.message("assistant", "msg_1")
    sessions.part(message, "step-finish", id="prt_1", tokens=SPENT, cost=0.25)
    sessions.part(message, "step-finish", id="prt_2", tokens=tokens(100, 5), cost=0)
    return sessions


@pytest.mark.parametrize("order", [1, -1])
def test_database_and_output_count_once(saved: Sessions, order: int) -> None:
    with closing(private_store()) as store:
        for number, events in enumerate((read(saved.path), parsed())[::order]):
            store.ingest(batch(events, source=f"file-{number}"))
        amount = store.totals(SessionKey("opencode", ROOT)).amount
    assert (amount.requests, amount.total_tokens) == (2, 9555 + 105)


def test_output_is_superseded_by_the_database_with_its_session(saved: Sessions, tmp_path: Path) -> None:
    write(tmp_path / "out.jsonl")
    other = write(tmp_path / "other.jsonl", [line | {"sessionID": "ses_other"} for line in RUN])
    expanded = expand([str(tmp_path)], default_registry())
    assert sorted(bundle.path for bundle in expanded.sessions) == sorted([saved.path, other])
    assert len(expanded.skipped) == 1


def test_recorded_run_is_found_unless_its_session_is_saved(tmp_path: Path) -> None:
    data, saved = tmp_path / "data", tmp_path / "share" / "opencode"
    saved.mkdir(parents=True)
    path = write(recordings_folder(data, "opencode") / "run.jsonl")
    context = SearchContext(tmp_path, {"TUI_MONITOR_DATA_DIR": str(data), "XDG_DATA_HOME": str(saved.parent)}, tmp_path)
    assert [session.path for session in find_sessions([OpenCode()], context)] == [path]
    with closing(Sessions(saved / "opencode.db").session()):
        assert [session.path for session in find_sessions([OpenCode()], context)] == [saved / "opencode.db" / ROOT]


def test_output_is_a_file_of_lines(tmp_path: Path) -> None:
    adapter, path = OpenCode(), write(tmp_path / "ses_root.jsonl")
    assert default_registry().recognise(path).name == "opencode"
    assert list(adapter.related_files(path)) == []
    assert list(adapter.watched_paths(path)) == [path]
    assert adapter.start_directory(path) is None
    assert adapter.session_id_of(path) == ROOT
    source = adapter.open(path)
    batches = list(support.batches(source))
    source.close()
    assert len(list(only((event for one in batches for event in one.events), Usage))) == 2
