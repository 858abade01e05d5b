"""Documents that are rewritten as a whole: each state is parsed once, whenever reading is resumed."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import UNHURRIED
from tests.sources.support import NewerToy, Toy, ToyStore, read_all
from tui_monitor.sources.files import document_source
from tui_monitor.sources.files.document_source import DocumentSource

LONG_AGO = 10**9
JUST_NOW = time.time_ns() + 3600 * 10**9
"""Far apart, however slow the tests are."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "toy.json"


def write(path: Path, content: bytes, at: int = LONG_AGO) -> None:
    """Rewrite the document; ``at`` is its time stamp in nanoseconds."""
    path.write_bytes(content)
    os.utime(path, ns=(at, at))


def toy(number: int) -> bytes:
    return json.dumps({"toy": number}, indent=2).encode()


def test_document_is_parsed_when_it_has_changed(path: Path) -> None:
    write(path, toy(1))
    source = DocumentSource(Toy(), path)
    assert read_all(source) == ["1"]
    assert read_all(source) == []
    write(path, toy(2), LONG_AGO + 1)
    assert read_all(source) == ["2"]
    assert source.progress() == (path.stat().st_size, path.stat().st_size)


def test_rewrite_within_the_same_time_stamp_is_noticed(path: Path) -> None:
    write(path, toy(1), JUST_NOW)
    source = DocumentSource(Toy(), path)
    assert read_all(source) == ["1"]
    write(path, toy(2), JUST_NOW)
    assert read_all(source) == ["2"]


def test_rewritten_identical_content_gives_no_batch(path: Path) -> None:
    write(path, toy(1))
    source = DocumentSource(Toy(), path)
    assert read_all(source) == ["1"]
    write(path, toy(1), LONG_AGO + 1)
    assert source.read() is None


def test_incomplete_document_is_not_parsed_yet(path: Path) -> None:
    write(path, toy(1)[:-1], JUST_NOW)
    source = DocumentSource(Toy(), path)
    assert source.read() is None
    write(path, toy(1), JUST_NOW)
    assert read_all(source) == ["1"]


def test_persistently_broken_document_is_reported_once(path: Path) -> None:
    write(path, b'{"toy": 1')
    source = DocumentSource(Toy(), path)
    batch = source.read()
    assert batch is not None
    assert (batch.health.lines, batch.health.skipped) == (1, 1)
    assert batch.health.errors == (f"{path}: broken JSON at byte 0",)
    assert source.read() is None


def test_too_long_document_is_reported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_source, "LONGEST", 5)
    write(path, toy(1))
    source = DocumentSource(Toy(), path)
    batch = source.read()
    assert batch is not None
    assert "longer than" in batch.health.errors[0]
    assert source.read() is None


def test_missing_or_empty_document_gives_no_batch(path: Path) -> None:
    source = DocumentSource(Toy(), path)
    assert source.read() is None
    write(path, b"")
    assert source.read() is None
    assert source.progress() == (0, 0)


def test_deleted_document_raises_once_and_is_parsed_when_recreated(path: Path) -> None:
    write(path, toy(1))
    source = DocumentSource(Toy(), path)
    assert read_all(source) == ["1"]
    path.unlink()
    with pytest.raises(FileNotFoundError):
        source.read()
    assert source.read() is None
    write(path, toy(2), JUST_NOW)
    assert read_all(source) == ["2"]


def test_newer_adapter_version_parses_the_document_again(path: Path) -> None:
    write(path, toy(1))
    store = ToyStore()
    for adapter in (Toy(), Toy(), NewerToy()):
        source = DocumentSource(adapter, path, store.checkpoints)
        while batch := source.read():
            assert store.take(batch)
    assert store.texts == ["1", "1"]


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), max_size=12))
@UNHURRIED
def test_resuming_at_any_point_gives_the_same_events(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool, bool]]
) -> None:
    path = tmp_path_factory.mktemp("document") / "toy.json"
    store = ToyStore()
    source = DocumentSource(Toy(), path)
    expected: list[str] = []
    current = -1
    for at, (number, is_read, is_restarted) in enumerate(steps):
        write(path, toy(number), LONG_AGO + at)
        if is_read:
            if number != current:
                expected.append(str(number))
            current = number
            while batch := source.read():
                assert store.take(batch)
        if is_restarted:
            source.close()
            source = DocumentSource(Toy(), path, store.checkpoints)
    assert store.texts == expected
