"""Bodies of a call come from the store, and cut ones from the transcript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.feed.sessions import CLAUDE, lines, read_all
from tests.sources.claude_builder import Transcript, tool_use
from tui_monitor.events import Choice, Proposal, Question, Reply
from tui_monitor.feed.call_bodies import load_call_bodies, load_file_history
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
    """Return a transcript of one call."""
    builder = Transcript()
    builder.user("print a lot")
    builder.assistant(tool_use("call_1", "Bash", command=command))
    builder.result(output)
    return lines(builder.records)


def store_file(store: Store, path: Path, content: bytes) -> None:
    """Write a file with this content, and read it into the store."""
    path.write_bytes(content)
    read_all(store, [path])


def bodies_of(store: Store, call: str = "call_1") -> CallBodies:
    """Return the bodies of a call."""
    return load_call_bodies(store, default_registry(), CLAUDE, call)


def test_short_bodies_are_complete_in_the_store(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    store_file(store, path, transcript("ls", "a b c"))
    path.unlink()
    bodies = bodies_of(store)
    assert bodies.complete
    assert bodies.output == "a b c"


def test_what_a_call_asks_for_and_the_answer_are_read_from_the_file(store: Store, tmp_path: Path) -> None:
    builder = Transcript()
    question = {"question": "Which berth?", "options": [{"label": "North"}]}
    builder.assistant(tool_use("call_1", "AskUserQuestion", questions=[question]))
    builder.result("User has answered", {"answers": {"Which berth?": "North"}})
    store_file(store, tmp_path / "s.jsonl", lines(builder.records))
    bodies = bodies_of(store)
    assert bodies.complete
    assert bodies.proposal == Proposal((Question("Which berth?", "Which berth?", "", (Choice("North"),)),))
    assert bodies.answers == (Reply("Which berth?", ("North",)),)
    assert bodies.output == "User has answered"


def test_pending_edit_is_read_from_the_file(store: Store, tmp_path: Path) -> None:
    builder = Transcript()
    builder.assistant(tool_use("call_1", "Edit", file_path="/w/a", old_string="a", new_string="b"))
    store_file(store, tmp_path / "s.jsonl", lines(builder.records))
    proposal = bodies_of(store).proposal
    assert proposal is not None
    assert [(change.added, change.removed) for change in proposal.changes] == [(1, 1)]


def test_cut_bodies_are_read_from_the_file(store: Store, tmp_path: Path) -> None:
    store_file(store, tmp_path / "s.jsonl", transcript())
    bodies = bodies_of(store)
    assert bodies.complete
    assert COMMAND in bodies.input
    assert bodies.output == OUTPUT


@pytest.mark.parametrize(("line_count", "output"), [(3, "a b c"), (2, "")])
def test_bodies_that_are_not_stored_are_read_from_the_file(tmp_path: Path, line_count: int, output: str) -> None:
    store = private_store(bodies=False)
    content = b"".join(transcript("ls", "a b c").splitlines(keepends=True)[:line_count])
    store_file(store, tmp_path / "s.jsonl", content)
    bodies = bodies_of(store)
    store.close()
    assert bodies.complete
    assert '"ls"' in bodies.input
    assert bodies.output == output


def test_bodies_without_store_and_file_are_incomplete(tmp_path: Path) -> None:
    store = private_store(bodies=False)
    path = tmp_path / "s.jsonl"
    store_file(store, path, transcript("ls", "a b c"))
    path.unlink()
    bodies = bodies_of(store)
    store.close()
    assert (bodies.complete, bodies.input, bodies.output) == (False, "", "")


@pytest.mark.parametrize("line", [b"", b"something else\n", b"\0", b'{"type": "user"}\n'])
def test_cut_bodies_stay_incomplete_if_the_file_has_changed(store: Store, tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "s.jsonl"
    store_file(store, path, transcript())
    path.write_bytes(line * 100_000)
    bodies = bodies_of(store)
    assert not bodies.complete
    assert OUTPUT.startswith(bodies.output[:100])
    assert 0 < len(bodies.output) < len(OUTPUT)


def test_unknown_call_has_no_bodies(store: Store) -> None:
    assert bodies_of(store, "call_9") == CallBodies(CLAUDE, "call_9", "", "", "", "", (), complete=False)


class TestFileHistory:
    """The changes of a file, with what the store does not keep."""

    @staticmethod
    def edited(tmp_path: Path, *, bodies: bool) -> tuple[Store, Path]:
        builder = Transcript()
        builder.user("write")
        builder.assistant(tool_use("call_1", "Write", file_path="/a.py", content="one\ntwo\n"))
        written = {"type": "create", "filePath": "/a.py", "content": "one\ntwo\n", "structuredPatch": []}
        builder.result("written", written)
        store, path = private_store(bodies=bodies), tmp_path / "s.jsonl"
        store_file(store, path, lines(builder.records))
        return store, path

    @pytest.mark.parametrize("bodies", [True, False])
    def test_diffs_come_from_the_store_or_from_the_file(self, tmp_path: Path, bodies: bool) -> None:
        store, _ = self.edited(tmp_path, bodies=bodies)
        (each,) = load_file_history(store, default_registry(), CLAUDE, "/a.py").history.changes
        store.close()
        assert (each.is_whole, each.change.added) == (True, 2)
        assert "+one" in each.change.diff

    def test_diff_that_is_nowhere_is_not_whole(self, tmp_path: Path) -> None:
        store, path = self.edited(tmp_path, bodies=False)
        path.unlink()
        (each,) = load_file_history(store, default_registry(), CLAUDE, "/a.py").history.changes
        store.close()
        assert (each.is_whole, each.change.diff) == (False, "")
