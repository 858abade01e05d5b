"""Reading pipes, whose format is recognised by their first lines."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tests.sources.support import Toy, texts, toys
from tui_monitor.sources.base import Adapter, Checkpoints, Head, Source, no_checkpoints
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.file_reader import CHUNK_LINES
from tui_monitor.sources.files.head import HEAD_BYTES, UnrecognisedFormat
from tui_monitor.sources.files.pipe_source import PipeSource

STDIN = Path("-")
WAIT = 10


class Piped:
    """A pipe source with the other end of its pipe."""

    def __init__(self, *adapters: Adapter) -> None:
        self.reading, self.writing = os.pipe()
        self.is_open = True
        self.on_data = Event()
        others = set(threading.enumerate())
        self.source = PipeSource(STDIN, Registry(adapters or (Toy(),)), self.reading, self.on_data.set)
        self.threads = set(threading.enumerate()) - others

    def write(self, data: bytes) -> None:
        os.write(self.writing, data)

    def end(self) -> None:
        if self.is_open:
            os.close(self.writing)
        self.is_open = False

    def join(self) -> None:
        for thread in self.threads:
            thread.join(WAIT)
            assert not thread.is_alive()

    def close(self) -> None:
        self.source.close()
        self.end()
        self.join()
        os.close(self.reading)

    def read_until(self, is_complete: Callable[[list[str]], bool]) -> list[str]:
        """Read until the texts are complete."""
        numbers: list[str] = []
        while not is_complete(numbers):
            self.on_data.clear()
            while batch := self.source.read():
                numbers += texts(batch)
            if not is_complete(numbers):
                assert self.on_data.wait(WAIT)
        return numbers

    def read_to_the_end(self) -> list[str]:
        return self.read_until(lambda _: self.source.ended)


@pytest.fixture
def piped() -> Iterator[Piped]:
    piped = Piped()
    yield piped
    piped.close()


def test_lines_arrive_as_they_are_written(piped: Piped) -> None:
    piped.write(toys(1))
    assert piped.read_until(bool) == ["1"]
    piped.write(toys(2)[:4])
    assert piped.source.read() is None
    piped.write(toys(2)[4:])
    assert piped.read_until(bool) == ["2"]
    assert not piped.source.ended


def test_end_of_the_pipe_completes_the_last_line(piped: Piped) -> None:
    piped.write(toys(1) + b'{"toy": 2} and')
    piped.end()
    assert piped.read_to_the_end() == ["1", "2"]
    assert piped.source.read() is None
    assert piped.source.progress() == (25, 25)


def test_batches_of_a_pipe_are_contiguous(piped: Piped) -> None:
    batches = []
    for number in range(3):
        piped.write(toys(number))
        while not (batch := piped.source.read()):
            assert piped.on_data.wait(WAIT)
        batches.append(batch)
    assert [batch.before for batch in batches] == ["", "0:11", "0:22"]
    assert [batch.after.cursor for batch in batches] == ["0:11", "0:22", "0:33"]
    [source] = {batch.after.source for batch in batches}
    assert source.startswith("pipe:")


def test_lines_before_recognition_are_kept(piped: Piped) -> None:
    piped.write(b'starting up\n{"odd": "first"}\n')
    assert piped.source.read() is None
    piped.write(toys(1))
    while not (batch := piped.source.read()):
        assert piped.on_data.wait(WAIT)
    assert (batch.health.lines, batch.health.skipped, batch.health.unknown) == (3, 1, 1)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"other": 1}\n', id="other JSON"),
        pytest.param(b"words", id="no JSON"),
        pytest.param(b'{"other": 1}\n' * (HEAD_BYTES // 10), id="too much of it"),
    ],
)
def test_unrecognised_stream_raises_once(piped: Piped, data: bytes) -> None:
    piped.write(data)
    piped.end()
    with pytest.raises(UnrecognisedFormat, match=r"^-: "):
        piped.read_to_the_end()
    assert piped.source.read() is None
    assert piped.source.ended


def test_empty_stream_ends_without_error(piped: Piped) -> None:
    piped.end()
    assert piped.read_to_the_end() == []


def test_format_without_lines_cannot_be_read_from_a_pipe() -> None:
    class Database(Adapter):
        name = "database"
        version = 1

        def recognises(self, head: Head) -> bool:
            return True

        def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
            raise NotImplementedError

    piped = Piped(Database())
    piped.write(b"anything\n")
    piped.end()
    with pytest.raises(UnrecognisedFormat, match="database cannot be read from a pipe"):
        piped.read_to_the_end()
    piped.close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_stream_larger_than_the_pipe_buffer_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    on_data = Event()
    source = PipeSource(path, Registry((Toy(),)), on_data=on_data.set)
    with ThreadPoolExecutor(1) as writers:
        writing = writers.submit(path.write_bytes, toys(*range(120_000)))
        numbers: list[str] = []
        while not source.ended:
            on_data.clear()
            while batch := source.read():
                assert len(batch.events) <= CHUNK_LINES
                numbers += texts(batch)
            assert source.ended or on_data.wait(WAIT)
    assert writing.result() > 1_200_000
    assert numbers == [str(number) for number in range(120_000)]


def test_unopenable_pipe_raises_and_ends(tmp_path: Path) -> None:
    on_data = Event()
    source = PipeSource(tmp_path / "missing", Registry((Toy(),)), on_data=on_data.set)
    assert on_data.wait(WAIT)
    with pytest.raises(FileNotFoundError):
        source.read()
    while not source.ended:
        source.read()
        on_data.wait(0.01)


def test_close_ends_the_reading_thread(piped: Piped) -> None:
    piped.source.close()
    piped.write(toys(1))
    piped.join()
    assert piped.source.read() is None
