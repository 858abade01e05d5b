"""Selection of all live sessions: the one of the working directory first, the others in the background."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from tests.sources.support import Toy
from tui_monitor.events import SessionKey, SessionProcess
from tui_monitor.feed.live_selection import LiveSelector
from tui_monitor.feed.source_selection import SourceSelection, Throttle
from tui_monitor.sources.base import SearchContext, SessionFile
from tui_monitor.sources.discovery.find import LIVE_MS
from tui_monitor.sources.discovery.live_sessions import MAX_LIVE
from tui_monitor.sources.discovery.registry import Registry

NOW = 1_750_000_000_000
PAST = 2 * LIVE_MS


class NamedToy(Toy):
    """Toys that are named after their session; ``opened`` are those whose start directory was looked up."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def session_named(self, path: Path) -> str:
        return path.stem

    def start_directory(self, path: Path) -> str | None:
        self.opened.append(path.stem)
        return super().start_directory(path)


class ToyWithAgents(NamedToy):
    """Toys whose sub-agents have session files: ``a.1.jsonl`` belongs to ``a.jsonl``."""

    def related_files(self, path: Path) -> Iterable[Path]:
        return sorted(path.parent.glob(f"{path.stem}.*.jsonl"))


class ToyBelow(Toy):
    """Toys in folders below the root."""

    def session_files(self, context: SearchContext) -> Iterable[SessionFile]:
        for path in (context.home / "toys").glob("*/*.jsonl"):
            yield SessionFile(path, path.stat().st_mtime_ns // 1_000_000)


class SelectorBench:
    """A selector with its session files; the second of two selections has those in the background, too."""

    def __init__(self, home: Path, toy: Toy) -> None:
        self.cwd = home / "work"
        self.cwd.mkdir()
        self.toy = toy
        self.selector = LiveSelector(SearchContext(home=home, env={}, cwd=self.cwd), Registry((toy,)), lambda: NOW)

    def write(self, name: str, folder: Path | str = "/elsewhere", age_ms: int = 1000) -> Path:
        """Write a session started in ``folder``, last modified ``age_ms`` ago."""
        path = self.cwd.parent / "toys" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(json.dumps({"toy": 1, "cwd": str(folder)}) + "\n")
        at = (NOW - age_ms) / 1000
        os.utime(path, (at, at))
        return path

    def select(self, *processes: SessionProcess) -> SourceSelection:
        """Return the second of two selections."""
        self.selector.select((), processes)
        return self.selector.select((), processes)


def bench_with(home: Path, toy: Toy | None = None) -> SelectorBench:
    return SelectorBench(home, toy or NamedToy())


def process(session: str, cwd: str = "/elsewhere") -> SessionProcess:
    return SessionProcess(session=SessionKey("toy", session), pid=7, cwd=cwd)


def names(paths: Iterable[Path]) -> Sequence[str]:
    return [path.name for path in paths]


@pytest.fixture(autouse=True)
def no_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow a search at any time."""
    monkeypatch.setattr(Throttle, "allows", lambda self: True)
    monkeypatch.setattr(Throttle, "finish", lambda self: None)


class TestSessionHere:
    def test_session_started_here_is_selected_alone_at_first(self, tmp_path: Path) -> None:
        bench = bench_with(tmp_path)
        here = bench.write("here.jsonl", bench.cwd, PAST)
        bench.write("elsewhere.jsonl")
        first, second = bench.selector.select(), bench.selector.select()
        assert (first.here, names(first.files), names(first.background)) == (here, ["here.jsonl"], [])
        assert (names(second.files), names(second.background)) == (["here.jsonl"], ["elsewhere.jsonl"])

    def test_session_that_starts_here_later_is_selected_too(self, tmp_path: Path) -> None:
        bench = bench_with(tmp_path)
        bench.write("first.jsonl", bench.cwd)
        bench.selector.select()
        second = bench.write("second.jsonl", bench.cwd, 0)
        selection = bench.selector.select()
        assert (names(selection.files), selection.here) == (["first.jsonl", "second.jsonl"], second)

    def test_without_any_session_the_searched_roots_are_reported_and_watched(self, tmp_path: Path) -> None:
        bench = bench_with(tmp_path)
        selection = bench.select()
        assert [root.path for root in selection.roots] == [tmp_path / "toys"]
        assert (set(selection.folders), selection.has_sessions) == ({tmp_path / "toys"}, False)
        bench.write("later.jsonl", bench.cwd)
        selection = bench.select()
        assert (names(selection.files), selection.roots, selection.has_sessions) == (["later.jsonl"], (), True)

    def test_unchanged_selection_is_the_same_object(self, tmp_path: Path) -> None:
        bench = bench_with(tmp_path)
        bench.write("here.jsonl", bench.cwd)
        assert bench.select() is bench.selector.select()


class TestOthers:
    def test_live_sessions_are_in_the_background_and_past_ones_are_not(self, tmp_path: Path) -> None:
        bench = bench_with(tmp_path)
        bench.write("live.jsonl", age_ms=LIVE_MS // 2)
        bench.write("past.jsonl", age_ms=PAST)
        selection = bench.selector.select()
        assert (names(selection.files), names(selection.background)) == ([], ["live.jsonl"])
        assert selection.has_sessions
        assert selection.here is None

    def test_session_that_was_live_stays_selected(self, tmp_path: Path) -> None:
        bench = bench_with(tmp_path)
        path = bench.write("live.jsonl")
        bench.select()
        os.utime(path, (0, 0))
        assert names(bench.select().background) == ["live.jsonl"]

    def test_quiet_session_with_a_process_is_found_by_its_name_alone(self, tmp_path: Path) -> None:
        toy = NamedToy()
        bench = bench_with(tmp_path, toy)
        for number in range(20):
            bench.write(f"{number}.jsonl", age_ms=PAST)
        bench.selector.select()
        toy.opened.clear()
        assert names(bench.select(process("7")).background) == ["7.jsonl"]
        assert toy.opened == []

    def test_process_without_a_known_session_runs_the_newest_one_in_its_folder(self, tmp_path: Path) -> None:
        bench = bench_with(tmp_path)
        for name, folder, age in (("a", "/a", PAST), ("a2", "/a", 2 * PAST), ("b", "/b", PAST)):
            bench.write(f"{name}.jsonl", folder, age)
        assert names(bench.select(process("", "/a")).background) == ["a.jsonl"]

    def test_sessions_are_bounded_those_with_a_process_first(self, tmp_path: Path) -> None:
        bench = bench_with(tmp_path)
        for number in range(MAX_LIVE + 5):
            bench.write(f"{number}.jsonl", age_ms=1000 * number)
        bench.write("quiet.jsonl", age_ms=PAST)
        background = names(bench.select(process("quiet")).background)
        assert background == ["quiet.jsonl", *(f"{number}.jsonl" for number in range(MAX_LIVE - 1))]

    def test_live_sub_agent_file_selects_its_session(self, tmp_path: Path) -> None:
        bench = bench_with(tmp_path, ToyWithAgents())
        bench.write("a.jsonl", age_ms=PAST)
        bench.write("a.1.jsonl", "")
        assert names(bench.select().background) == ["a.jsonl", "a.1.jsonl"]

    def test_sub_agent_file_of_an_unknown_session_is_selected_itself(self, tmp_path: Path) -> None:
        bench = bench_with(tmp_path, ToyWithAgents())
        bench.write("a.jsonl", age_ms=PAST)
        bench.write("x.1.jsonl", "")
        assert names(bench.select().background) == ["x.1.jsonl"]

    def test_followed_session_leaves_the_background(self, tmp_path: Path) -> None:
        bench = bench_with(tmp_path)
        paths = [bench.write("live.jsonl"), bench.write("past.jsonl", age_ms=PAST)]
        bench.select()
        for path in (*paths, tmp_path / "gone.jsonl"):
            bench.selector.follow(path)
        selection = bench.selector.select()
        assert (names(selection.files), names(selection.background)) == (["live.jsonl", "past.jsonl"], [])

    def test_folders_of_past_sessions_are_watched(self, tmp_path: Path) -> None:
        bench = bench_with(tmp_path, ToyBelow())
        bench.write("past/elsewhere.jsonl", age_ms=PAST)
        selection = bench.selector.select()
        assert selection.files == {}
        assert tmp_path / "toys" / "past" in selection.folders
