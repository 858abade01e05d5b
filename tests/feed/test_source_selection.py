"""What is read: what the words name, what comes to be there later, and the session of a folder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.sources.support import Toy, toys
from tui_monitor.feed import source_selection
from tui_monitor.feed.source_selection import CwdSelector, PathSelector, Throttle
from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.discovery.find import LIVE_MS
from tui_monitor.sources.discovery.registry import Registry

TOY = Toy()
REGISTRY = Registry((TOY,))
NOW = 1_750_000_000_000


class Threads(Toy):
    """A toy whose agents have files like sessions: ``a.1.jsonl`` is an agent's of ``a.jsonl``."""

    def related_files(self, path: Path) -> Iterable[Path]:
        return sorted(path.parent.glob(f"{path.stem}.*.jsonl"))


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking again is allowed at any time."""
    monkeypatch.setattr(Throttle, "allows", lambda self: True)
    monkeypatch.setattr(Throttle, "finish", lambda self: None)


def named(*words: Path | str) -> PathSelector:
    """The choice of these words."""
    return PathSelector([str(word) for word in words], REGISTRY)


def names(chosen: PathSelector | CwdSelector) -> list[str]:
    """The names of the files that are wanted."""
    return sorted(path.name for path in chosen.select().files)


class TestNamed:
    def test_a_file_is_wanted_with_its_companions_also_later_ones(self, tmp_path: Path) -> None:
        for name in ("a.jsonl", "a.1.part"):
            (tmp_path / name).write_bytes(toys(1))
        chosen = named(tmp_path / "a.jsonl")
        assert names(chosen) == ["a.1.part", "a.jsonl"]
        (tmp_path / "a.2.part").write_bytes(toys(1))
        assert names(chosen) == ["a.1.part", "a.2.part", "a.jsonl"]
        assert chosen.select().folders == {tmp_path}

    def test_the_session_heard_of_last_comes_first_and_each_before_its_companions(self, tmp_path: Path) -> None:
        for age, name in enumerate(("b.1.part", "a.jsonl", "b.jsonl", "c.jsonl")):
            (tmp_path / name).write_bytes(toys(1))
            os.utime(tmp_path / name, (1_000 - age, 1_000 - age))
        assert [path.name for path in named(tmp_path).select().files] == ["b.jsonl", "b.1.part", "a.jsonl", "c.jsonl"]

    def test_a_file_that_is_empty_or_not_there_is_waited_for(self, tmp_path: Path) -> None:
        empty, absent = tmp_path / "empty.jsonl", tmp_path / "later" / "absent.jsonl"
        empty.touch()
        chosen = named(empty, absent)
        assert chosen.select().files == {}
        assert chosen.select().folders == {tmp_path, absent.parent}
        absent.parent.mkdir()
        for path in (empty, absent):
            path.write_bytes(toys(1))
        assert names(chosen) == ["absent.jsonl", "empty.jsonl"]

    def test_a_file_that_was_waited_for_in_vain_is_told_once(self, tmp_path: Path) -> None:
        path = tmp_path / "later.jsonl"
        chosen = named(path)
        assert not chosen.select().notes
        path.write_bytes(b"\1\0\2 binary")
        assert chosen.select().notes == (f"{path}: is binary",)
        assert not chosen.select().notes

    @pytest.mark.parametrize(
        ("content", "reason"), [(b"\1\0\2", "is binary"), (b"plain text\n", "holds no lines of JSON")]
    )
    def test_a_file_of_no_known_format_is_told_once(self, tmp_path: Path, content: bytes, reason: str) -> None:
        path = tmp_path / "odd"
        path.write_bytes(content)
        chosen = named(path)
        assert chosen.select().notes == (f"{path}: {reason}",)
        assert not chosen.select().notes

    def test_what_appears_in_a_folder_or_below_is_wanted(self, tmp_path: Path) -> None:
        chosen = named(tmp_path)
        assert names(chosen) == []
        below = tmp_path / "new" / "below.jsonl"
        below.parent.mkdir()
        below.write_bytes(toys(1))
        assert names(chosen) == ["below.jsonl"]
        assert tmp_path in chosen.select().folders

    @pytest.mark.parametrize("begun", [b"", b'{"toy"'])
    def test_a_file_in_a_folder_that_was_only_begun_is_wanted_when_it_has_a_line(
        self, tmp_path: Path, begun: bytes
    ) -> None:
        path = tmp_path / "begun.jsonl"
        path.write_bytes(begun)
        chosen = named(tmp_path)
        assert names(chosen) == []
        path.write_bytes(toys(1))
        assert names(chosen) == ["begun.jsonl"]

    def test_a_folder_that_appears_later_is_looked_through(self, tmp_path: Path) -> None:
        folder = tmp_path / "later"
        chosen = named(folder)
        assert chosen.select().files == {}
        folder.mkdir()
        assert not chosen.select().notes
        (folder / "a.jsonl").write_bytes(toys(1))
        assert names(chosen) == ["a.jsonl"]

    def test_what_comes_to_match_a_glob_is_wanted(self, tmp_path: Path) -> None:
        chosen = named(tmp_path / "*.jsonl")
        assert names(chosen) == []
        (tmp_path / "a.jsonl").write_bytes(toys(1))
        (tmp_path / "a.txt").write_bytes(toys(1))
        assert names(chosen) == ["a.jsonl"]

    def test_what_was_wanted_once_stays_wanted(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        path.write_bytes(toys(1))
        chosen = named(tmp_path)
        assert names(chosen) == ["a.jsonl"]
        path.unlink()
        assert names(chosen) == ["a.jsonl"]

    def test_a_folder_that_vanishes_while_it_is_walked_is_passed_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gone(folder: Path) -> Iterator[os.DirEntry[str]]:
            raise FileNotFoundError(folder)

        chosen = named(tmp_path)
        chosen.select()
        monkeypatch.setattr(os, "scandir", gone)
        assert chosen.select().files == {}

    def test_standard_input_is_a_pipe_and_told_once(self) -> None:
        chosen = named("-")
        assert chosen.select().pipes == (Path("-"),)
        assert chosen.select().pipes == ()


class TestHere:
    @pytest.fixture
    def cwd(self, tmp_path: Path) -> Path:
        """The folder in which the monitor is started."""
        cwd = tmp_path / "work"
        cwd.mkdir()
        return cwd

    def write(self, cwd: Path, name: str, folder: Path | str, age_ms: int = 0) -> Path:
        """A session started in a folder and written to so long ago."""
        path = cwd.parent / "toys" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"toy": 1, "cwd": str(folder)}) + "\n")
        at = (NOW - age_ms) / 1000
        os.utime(path, (at, at))
        return path

    def here(self, cwd: Path, toy: Toy = TOY) -> CwdSelector:
        """The choice for this folder."""
        return CwdSelector(SearchContext(home=cwd.parent, env={}, cwd=cwd), Registry((toy,)), lambda: NOW)

    def test_the_session_started_here_goes_before_a_newer_one_of_elsewhere(self, cwd: Path) -> None:
        self.write(cwd, "here.jsonl", cwd, age_ms=2 * LIVE_MS)
        self.write(cwd, "elsewhere.jsonl", "/elsewhere")
        assert names(self.here(cwd)) == ["here.jsonl"]

    def test_without_one_it_is_the_newest_live_one_of_anywhere(self, cwd: Path) -> None:
        self.write(cwd, "live.jsonl", "/elsewhere", age_ms=LIVE_MS // 2)
        self.write(cwd, "past.jsonl", "/elsewhere", age_ms=2 * LIVE_MS)
        assert names(self.here(cwd)) == ["live.jsonl"]

    def test_the_file_of_an_agent_stands_for_the_session_that_it_works_for(self, cwd: Path) -> None:
        self.write(cwd, "a.jsonl", "/elsewhere", age_ms=2 * LIVE_MS)
        self.write(cwd, "b.jsonl", "/elsewhere", age_ms=LIVE_MS // 2)
        self.write(cwd, "a.1.jsonl", "")
        assert next(iter(self.here(cwd, Threads()).select().files)).name == "a.jsonl"

    def test_where_it_is_not_known_for_which_session_an_agent_works_it_is_the_newest_live_one(self, cwd: Path) -> None:
        self.write(cwd, "a.jsonl", "/elsewhere", age_ms=2 * LIVE_MS)
        self.write(cwd, "b.jsonl", "/elsewhere", age_ms=LIVE_MS // 2)
        self.write(cwd, "c.jsonl", "/elsewhere", age_ms=LIVE_MS // 3)
        self.write(cwd, "x.1.jsonl", "")
        assert names(self.here(cwd, Threads())) == ["c.jsonl"]

    def test_an_agent_is_shown_where_there_is_no_session_for_which_it_could_work(self, cwd: Path) -> None:
        self.write(cwd, "a.jsonl", "/elsewhere", age_ms=2 * LIVE_MS)
        self.write(cwd, "x.1.jsonl", "")
        assert names(self.here(cwd, Threads())) == ["x.1.jsonl"]

    def test_one_that_begins_here_later_is_wanted_too(self, cwd: Path) -> None:
        self.write(cwd, "first.jsonl", cwd, age_ms=1000)
        chosen = self.here(cwd)
        assert names(chosen) == ["first.jsonl"]
        self.write(cwd, "second.jsonl", cwd)
        assert names(chosen) == ["first.jsonl", "second.jsonl"]

    def test_where_there_is_none_it_says_where_it_looked_and_waits_there(self, cwd: Path) -> None:
        chosen = self.here(cwd)
        wanted = chosen.select()
        assert [root.path for root in wanted.roots] == [cwd.parent / "toys"]
        assert wanted.folders == {cwd.parent / "toys"}
        self.write(cwd, "later.jsonl", cwd)
        wanted = chosen.select()
        assert [path.name for path in wanted.files] == ["later.jsonl"]
        assert not wanted.roots


class TestPace:
    @pytest.fixture(autouse=True)
    def hurried(self, monkeypatch: pytest.MonkeyPatch, unhurried: None) -> None:
        """With the throttle as it is."""
        monkeypatch.undo()

    def test_what_is_cheap_is_allowed_every_other_second(self) -> None:
        now = [0.0]
        throttle = Throttle(share=0.02, clock=lambda: now[0])
        assert throttle.allows()
        throttle.finish()
        assert not throttle.allows()
        now[0] = source_selection.MIN_INTERVAL_S
        assert throttle.allows()

    def test_what_is_costly_waits_until_it_takes_no_more_than_its_share(self) -> None:
        now = [0.0]
        throttle = Throttle(share=0.02, clock=lambda: now[0])
        assert throttle.allows()
        now[0] = 1.0
        throttle.finish()
        now[0] = 50.0
        assert not throttle.allows()
        now[0] = 51.0
        assert throttle.allows()
