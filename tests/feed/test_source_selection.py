"""Selection by command-line paths and by working directory, and files that appear later."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.sources.support import Toy, toys
from tui_monitor.feed import source_selection
from tui_monitor.feed.path_selection import MAX_RECENT, PathSelector
from tui_monitor.feed.source_selection import Throttle
from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files import head
from tui_monitor.sources.files.compressed_file import open_file
from tui_monitor.sources.files.open_file import OpenFile

TOY = Toy()
REGISTRY = Registry((TOY,))
NOW = 1_750_000_000_000


class ToyWithAgents(Toy):
    """Toys whose sub-agents have session files: ``a.1.jsonl`` belongs to ``a.jsonl``."""

    def related_files(self, path: Path) -> Iterable[Path]:
        return sorted(path.parent.glob(f"{path.stem}.*.jsonl"))


class ToyBelow(Toy):
    """Toys in folders below the usual one, as projects are."""

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        return (context.home / "toys").glob("*/*.jsonl")


@pytest.fixture(autouse=True)
def no_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow a search at any time."""
    monkeypatch.setattr(Throttle, "allows", lambda self: True)
    monkeypatch.setattr(Throttle, "finish", lambda self: None)


def selector_of(*arguments: Path | str) -> PathSelector:
    """Return a selector of these arguments."""
    return PathSelector([str(argument) for argument in arguments], REGISTRY)


def names(selector: PathSelector) -> list[str]:
    """Return the names of the selected files."""
    return sorted(path.name for path in selector.select().files)


def refuse_locked(path: Path) -> OpenFile:
    """Open a file, unless it is named ``locked``."""
    if path.stem == "locked":
        raise PermissionError(errno.EACCES, "Permission denied", str(path))
    return open_file(path)


class TestPathSelector:
    def test_file_is_selected_with_related_files_and_later_ones(self, tmp_path: Path) -> None:
        for name in ("a.jsonl", "a.1.part"):
            (tmp_path / name).write_bytes(toys(1))
        selector = selector_of(tmp_path / "a.jsonl")
        assert names(selector) == ["a.1.part", "a.jsonl"]
        (tmp_path / "a.2.part").write_bytes(toys(1))
        assert names(selector) == ["a.1.part", "a.2.part", "a.jsonl"]
        assert selector.select().folders == {tmp_path}

    def test_session_modified_last_is_first_and_each_precedes_its_related_files(self, tmp_path: Path) -> None:
        for age, name in enumerate(("b.1.part", "a.jsonl", "b.jsonl", "c.jsonl")):
            (tmp_path / name).write_bytes(toys(1))
            os.utime(tmp_path / name, (1_000 - age, 1_000 - age))
        assert [path.name for path in selector_of(tmp_path).select().files] == [
            "b.jsonl",
            "b.1.part",
            "a.jsonl",
            "c.jsonl",
        ]

    def test_empty_or_missing_file_is_selected_once_it_has_content(self, tmp_path: Path) -> None:
        empty, absent = tmp_path / "empty.jsonl", tmp_path / "later" / "absent.jsonl"
        empty.touch()
        selector = selector_of(empty, absent)
        assert selector.select().files == {}
        assert selector.select().folders == {tmp_path, absent.parent}
        absent.parent.mkdir()
        for path in (empty, absent):
            path.write_bytes(toys(1))
        assert names(selector) == ["absent.jsonl", "empty.jsonl"]

    def test_awaited_file_of_unknown_format_is_noted_once(self, tmp_path: Path) -> None:
        path = tmp_path / "later.jsonl"
        selector = selector_of(path)
        assert not selector.select().notes
        path.write_bytes(b"\1\0\2 binary")
        assert selector.select().notes == (f"{path}: is binary",)
        assert not selector.select().notes

    @pytest.mark.parametrize(
        ("content", "reason"), [(b"\1\0\2", "is binary"), (b"plain text\n", "holds no lines of JSON")]
    )
    def test_file_of_unknown_format_is_noted_once(self, tmp_path: Path, content: bytes, reason: str) -> None:
        path = tmp_path / "odd"
        path.write_bytes(content)
        selector = selector_of(path)
        assert selector.select().notes == (f"{path}: {reason}",)
        assert not selector.select().notes

    def test_new_file_in_a_folder_or_below_is_selected(self, tmp_path: Path) -> None:
        selector = selector_of(tmp_path)
        assert names(selector) == []
        below = tmp_path / "new" / "below.jsonl"
        below.parent.mkdir()
        below.write_bytes(toys(1))
        assert names(selector) == ["below.jsonl"]
        assert tmp_path in selector.select().folders

    @pytest.mark.parametrize("content", [b"", b'{"toy"'])
    def test_incomplete_file_in_a_folder_is_selected_once_it_has_a_line(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "begun.jsonl"
        path.write_bytes(content)
        selector = selector_of(tmp_path)
        assert names(selector) == []
        path.write_bytes(toys(1))
        assert names(selector) == ["begun.jsonl"]

    def test_file_that_could_not_be_read_is_selected_once_it_can(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("locked.jsonl", "open.jsonl"):
            (tmp_path / name).write_bytes(toys(1))
        with monkeypatch.context() as patched:
            patched.setattr(head, "open_file", refuse_locked)
            selector = selector_of(tmp_path)
            assert names(selector) == ["open.jsonl"]
            assert names(selector) == ["open.jsonl"]
        assert sorted(names(selector)) == ["locked.jsonl", "open.jsonl"]

    def test_folder_that_appears_later_is_searched(self, tmp_path: Path) -> None:
        folder = tmp_path / "later"
        selector = selector_of(folder)
        assert selector.select().files == {}
        folder.mkdir()
        assert not selector.select().notes
        (folder / "a.jsonl").write_bytes(toys(1))
        assert names(selector) == ["a.jsonl"]

    def test_new_file_that_matches_a_glob_is_selected(self, tmp_path: Path) -> None:
        selector = selector_of(tmp_path / "*.jsonl")
        assert names(selector) == []
        (tmp_path / "a.jsonl").write_bytes(toys(1))
        (tmp_path / "a.txt").write_bytes(toys(1))
        assert names(selector) == ["a.jsonl"]

    def test_selected_file_stays_selected(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        path.write_bytes(toys(1))
        selector = selector_of(tmp_path)
        assert names(selector) == ["a.jsonl"]
        path.unlink()
        assert names(selector) == ["a.jsonl"]

    def test_folder_that_vanishes_during_the_walk_is_skipped(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def raise_not_found(folder: Path) -> Iterator[os.DirEntry[str]]:
            raise FileNotFoundError(folder)

        selector = selector_of(tmp_path)
        selector.select()
        monkeypatch.setattr(os, "scandir", raise_not_found)
        assert selector.select().files == {}

    def test_selection_is_the_same_object_while_nothing_was_added(self, tmp_path: Path) -> None:
        (tmp_path / "a.jsonl").write_bytes(toys(1))
        selector = selector_of(tmp_path)
        selector.select()
        selection = selector.select()
        assert selector.select() is selection
        (tmp_path / "b.jsonl").write_bytes(toys(1))
        assert selector.select() is not selection

    def test_file_that_is_replaced_between_two_searches_is_read_by_its_new_content(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        path.write_bytes(b"")
        selector = selector_of(tmp_path)
        assert names(selector) == []
        path.unlink()
        assert names(selector) == []
        path.write_bytes(toys(1))
        assert names(selector) == ["a.jsonl"]

    def test_search_without_changes_opens_nothing_and_asks_for_few_related_files(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for n in range(3 * MAX_RECENT):
            (tmp_path / f"{n}.jsonl").write_bytes(toys(1))
        os.utime(tmp_path, (1_000, 1_000))
        selector = selector_of(tmp_path)
        selector.select()
        scans = Mock(side_effect=os.scandir)
        asked = Mock(return_value=())
        monkeypatch.setattr(os, "scandir", scans)
        monkeypatch.setattr(Toy, "related_files", asked)
        monkeypatch.setattr(Registry, "recognise", None)
        selector.select()
        assert scans.call_count == 0
        assert asked.call_count == MAX_RECENT

    def test_standard_input_is_a_pipe_and_selected_once(self) -> None:
        selector = selector_of("-")
        assert selector.select().pipes == (Path("-"),)
        assert selector.select().pipes == ()


class TestChangedPaths:
    """What is reported as changed is looked at although no search is allowed."""

    @pytest.fixture(autouse=True)
    def one_search(self, monkeypatch: pytest.MonkeyPatch, no_throttle: None) -> None:
        """Allow a single search."""
        monkeypatch.setattr(Throttle, "finish", lambda self: setattr(self, "_next", float("inf")))
        monkeypatch.setattr(Throttle, "allows", lambda self: self._next == 0.0)

    def names(self, selector: PathSelector, *changed: Path) -> list[str]:
        return sorted(path.name for path in selector.select(changed).files)

    def test_new_file_is_selected(self, tmp_path: Path) -> None:
        selector = selector_of(tmp_path)
        selector.select()
        path = tmp_path / "a.jsonl"
        path.write_bytes(toys(1))
        assert self.names(selector) == []
        assert self.names(selector, path) == ["a.jsonl"]

    def test_files_in_a_new_folder_are_selected_and_the_folder_is_watched(self, tmp_path: Path) -> None:
        selector = selector_of(tmp_path)
        selector.select()
        path = tmp_path / "new" / "below" / "a.jsonl"
        path.parent.mkdir(parents=True)
        path.write_bytes(toys(1))
        assert self.names(selector, tmp_path / "new") == ["a.jsonl"]
        assert {tmp_path / "new", path.parent} <= selector.select().folders

    def test_file_that_was_too_short_is_selected(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        path.touch()
        selector = selector_of(tmp_path)
        selector.select()
        path.write_bytes(toys(1))
        assert self.names(selector, path) == ["a.jsonl"]

    def test_named_file_that_was_missing_is_selected(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        selector = selector_of(path)
        selector.select()
        path.write_bytes(toys(1))
        assert self.names(selector, path) == ["a.jsonl"]

    def test_file_elsewhere_is_not_selected(self, tmp_path: Path) -> None:
        named = tmp_path / "named"
        named.mkdir()
        selector = selector_of(named)
        selector.select()
        for path in (tmp_path / "a.jsonl", tmp_path / "named-too" / "a.jsonl"):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(toys(1))
            assert self.names(selector, path) == []

    def test_files_that_are_no_sources_or_gone_again_are_not_tried_for_ever(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        selector = selector_of(tmp_path)
        selector.select()
        (tmp_path / "notes.txt").write_bytes(b"no lines of JSON\n")
        for _ in range(3):
            assert self.names(selector, tmp_path / "notes.txt", tmp_path / "gone") == []
        tried = []
        monkeypatch.setattr(Registry, "recognise", lambda self, path: tried.append(path))
        selector.select()
        selector.select([tmp_path / "notes.txt"])
        assert tried == []


class TestThrottle:
    @pytest.fixture(autouse=True)
    def throttled(self, monkeypatch: pytest.MonkeyPatch, no_throttle: None) -> None:
        """With the throttle as it is."""
        monkeypatch.undo()

    def test_cheap_operation_is_allowed_at_the_minimum_interval(self) -> None:
        now = [0.0]
        throttle = Throttle(share=0.02, clock=lambda: now[0])
        assert throttle.allows()
        throttle.finish()
        assert not throttle.allows()
        now[0] = source_selection.MIN_INTERVAL_S
        assert throttle.allows()

    def test_expensive_operation_waits_until_it_takes_no_more_than_its_share(self) -> None:
        now = [0.0]
        throttle = Throttle(share=0.02, clock=lambda: now[0])
        assert throttle.allows()
        now[0] = 1.0
        throttle.finish()
        now[0] = 50.0
        assert not throttle.allows()
        now[0] = 51.0
        assert throttle.allows()
