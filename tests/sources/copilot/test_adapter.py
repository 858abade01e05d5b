"""The adapter of Copilot CLI: recognition, discovery, resuming at any line, hostile lines.

The lines are made by the published schema of the program's events."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.copilot_builder import CWD, MODEL, PATH, SESSION, CopilotSession, read, usage_row, write_store
from tests.sources.hostile import UNHURRIED, check_all, some_broken
from tests.sources.support import read_resuming
from tui_monitor.events import SourceRef
from tui_monitor.sources.base import Record, SearchContext, UnknownRecord
from tui_monitor.sources.copilot.adapter import Copilot
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.files.head import head_of


def full_session() -> CopilotSession:
    """Return a session with an event of each kind that is read."""
    session = CopilotSession().asks("Mend the valve.").event("assistant.turn_start", turnId="0", model=MODEL)
    session.responds("Well", 12, apiCallId="msg_1", reasoningText="Hm", toolRequests=[{"toolCallId": "call_1"}])
    asked = {"toolCallId": "call_1", "intention": "Build"}
    session.calls("bash", command="make").event("permission.requested", requestId="p", permissionRequest=asked)
    session.event("permission.completed", requestId="p", result={"kind": "approved"})
    session.result("bad\n<exited with exit code 2>", shellExecution={"exitCode": 2})
    session.calls("edit", "call_2", path="a.py").result(
        "ok", "call_2", result={"content": "ok", "detailedContent": "@@ -1 +1 @@\n-1\n+2\n"}
    )
    session.calls("task", "call_3", prompt="Look.").event("subagent.started", toolCallId="call_3", agentName="scout")
    session.responds("Seen", 3, parentToolCallId="call_3")
    session.event("subagent.completed", toolCallId="call_3", agentName="scout").result("seen", "call_3")
    session.event("session.error", errorType="rate_limit", message="slow down", statusCode=429)
    session.event("session.compaction_start", trigger="manual", currentTokens=90, tokenLimit=100)
    counts = {"inputTokens": 90, "outputTokens": 5, "cacheReadTokens": 40, "model": MODEL}
    session.event("session.compaction_complete", success=True, preCompactionTokens=90, compactionTokensUsed=counts)
    session.event("session.mode_changed", newMode="plan").event("session.context_changed", cwd="/w", branch="b")
    session.event("abort", reason="user_initiated").responds("Done", 4).event("hook.start", hookType="x")
    metric = {"usage": {"inputTokens": 100, "outputTokens": 30, "cacheReadTokens": 40, "cacheWriteTokens": 10}}
    return session.event("session.shutdown", modelMetrics={MODEL: metric}, currentTokens=70, currentModel=MODEL)


EVERYTHING = full_session().records


def test_resuming_after_any_line_gives_the_same_events() -> None:
    assert read_resuming(Copilot(), EVERYTHING, PATH) == read(EVERYTHING)


@given(st.data())
@UNHURRIED
def test_resuming_gives_the_same_events_for_any_selection_of_lines(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(EVERYTHING), max_size=30))
    assert read_resuming(Copilot(), chosen, PATH) == read(chosen)


@given(some_broken(EVERYTHING))
@UNHURRIED
def test_broken_line_does_not_affect_other_lines(records: list[Record]) -> None:
    check_all(Copilot().parser(PATH, ""), records)


@pytest.mark.parametrize("record", [{}, {"type": "hologram"}, {"type": "hologram.start", "data": {}}])
def test_unknown_records_raise_unknown_record(record: Record) -> None:
    with pytest.raises(UnknownRecord):
        read([EVERYTHING[0], record])


def test_state_is_bounded() -> None:
    session = CopilotSession()
    for number in range(600):
        session.calls("create", f"call_{number}", path="a.py", file_text="x" * 500)
    parser = Copilot().parser(PATH, "")
    for record in session.records:
        list(parser.parse(record, SourceRef("f", 0, 1)))
    assert len(parser.state()) < 32_768


def lines(*records: Record) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_session_is_recognised_by_its_first_event() -> None:
    assert default_registry().recognise_head(head_of(PATH, lines(*EVERYTHING))).name == "copilot"


@pytest.mark.parametrize(
    "record", [{}, {"type": "session.start", "data": {"sessionId": "s"}}, {"type": "session.start", "data": 1}]
)
def test_other_files_are_not_recognised(record: Record) -> None:
    assert not Copilot().recognises(head_of(PATH, lines(record)))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with a session of each layout, and a session store."""
    sessions = tmp_path / ".copilot/session-state"
    (sessions / SESSION).mkdir(parents=True)
    (sessions / "empty").mkdir()
    (sessions / SESSION / "events.jsonl").write_bytes(lines(*EVERYTHING))
    (sessions / "older.jsonl").write_bytes(lines(*EVERYTHING))
    write_store(tmp_path / ".copilot/session-store.db", usage_row(1))
    return tmp_path


def test_sessions_are_found_in_both_layouts(home: Path) -> None:
    here = SearchContext(home, {}, home)
    assert {path.name for path in Copilot().session_paths(here)} == {"events.jsonl", "older.jsonl"}
    assert Copilot().roots(here) == [home / ".copilot/session-state"]
    assert Copilot().roots(SearchContext(home, {"COPILOT_HOME": "/c"}, home)) == [Path("/c/session-state")]


def test_rows_of_the_session_store_are_related_to_the_session(home: Path) -> None:
    store = home / ".copilot/session-store.db"
    adapter, sessions = Copilot(), home / ".copilot/session-state"
    assert list(adapter.related_files(sessions / SESSION / "events.jsonl")) == [store / SESSION]
    assert list(adapter.related_files(sessions / "older.jsonl")) == [store / "older"]
    assert list(adapter.related_files(store / SESSION)) == []
    assert list(adapter.related_files(PATH)) == []
    assert adapter.is_sidecar(store)
    assert list(adapter.watched_paths(store / SESSION)) == [store, store.with_name("session-store.db-wal")]


def test_start_directory_is_that_of_the_first_event(home: Path) -> None:
    assert Copilot().start_directory(home / ".copilot/session-state" / SESSION / "events.jsonl") == CWD
    assert Copilot().start_directory(home / "missing.jsonl") is None


def test_name_of_the_folder_is_the_session() -> None:
    assert Copilot().session_named(PATH) == SESSION
    assert Copilot().session_named(Path("/h/.copilot/session-store.db") / SESSION) == SESSION
    assert Copilot().session_named(Path("/h/.copilot/session-state/older.jsonl")) == "older"
