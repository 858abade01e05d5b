"""Reading files of JSON lines into batches of events."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.sources.support import NewerToy, Toy, ToyStore, append, batches, read_all, texts, toys
from tui_monitor.events import Batch, Health, Prompt, SourceRef
from tui_monitor.sources.base import Source
from tui_monitor.sources.files import line_buffer
from tui_monitor.sources.files.file_reader import READ_BYTES
from tui_monitor.sources.files.line_source import LineSource


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.jsonl"


def read_once(path: Path) -> Batch:
    source = LineSource(Toy(), path)
    [batch] = batches(source)
    source.close()
    return batch


def test_line_adapter_opens_line_sources(path: Path) -> None:
    path.write_bytes(toys(1))
    source: Source = Toy().open(path)
    assert read_all(source) == ["1"]
    assert (source.path, source.progress()) == (path, (11, 11))
    source.close()


def test_batch_has_its_start_cursor_and_a_checkpoint(path: Path) -> None:
    path.write_bytes(toys(1, 2))
    batch = read_once(path)
    after = batch.after
    assert (batch.before, after.cursor, after.state) == ("", "0:22", '{"seen": 2}')
    assert (after.path, after.adapter, after.version) == (str(path), "toy", 1)
    assert after.source.startswith(f"file:{path.stat().st_dev}:{path.stat().st_ino}:22:")
    assert batch.health == Health(lines=2)


def test_record_refs_have_offset_and_length(path: Path) -> None:
    refs: list[SourceRef] = []

    class Noting(Toy):
        def parser(self, path: Path, state: str) -> NotingParser:
            return NotingParser()

    class NotingParser:
        def parse(self, record: dict[str, object], ref: SourceRef) -> list[Prompt]:
            refs.append(ref)
            return []

        def state(self) -> str:
            return ""

    path.write_bytes(b'{"toy": 1}\r\n\n{"toy": 2}{"toy": 3}\n{"toy": 4}')
    source = LineSource(Noting(), path)
    list(batches(source))
    source.close()
    assert refs == [SourceRef(str(path), *span) for span in ((0, 10), (13, 20), (13, 20), (34, 10))]
    assert path.read_bytes()[34 : 34 + 10] == b'{"toy": 4}'


def test_unreadable_lines_are_counted_and_stop_nothing(path: Path) -> None:
    path.write_bytes(
        toys(1)
        + b"garbage\n[1]\n"
        + b'{"toy": 2\n{"odd": "x"}\n{"odd": "y"}\n{}\n{"toy": 3} and more\n'
        + b'{"toy": 4, "broken": true}\n'
        + toys(5)
    )
    batch = read_once(path)
    assert texts(batch) == ["1", "3", "4", "5"]
    assert (batch.health.lines, batch.health.skipped, batch.health.unknown) == (10, 6, 2)


def test_each_error_is_reported_once_with_its_position(path: Path) -> None:
    path.write_bytes(b"x\n" * 2000 + b"{\n" * 2000 + b"{}\n" * 2000 + b'{"toy": 1, "broken": 1}\n' * 2)
    source = LineSource(Toy(), path)
    errors = [error for batch in batches(source) for error in batch.health.errors]
    source.close()
    assert errors == [
        f"{path}: not a JSON object at byte 0",
        f"{path}: broken JSON at byte 4000",
        f"{path}: KeyError: 'toy' at byte 8000",
        f"{path}: KeyError: 'broken' at byte 14000",
    ]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="needs names that are no UTF-8")
def test_undecodable_file_name_is_reported_as_text(path: Path) -> None:
    path = path.with_name(os.fsdecode(b"log\xff.jsonl"))
    path.write_bytes(toys(1) + b"words\n")
    batch = read_once(path)
    assert batch.after.path == f"{path.parent}/log\ufffd.jsonl"
    assert batch.health.errors[0].encode()


def test_number_of_reported_errors_is_limited(path: Path) -> None:
    class Picky(Toy):
        def parser(self, path: Path, state: str) -> PickyParser:
            return PickyParser()

    class PickyParser:
        def parse(self, record: dict[str, object], ref: SourceRef) -> list[Prompt]:
            raise ArithmeticError(f"{record['toy']}\nof this kind")

        def state(self) -> str:
            return ""

    path.write_bytes(toys(*range(500)))
    source = LineSource(Picky(), path)
    [batch] = batches(source)
    source.close()
    assert batch.health.skipped == 500
    assert len(batch.health.errors) <= 20
    assert batch.health.errors[0] == f"{path}: ArithmeticError: 0 of this kind at byte 0"


def test_too_long_line_is_skipped_and_reported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_buffer, "LONGEST", READ_BYTES)
    path.write_bytes(toys(1) + b'{"toy": "' + b"x" * (3 * READ_BYTES) + b'"}\n' + toys(2))
    source = LineSource(Toy(), path)
    [first, second] = batches(source)
    source.close()
    assert (texts(first), texts(second)) == (["1"], ["2"])
    assert (second.health.lines, second.health.skipped) == (2, 1)
    [error] = second.health.errors
    assert error.startswith(f"{path}: line longer than")
    assert error.endswith("at byte 11")


def test_very_long_line_is_read_in_several_turns(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_monitor.sources.files.file_reader.MAX_READS", 2)
    path.write_bytes(toys(1) + b'{"toy": "' + b"x" * (5 * READ_BYTES) + b'"}\n')
    source = LineSource(Toy(), path)
    store = ToyStore()
    counts = []
    for batch in batches(source):
        assert store.take(batch)
        counts.append(len(batch.events))
    source.close()
    assert counts == [1, 0, 0, 1]


def test_later_run_resumes_with_the_parser_state(path: Path) -> None:
    store = ToyStore()
    path.write_bytes(toys(1, 2))
    store.take(read_once(path))
    append(path, toys(3))
    source = LineSource(Toy(), path, store.checkpoints)
    batch = source.read()
    assert batch
    assert [(event.at, event.text) for event in batch.events if isinstance(event, Prompt)] == [(2, "3")]
    assert store.take(batch)
    source.close()


def test_newer_adapter_version_reads_from_the_start(path: Path) -> None:
    store = ToyStore()
    path.write_bytes(toys(1))
    store.take(read_once(path))
    source = LineSource(NewerToy(), path, store.checkpoints)
    batch = source.read()
    assert batch
    assert (batch.before, texts(batch), batch.after.version) == ("", ["1"], 2)
    assert store.take(batch)
    source.close()


def test_rewritten_file_gets_a_new_parser(path: Path) -> None:
    path.write_bytes(toys(1, 2))
    source = LineSource(Toy(), path)
    list(batches(source))
    path.write_bytes(toys(3))
    batch = source.read()
    assert batch
    assert (batch.before, batch.after.state) == ("", '{"seen": 1}')
    source.close()


def test_unreadable_file_raises_and_can_be_retried(path: Path) -> None:
    (path / "entry").mkdir(parents=True)
    source = LineSource(Toy(), path)
    with pytest.raises(OSError, match="folder"):
        source.read()
    shutil.rmtree(path)
    path.write_bytes(toys(1))
    assert read_all(source) == ["1"]
    source.close()


def test_fewer_lines_can_be_read_at_once(path: Path) -> None:
    path.write_bytes(toys(*range(5)))
    source = LineSource(Toy(), path)
    first, rest = source.read(2), source.read()
    assert first
    assert rest
    assert [len(batch.events) for batch in (first, rest)] == [2, 3]
