"""Forks of OpenCode: recognition and discovery of their databases, and sub-agents inside a session.

The tables are made by the published schemas of the forks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.opencode_builder import ROOT, Sessions, tokens
from tests.sources.support import batches
from tui_monitor.events import MAIN, AgentUpdate, Event, SessionKey, Turn, TurnUpdate, Usage
from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.files.head import read_head
from tui_monitor.sources.opencode.adapter import OpenCode
from tui_monitor.sources.opencode.forks import Kilo, MiMo

_AGENT_COLUMN = "ALTER TABLE message ADD COLUMN agent_id TEXT NOT NULL DEFAULT 'main'"


def database(path: Path) -> Path:
    """Write a database with a session of one response."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sessions = Sessions(path).session()
    sessions.message("user")
    message = sessions.message("assistant", finish="stop", time={"created": 1, "completed": 2})
    sessions.part(message, "step-finish", tokens=tokens(100, 10), cost=0)
    sessions.close()
    return path


def events_of(adapter: OpenCode, path: Path) -> list[Event]:
    return [event for batch in batches(adapter.open(path)) for event in batch.events]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("kilo/kilo.db", "kilo"),
        ("kilo.db", "kilo"),
        ("mimocode/mimocode.db", "mimocode"),
        ("mimocode/old.db", "mimocode"),
        ("opencode/opencode.db", "opencode"),
        ("elsewhere/mine.db", "opencode"),
    ],
)
def test_database_of_a_fork_is_recognised_by_its_name_or_folder(tmp_path: Path, name: str, source: str) -> None:
    assert default_registry().recognise_head(read_head(database(tmp_path / name))).name == source


def test_other_file_of_that_name_is_not_recognised(tmp_path: Path) -> None:
    path = tmp_path / "kilo.db"
    path.write_bytes(b"SQLite format 3\0 and then nothing of the kind")
    assert not Kilo().recognises(read_head(path))


@pytest.mark.parametrize(("adapter", "name"), [(Kilo(), "kilo"), (MiMo(), "mimocode")])
def test_databases_are_found_in_the_data_folder(tmp_path: Path, adapter: OpenCode, name: str) -> None:
    path = database(tmp_path / ".local/share" / name / f"{name}.db")
    here = SearchContext(tmp_path, {}, tmp_path)
    assert adapter.roots(here) == [path.parent]
    assert list(adapter.session_paths(here)) == [path / ROOT]
    assert list(OpenCode().session_paths(here)) == []


@pytest.mark.parametrize(("adapter", "variable"), [(Kilo(), "KILO_DB"), (MiMo(), "MIMOCODE_DB")])
def test_database_can_be_set_by_the_environment(tmp_path: Path, adapter: OpenCode, variable: str) -> None:
    path = database(tmp_path / "mine.db")
    assert list(adapter.session_paths(SearchContext(tmp_path, {variable: str(path)}, tmp_path))) == [path / ROOT]


def test_home_of_mimo_code_holds_its_data(tmp_path: Path) -> None:
    assert MiMo().roots(SearchContext(tmp_path, {"MIMOCODE_HOME": "/m"}, tmp_path)) == [Path("/m/data")]


@pytest.mark.parametrize("adapter", [Kilo(), MiMo()])
def test_session_of_a_fork_is_its_own(tmp_path: Path, adapter: OpenCode) -> None:
    events = events_of(adapter, database(tmp_path / "kilo.db") / ROOT)
    assert {event.session for event in events} == {SessionKey(adapter.name, ROOT)}
    assert [event.tokens.input for event in events if isinstance(event, Usage)] == [100]


def test_sub_agent_inside_a_session_has_its_own_turns_and_responses(tmp_path: Path) -> None:
    path = tmp_path / "mimocode.db"
    sessions = Sessions(path).session()
    sessions.connection.execute(_AGENT_COLUMN)
    for agent in ("main", "actor_1"):
        message = sessions.message("assistant", agent="explore", finish="stop", time={"created": 1, "completed": 2})
        sessions.connection.execute("UPDATE message SET agent_id = ? WHERE id = ?", (agent, message))
        sessions.part(message, "step-finish", tokens=tokens(100, 10), cost=0)
    sessions.close()
    events = events_of(MiMo(), path / ROOT)
    assert [(event.agent, event.turn) for event in events if isinstance(event, TurnUpdate)] == [
        (MAIN, Turn.DONE),
        ("actor_1", Turn.DONE),
    ]
    assert [event.agent for event in events if isinstance(event, Usage)] == [MAIN, "actor_1"]
    [update] = [event for event in events if isinstance(event, AgentUpdate)]
    assert (update.agent, update.parent, update.type) == ("actor_1", MAIN, "explore")
