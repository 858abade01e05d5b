"""The texts of a call are those of the store, and where they were cut there those of the lines that told them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.feed.sessions import CLAUDE, lines, read_all
from tests.sources.claude_builder import Transcript, tool_use
from tui_monitor.feed.call_bodies import load_call_bodies
from tui_monitor.feed.deliveries import CallBodies
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import Store, private_store

COMMAND = "print " + "x" * 300_000
OUTPUT = "out " + "y" * 300_000


@pytest.fixture
def store() -> Iterator[Store]:
    """A store that keeps bodies, up to their limit."""
    store = private_store(bodies=True)
    yield store
    store.close()


def transcript(command: str = COMMAND, output: str = OUTPUT) -> bytes:
    """A session of one call."""
    told = Transcript()
    told.user("print a lot")
    told.assistant(tool_use("call_1", "Bash", command=command))
    told.result(output)
    return lines(told.records)


def read(store: Store, path: Path, content: bytes) -> None:
    """Have a file with this content in the store."""
    path.write_bytes(content)
    read_all(store, [path])


def texts(store: Store, call: str = "call_1") -> CallBodies:
    """The answer."""
    return load_call_bodies(store, default_registry(), CLAUDE, call)


def test_short_texts_are_complete_in_the_store_also_when_the_file_is_gone(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    read(store, path, transcript("ls", "a b c"))
    path.unlink()
    told = texts(store)
    assert told.complete
    assert told.output == "a b c"


def test_texts_that_the_store_has_cut_come_from_the_file(store: Store, tmp_path: Path) -> None:
    read(store, tmp_path / "s.jsonl", transcript())
    told = texts(store)
    assert told.complete
    assert COMMAND in told.input
    assert told.output == OUTPUT


@pytest.mark.parametrize(("lines_there", "output"), [(3, "a b c"), (2, "")])
def test_where_no_bodies_are_kept_they_come_from_the_file(tmp_path: Path, lines_there: int, output: str) -> None:
    store = private_store(bodies=False)
    content = b"".join(transcript("ls", "a b c").splitlines(keepends=True)[:lines_there])
    read(store, tmp_path / "s.jsonl", content)
    told = texts(store)
    store.close()
    assert told.complete
    assert '"ls"' in told.input
    assert told.output == output


def test_where_neither_bodies_nor_the_file_are_there_nothing_is_told_as_all(tmp_path: Path) -> None:
    store = private_store(bodies=False)
    path = tmp_path / "s.jsonl"
    read(store, path, transcript("ls", "a b c"))
    path.unlink()
    told = texts(store)
    store.close()
    assert (told.complete, told.input, told.output) == (False, "", "")


@pytest.mark.parametrize("line", [b"", b"something else\n", b"\0", b'{"type": "user"}\n'])
def test_where_other_lines_stand_now_what_the_store_has_is_told_as_cut(
    store: Store, tmp_path: Path, line: bytes
) -> None:
    path = tmp_path / "s.jsonl"
    read(store, path, transcript())
    path.write_bytes(line * 100_000)
    told = texts(store)
    assert not told.complete
    assert OUTPUT.startswith(told.output[:100])
    assert 0 < len(told.output) < len(OUTPUT)


def test_a_call_that_nobody_knows_has_no_texts(store: Store) -> None:
    assert texts(store, "call_9") == CallBodies(CLAUDE, "call_9", "", "", "", "", (), complete=False)
