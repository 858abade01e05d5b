"""Files and pipes are read once, and unreadable ones reported."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.feed.sessions import CODEX, answers, clean_answers, codex_lines
from tests.sources.support import append
from tui_monitor.events import Batch, SessionKey
from tui_monitor.feed.batch_reader import read_file, read_files, read_pipe
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Checkpoints, Source, no_checkpoints
from tui_monitor.sources.codex.adapter import Codex
from tui_monitor.sources.discovery.expand import expand
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.files import stat_snapshot
from tui_monitor.sources.files.compressed_file import LIBRARIES
from tui_monitor.store import IngestResult, Store, open_store, private_store

PRICES = PriceBook()
ADAPTER = Codex()
NAME = "rollout.jsonl"
CONTENT = codex_lines(200)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a rollout."""
    path = tmp_path / NAME
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty private store."""
    store = private_store(bodies=True)
    yield store
    store.close()


def test_file_is_read_once(store: Store, path: Path) -> None:
    assert read_file(store, path, ADAPTER, PRICES) == {CODEX}
    assert read_file(store, path, ADAPTER, PRICES) == set()
    assert answers(store, path.parent) == clean_answers({NAME: CONTENT})


class CountedCodex(Codex):
    """The adapter that notes which files it opens."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        self.opened.append(path.name)
        return super().open(path, checkpoints)


@pytest.mark.parametrize("change", ["appended", "replaced", "rewritten"])
def test_only_files_that_have_changed_are_opened_again(
    change: str, store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stat_snapshot, "_RECENT_NS", -1)
    adapter, other = CountedCodex(), path.with_name("other.jsonl")
    other.write_bytes(CONTENT)
    for _ in range(2):
        read_files(store, {path: adapter, other: adapter}, PRICES)
    assert adapter.opened == [path.name, other.name]
    match change:
        case "appended":
            append(other, b"{}\n")
        case "replaced":
            path.with_name("new").write_bytes(CONTENT)
            path.with_name("new").replace(other)
        case _:
            status = other.stat()
            other.write_bytes(CONTENT[::-1])
            os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    read_files(store, {path: adapter, other: adapter}, PRICES)
    assert adapter.opened == [path.name, other.name, other.name]


def test_file_that_has_just_changed_is_opened_again(store: Store, path: Path) -> None:
    adapter = CountedCodex()
    for _ in range(2):
        read_files(store, {path: adapter}, PRICES)
    assert adapter.opened == [path.name] * 2


def test_compressed_files_without_a_decompressor_are_reported_in_one_line(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*LIBRARIES, "zstandard"):
        monkeypatch.setitem(sys.modules, name, None)
    paths = [tmp_path / name for name in ("one.jsonl.zst", "other.jsonl.zst")]
    for path in paths:
        path.touch()
    _, errors = read_files(store, dict.fromkeys(paths, ADAPTER), PRICES)
    assert errors == ["compressed files (.zst) are skipped: pip install 'tui-monitor[zst]' to read them"]
    assert expand([str(tmp_path)], default_registry()).skipped == errors


def test_reading_continues_where_another_process_has_stored(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(CONTENT[: len(CONTENT) // 2])
    database = tmp_path / "monitoring.db"
    with closing(open_store(database)) as store, closing(open_store(database)) as other:
        ingest, faster = store.ingest, [other]

        def ingest_late(batch: Batch) -> IngestResult:
            while faster:
                path.write_bytes(CONTENT)
                read_file(faster.pop(), path, ADAPTER, PRICES)
            return ingest(batch)

        monkeypatch.setattr(store, "ingest", ingest_late)
        assert read_file(store, path, ADAPTER, PRICES) == {CODEX}
        assert answers(store, tmp_path) == clean_answers({NAME: CONTENT})


def test_unreadable_file_is_reported_and_others_are_read(store: Store, path: Path) -> None:
    folder = path.with_name("folder")
    folder.mkdir()
    counts: list[int] = []
    sessions, errors = read_files(store, dict.fromkeys((folder, path), ADAPTER), PRICES, counts.append)
    assert sessions == {CODEX}
    assert errors == [f"{folder}: is a folder"]
    assert counts == [1, 2]


class FailingCodex(Codex):
    """A plug-in that raises an unexpected error."""

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        raise LookupError("no such thing")


def test_failing_plug_in_is_reported_and_others_are_read(store: Store, path: Path) -> None:
    broken = path.with_name("odd.jsonl")
    sessions, errors = read_files(store, {broken: FailingCodex(), path: ADAPTER}, PRICES)
    assert sessions == {CODEX}
    assert errors == [f"{broken}: LookupError('no such thing')"]


class Pipe:
    """A pipe that is filled and closed at once."""

    def __init__(self, content: bytes) -> None:
        self.descriptor, write_end = os.pipe()
        os.write(write_end, content)
        os.close(write_end)

    def read(self, store: Store) -> tuple[frozenset[SessionKey], Sequence[str]]:
        """Read the pipe to its end."""
        try:
            return read_pipe(store, Path("-"), self.descriptor, default_registry(), PRICES)
        finally:
            os.close(self.descriptor)


def test_pipe_is_read_to_its_end(store: Store) -> None:
    content = codex_lines(20)
    sessions, errors = Pipe(content.removesuffix(b"\n")).read(store)
    assert sessions == {CODEX}
    assert not errors
    with closing(private_store()) as clean:
        Pipe(content).read(clean)
        assert store.overall() == clean.overall()
    assert store.totals(CODEX).calls == 20


@pytest.mark.parametrize(("content", "errors"), [(b"", []), (b"plain text\n", ["-: holds no lines of JSON"])])
def test_pipe_of_unknown_format_is_reported(store: Store, content: bytes, errors: list[str]) -> None:
    sessions, actual = Pipe(content).read(store)
    assert not sessions
    assert actual == errors
