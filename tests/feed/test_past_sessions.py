"""Past sessions: those of the store, and those whose files were never read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.support import Toy
from tui_monitor.events import Batch, Checkpoint, ContextUpdate, Health, SessionKey, SessionUpdate
from tui_monitor.feed.past_sessions import PastSessions
from tui_monitor.sources.base import SearchContext
from tui_monitor.store import Store, private_store


class NamedToy(Toy):
    """Toys that are named after their session."""

    def session_named(self, path: Path) -> str:
        return path.stem


class UnnamedToy(Toy):
    """A plug-in that fails to name sessions."""

    def session_named(self, path: Path) -> str:
        raise ValueError(path)


@pytest.fixture
def store() -> Iterator[Store]:
    """Return a store with the toy session ``stored``, which ended in its sixth second."""
    store = private_store()
    key = SessionKey("toy", "stored")
    path = "/srv/toys/stored.jsonl"
    events = (
        SessionUpdate(session=key, at=1_000, cwd="/home/ada/harbour", branch="main", title="Tides", path=path),
        SessionUpdate(session=key, at=5_000, cwd="/home/ada/harbour/tests"),
        ContextUpdate(session=key, at=6_000, tokens=50, limit=200),
    )
    store.ingest(Batch("", Checkpoint("toy:1", path, "toy", 1, "1", ""), events, Health()))
    yield store
    store.close()


def write(home: Path, name: str, folder: str | None, seconds: int) -> Path:
    """Write a session file that was changed so many seconds after the epoch."""
    path = home / "toys" / f"{name}.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"toy": 1} if folder is None else {"toy": 1, "cwd": folder}) + "\n")
    os.utime(path, (seconds, seconds))
    return path


def past_sessions(home: Path, toy: Toy) -> PastSessions:
    return PastSessions(lambda: [toy], SearchContext(home, {}, home))


def test_stored_session_has_its_facts(tmp_path: Path, store: Store) -> None:
    (stored,) = past_sessions(tmp_path, NamedToy()).list(store)
    assert (stored.session, stored.folder, stored.branch) == (SessionKey("toy", "stored"), "/home/ada/harbour", "main")
    assert (stored.title, stored.ended, stored.percentage) == ("Tides", 6_000, 25.0)
    assert stored.path == Path("/srv/toys/stored.jsonl")
    assert stored.totals is not None


def test_files_that_were_never_read_are_listed_and_moved_ones_only_once(tmp_path: Path, store: Store) -> None:
    write(tmp_path, "stored", "/home/ada/harbour", 9)
    write(tmp_path, "agent", None, 9)
    other = write(tmp_path, "other", "/home/ada/lamps", 8)
    first, second = past_sessions(tmp_path, NamedToy()).list(store)
    assert (first.path, first.session, first.folder) == (other, SessionKey("toy", "other"), "/home/ada/lamps")
    assert (first.ended, first.totals) == (8_000, None)
    assert second.session == SessionKey("toy", "stored")


def test_file_without_a_name_is_known_by_its_path(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path, "other", "/home/ada/lamps", 8)
    (first, _) = past_sessions(tmp_path, UnnamedToy()).list(store)
    assert (first.path, first.session) == (path, None)
