"""Rows of Copilot CLI's session store: read once, in order, and resumed. Its columns are those that others report."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.sources.copilot_builder import MODEL, SESSION, START, usage_row, write_store
from tests.sources.support import ToyStore, batches
from tui_monitor.events import ContextUpdate, Event, Rank, Tokens, Usage
from tui_monitor.sources.base import Source
from tui_monitor.sources.copilot.adapter import Copilot


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "session-store.db"


def events_in(source: Source) -> list[Event]:
    return [event for batch in batches(source) for event in batch.events]


def test_input_of_a_row_includes_the_cache(store: Path) -> None:
    write_store(store, usage_row(100, 30, read=40, write=10, duration_ms=900.5, time_to_first_token_ms=90))
    usage, context = events_in(Copilot().open(store / SESSION))
    assert isinstance(usage, Usage)
    assert isinstance(context, ContextUpdate)
    assert (usage.tokens, usage.model, usage.rank) == (Tokens(50, 30, 40, 10), MODEL, Rank.EXPORTED)
    assert (usage.at, usage.duration_ms, usage.ttft_ms) == (START, 900, 90)
    assert (context.at, context.tokens) == (START - 1, 100)


def test_rows_of_other_sessions_and_without_tokens_have_no_events(store: Path) -> None:
    write_store(store, usage_row(1, session_id="other"), usage_row(0, second=1))
    assert events_in(Copilot().open(store / SESSION)) == []


def test_row_of_a_sub_agent_is_its_own(store: Path) -> None:
    write_store(store, usage_row(1, agent_id="a"), usage_row(2, parent_tool_call_id="c"))
    assert [event.agent for event in events_in(Copilot().open(store / SESSION))] == ["a", "a", "c", "c"]


def test_new_rows_are_read_when_the_store_has_changed(store: Path) -> None:
    write_store(store, usage_row(1))
    source = Copilot().open(store / SESSION)
    assert len(events_in(source)) == 2
    assert source.read() is None
    write_store(store, usage_row(2, second=5))
    assert len(events_in(source)) == 2


def test_reading_resumes_after_each_row(store: Path) -> None:
    write_store(store, usage_row(1))
    saved = ToyStore()
    events: list[Event] = []
    for number in range(2, 5):
        for batch in batches(Copilot().open(store / SESSION, saved.checkpoints)):
            assert saved.take(batch)
            events += batch.events
        write_store(store, usage_row(number))
    for batch in batches(Copilot().open(store / SESSION, saved.checkpoints)):
        assert saved.take(batch)
        events += batch.events
    assert events == events_in(Copilot().open(store / SESSION))


def test_implausible_row_is_reported_and_others_are_read(store: Path) -> None:
    write_store(store, usage_row(10**12), usage_row(5, second=3))
    source = Copilot().open(store / SESSION)
    batch = source.read()
    assert batch is not None
    assert batch.health.skipped > 0
    assert [event.tokens.input for event in batch.events if isinstance(event, Usage)] == [5]


@pytest.mark.parametrize("last", [2**53, 2**63 - 1])
def test_row_with_the_largest_id_is_read_once(store: Path, last: int) -> None:
    write_store(store, usage_row(5), usage_row(7, id=last))
    source = Copilot().open(store / SESSION)
    inputs = [event.tokens.input for event in events_in(source) if isinstance(event, Usage)]
    assert (inputs, source.read()) == ([5, 7], None)


def test_store_of_an_older_version_has_no_rows(store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("CREATE TABLE sessions (id TEXT)")
    assert Copilot().open(store / SESSION).read() is None


def test_what_is_no_database_is_an_error(store: Path) -> None:
    store.write_bytes(b"SQLite format 3\0" + b"x" * 4096)
    with pytest.raises(OSError, match=r"."):
        Copilot().open(store / SESSION).read()


def test_missing_store_is_an_error(store: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Copilot().open(store / SESSION).read()
