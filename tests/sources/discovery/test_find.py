"""Finding the sessions on a machine, and the one of the current directory."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sources.support import Toy
from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.discovery.find import LIVE_MS, DiscoveredSession, find_sessions, searched_roots, session_here
from tui_monitor.sources.discovery.recorded_runs import recordings_folder

NOW = 1_760_000_000_000
HOUR = 3_600_000


class Broken(Toy):
    name = "broken"

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        yield context.home / "toys" / "gone.jsonl"
        raise PermissionError("not for you")


@pytest.fixture
def context(tmp_path: Path) -> SearchContext:
    (tmp_path / "toys").mkdir()
    cwd = tmp_path / "work" / "project"
    cwd.mkdir(parents=True)
    return SearchContext(tmp_path, {}, cwd)


def add_session(context: SearchContext, name: str, age: int, cwd: Path | str | None = None) -> None:
    """Create a session that was last written ``age`` milliseconds ago."""
    path = context.home / "toys" / f"{name}.jsonl"
    path.write_text(json.dumps({"toy": 1} if cwd is None else {"toy": 1, "cwd": str(cwd)}))
    os.utime(path, ns=(0, (NOW - age) * 1_000_000))


def here(context: SearchContext) -> str | None:
    session = session_here(find_sessions([Toy()], context), context.cwd, NOW)
    return session.path.stem if session else None


def names(session_paths: Iterable[DiscoveredSession]) -> list[str]:
    return [session.path.stem for session in session_paths]


def test_sessions_are_sorted_newest_first_with_time_and_size(context: SearchContext) -> None:
    add_session(context, "old", 3 * HOUR)
    add_session(context, "new", HOUR)
    session = find_sessions([Toy()], context)
    assert names(session) == ["new", "old"]
    assert (session[0].modified, session[0].size, session[0].adapter.name) == (NOW - HOUR, 10, "toy")


def test_file_with_a_time_in_the_future_is_not_the_newest(context: SearchContext) -> None:
    add_session(context, "new", HOUR, context.cwd)
    add_session(context, "future", NOW - 4_070_908_800_000, context.cwd)
    assert names(find_sessions([Toy()], context)) == ["new", "future"]
    assert here(context) == "new"


def test_failing_adapter_does_not_hide_other_sessions(context: SearchContext) -> None:
    add_session(context, "a", 0)
    assert names(find_sessions([Broken(), Toy()], context)) == ["a"]


def test_newest_session_of_the_directory_is_chosen(context: SearchContext) -> None:
    add_session(context, "other", HOUR, "/elsewhere")
    add_session(context, "new", 2 * HOUR, context.cwd)
    add_session(context, "old", 3 * HOUR, context.cwd)
    assert here(context) == "new"


def test_no_session_is_chosen_without_one_in_the_directory(context: SearchContext) -> None:
    add_session(context, "other", 0, "/elsewhere")
    add_session(context, "below", 0, context.cwd / "deeper")
    add_session(context, "silent", 0)
    assert here(context) is None


def test_session_of_a_parent_directory_is_chosen(context: SearchContext) -> None:
    add_session(context, "above", HOUR, context.cwd.parent)
    add_session(context, "top", 0, context.home)
    assert here(context) == "top"
    add_session(context, "above", 1000, context.cwd.parent)
    assert here(context) == "above"


def test_live_session_is_preferred_to_a_nearer_past_one(context: SearchContext) -> None:
    add_session(context, "past", LIVE_MS + 1, context.cwd)
    add_session(context, "live", LIVE_MS, context.cwd.parent)
    assert here(context) == "live"


def test_directory_is_matched_through_links(context: SearchContext) -> None:
    link = context.home / "link"
    link.symlink_to(context.cwd)
    add_session(context, "real", 0, context.cwd)
    session = session_here(find_sessions([Toy()], context), link, NOW)
    assert session


def test_unreadable_session_is_not_chosen(context: SearchContext) -> None:
    (context.home / "toys" / "broken.jsonl").write_text("words")
    add_session(context, "good", HOUR, f"{context.cwd}/")
    assert here(context) == "good"


def test_searched_roots_have_todays_sessions(context: SearchContext) -> None:
    add_session(context, "now", 0)
    add_session(context, "lately", 1000)
    add_session(context, "long ago", 48 * HOUR)
    [root] = searched_roots([Toy()], context, find_sessions([Toy()], context), NOW)
    assert (root.adapter.name, root.path, root.today) == ("toy", context.home / "toys", 2)


class Copying(Toy):
    """Files named after another one are superseded by it."""

    def superseded(self, paths: Iterable[Path]) -> Iterable[Path]:
        names = {path.stem: path for path in paths}
        return [path for name, path in names.items() if name.removesuffix("-copy") in names.keys() - {name}]


def test_superseded_sessions_are_left_out(context: SearchContext) -> None:
    for name in ("a", "a-copy", "b-copy"):
        add_session(context, name, HOUR)
    assert sorted(names(find_sessions([Copying()], context))) == ["a", "b-copy"]


def test_recorded_runs_are_found_with_sessions_of_their_format(context: SearchContext) -> None:
    add_session(context, "a", HOUR)
    folder = recordings_folder(context.home / "data", "toy")
    folder.mkdir(parents=True)
    (folder / "run.jsonl").write_bytes(b'{"toy": 1}')
    there = replace(context, env={"TUI_MONITOR_DATA_DIR": str(context.home / "data")})
    (folder / "gone.jsonl").symlink_to(folder / "not there")
    assert names(find_sessions([Toy()], there)) == ["run", "a"]
    assert names(find_sessions([Toy()], context)) == ["a"]
