"""Files of a session: those of its thread and of its sub-agents."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.compression import compress
from tests.sources.codex_builder import BEGIN_MS, CWD, THREAD, Rollout, events_of, only, read
from tui_monitor.events import AgentUpdate, SessionKey
from tui_monitor.sources.codex import rollout_files
from tui_monitor.sources.codex.adapter import Codex

CHILD = "0199bbbb-0000-7000-8000-000000000002"
GRANDCHILD = "0199cccc-0000-7000-8000-000000000003"
OTHER = "0199dddd-0000-7000-8000-000000000004"


def spawned(parent: str) -> dict[str, object]:
    return {"subagent": {"thread_spawn": {"parent_thread_id": parent, "depth": 1}}}


class Home:
    """A home of Codex without a database."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, thread: str, *, day: str = "01", folder: str = "", **meta: object) -> Path:
        """Write a rollout of that day of March, which has its first line alone."""
        name = f"rollout-2026-03-{day}T10-00-00-{thread}.jsonl"
        path = self.path / (folder or f"sessions/2026/03/{day}") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(Rollout(thread.partition("_")[0], **meta).records[0]) + "\n")  # type: ignore[arg-type]
        return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Return an empty home; it is looked at each time."""
    monkeypatch.setattr(rollout_files, "_REFRESH_S", 0.0)
    return Home(tmp_path)


def related(path: Path) -> set[Path]:
    return set(Codex().related_files(path))


def test_files_of_a_thread_belong_together(home: Home) -> None:
    first, second = home.write(THREAD), home.write(f"{THREAD}_{OTHER}", day="02", history_base={"thread_id": THREAD})
    archived = home.write(f"{THREAD}_{GRANDCHILD}", day="03", folder="archived_sessions")
    home.write(OTHER, day="02")
    assert related(first) == {second, archived}
    assert related(second) == {first, archived}
    assert Codex().start_directory(second) == CWD
    assert Codex().session_id_of(second) == THREAD


def test_agents_of_a_thread_are_found_by_their_first_lines(home: Home) -> None:
    parent = home.write(THREAD)
    child = home.write(CHILD, source=spawned(THREAD))
    nested = home.write(GRANDCHILD, source=spawned(CHILD))
    home.write(OTHER)
    assert related(parent) == {child, nested}
    assert related(child) == {nested}


def test_agents_of_agents_are_found_by_their_session(home: Home) -> None:
    """The file between is gone."""
    parent = home.write(THREAD)
    assert related(parent) == set()
    nested = home.write(GRANDCHILD, parent_thread_id=CHILD, session_id=THREAD)
    assert related(parent) == {nested}


def test_files_begun_after_the_last_line_of_a_thread_are_not_opened(home: Home) -> None:
    parent = home.write(THREAD)
    early, late = (home.write(one, day=day, source=spawned(THREAD)) for one, day in ((CHILD, "02"), (OTHER, "09")))
    os.utime(parent, (BEGIN_MS / 1000 + 3 * 86_400,) * 2)
    assert related(parent) == {early}
    os.utime(parent, (BEGIN_MS / 1000 + 9 * 86_400,) * 2)
    assert related(parent) == {early, late}


def test_file_without_a_whole_first_line_is_looked_at_again(home: Home) -> None:
    parent, child = home.write(THREAD), home.write(CHILD, source=spawned(THREAD))
    line = child.read_bytes()
    child.write_bytes(line[:90])
    assert related(parent) == set()
    child.write_bytes(line)
    assert related(parent) == {child}


def test_long_first_line_is_read(home: Home) -> None:
    parent = home.write(THREAD)
    child = home.write(CHILD, source=spawned(THREAD), base_instructions={"text": "x" * 50_000})
    assert related(parent) == {child}


def test_compressed_files_belong_to_their_sessions(home: Home) -> None:
    parent, child = home.write(THREAD), home.write(CHILD, source=spawned(THREAD))
    compressed = child.with_name(f"{child.name}.zst")
    compressed.write_bytes(compress(child.read_bytes()))
    assert related(parent) == {child}
    assert set(Codex().superseded([parent, child, compressed])) == {compressed}
    child.unlink()
    assert related(parent) == {compressed}
    assert set(Codex().superseded([parent, compressed])) == set()


def test_session_of_an_agents_agent_is_the_main_thread(home: Home) -> None:
    home.write(THREAD)
    home.write(CHILD, source=spawned(THREAD))
    nested = home.write(GRANDCHILD, source=spawned(CHILD))
    events = read([json.loads(nested.read_text())], nested)
    [event] = only(events, AgentUpdate)
    assert (event.session, event.agent, event.parent) == (SessionKey("codex", THREAD), GRANDCHILD, CHILD)


def test_agent_whose_parents_file_is_gone_is_in_the_session_of_its_parent() -> None:
    [event] = events_of(Rollout(GRANDCHILD, source=spawned(CHILD)), AgentUpdate)
    assert event.session == SessionKey("codex", CHILD)


def test_threads_that_spawned_each_other_end_the_search(home: Home) -> None:
    one, other = home.write(CHILD, source=spawned(OTHER)), home.write(OTHER, source=spawned(CHILD))
    assert related(one) == {other}
    assert related(other) == {one}
    assert read([json.loads(one.read_text())], one)
