"""Finding the sessions on a machine, and the one that is meant here."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sources.support import Toy
from tui_monitor.sources.base import Places
from tui_monitor.sources.discover import LIVE_MS, SessionFile, find_sessions, looked_in, session_here
from tui_monitor.sources.recordings import folder_of

NOW = 1_760_000_000_000
HOUR = 3_600_000


class Broken(Toy):
    name = "broken"

    def sessions(self, places: Places) -> Iterable[Path]:
        yield places.home / "toys" / "gone.jsonl"
        raise PermissionError("not for you")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "toys").mkdir()
    cwd = tmp_path / "work" / "project"
    cwd.mkdir(parents=True)
    return Places(tmp_path, {}, cwd)


def add_session(places: Places, name: str, age: int, cwd: Path | str | None = None) -> None:
    """A session that was last written ``age`` milliseconds ago."""
    path = places.home / "toys" / f"{name}.jsonl"
    path.write_text(json.dumps({"toy": 1} if cwd is None else {"toy": 1, "cwd": str(cwd)}))
    os.utime(path, ns=(0, (NOW - age) * 1_000_000))


def here(places: Places) -> str | None:
    found = session_here(find_sessions([Toy()], places), places.cwd, NOW)
    return found.path.stem if found else None


def names(sessions: Iterable[SessionFile]) -> list[str]:
    return [session.path.stem for session in sessions]


def test_sessions_come_newest_first_with_what_the_disk_says(places: Places) -> None:
    add_session(places, "old", 3 * HOUR)
    add_session(places, "new", HOUR)
    found = find_sessions([Toy()], places)
    assert names(found) == ["new", "old"]
    assert (found[0].modified, found[0].size, found[0].adapter.name) == (NOW - HOUR, 10, "toy")


def test_an_adapter_that_fails_does_not_hide_the_others_sessions(places: Places) -> None:
    add_session(places, "a", 0)
    assert names(find_sessions([Broken(), Toy()], places)) == ["a"]


def test_the_newest_session_of_this_folder_is_meant(places: Places) -> None:
    add_session(places, "other", HOUR, "/elsewhere")
    add_session(places, "new", 2 * HOUR, places.cwd)
    add_session(places, "old", 3 * HOUR, places.cwd)
    assert here(places) == "new"


def test_no_session_is_meant_where_none_was_started(places: Places) -> None:
    add_session(places, "other", 0, "/elsewhere")
    add_session(places, "below", 0, places.cwd / "deeper")
    add_session(places, "silent", 0)
    assert here(places) is None


def test_a_session_of_a_folder_above_is_meant_too(places: Places) -> None:
    add_session(places, "above", HOUR, places.cwd.parent)
    add_session(places, "top", 0, places.home)
    assert here(places) == "top"
    add_session(places, "above", 1000, places.cwd.parent)
    assert here(places) == "above"


def test_a_live_session_goes_before_a_nearer_one_of_the_past(places: Places) -> None:
    add_session(places, "past", LIVE_MS + 1, places.cwd)
    add_session(places, "live", LIVE_MS, places.cwd.parent)
    assert here(places) == "live"


def test_the_folder_may_have_a_second_name(places: Places) -> None:
    link = places.home / "link"
    link.symlink_to(places.cwd)
    add_session(places, "real", 0, places.cwd)
    session = session_here(find_sessions([Toy()], places), link, NOW)
    assert session


def test_a_session_that_cannot_be_opened_is_not_meant(places: Places) -> None:
    (places.home / "toys" / "broken.jsonl").write_text("words")
    add_session(places, "good", HOUR, f"{places.cwd}/")
    assert here(places) == "good"


def test_where_was_looked_and_what_was_found_today(places: Places) -> None:
    add_session(places, "now", 0)
    add_session(places, "lately", 1000)
    add_session(places, "long ago", 48 * HOUR)
    [root] = looked_in([Toy()], places, find_sessions([Toy()], places), NOW)
    assert (root.adapter.name, root.path, root.today) == ("toy", places.home / "toys", 2)


class Copying(Toy):
    """What is named after another file tells the same."""

    def retold(self, paths: Iterable[Path]) -> Iterable[Path]:
        names = {path.stem: path for path in paths}
        return [path for name, path in names.items() if name.removesuffix("-copy") in names.keys() - {name}]


def test_what_only_tells_again_what_another_file_tells_is_left_out(places: Places) -> None:
    for name in ("a", "a-copy", "b-copy"):
        add_session(places, name, HOUR)
    assert sorted(names(find_sessions([Copying()], places))) == ["a", "b-copy"]


def test_recordings_of_runs_are_found_with_the_sessions_of_their_format(places: Places) -> None:
    add_session(places, "a", HOUR)
    folder = folder_of(places.home / "data", "toy")
    folder.mkdir(parents=True)
    (folder / "run.jsonl").write_bytes(b'{"toy": 1}')
    there = replace(places, env={"TUI_MONITOR_DATA_DIR": str(places.home / "data")})
    (folder / "gone.jsonl").symlink_to(folder / "not there")
    assert names(find_sessions([Toy()], there)) == ["run", "a"]
    assert names(find_sessions([Toy()], places)) == ["a"]
