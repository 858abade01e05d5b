"""Property: any history of a file gives each record once and in order, whenever reading is resumed."""

from __future__ import annotations

import os
import tempfile
from collections import deque
from pathlib import Path
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.sources.support import Toy, ToyStore, append
from tui_monitor.events import Batch
from tui_monitor.sources.files import file_reader
from tui_monitor.sources.files.line_source import LineSource


class FileHistory(RuleBasedStateMachine):
    """A writer, a reader that may be killed at any time, and a store of its batches."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "log.jsonl"
        self.small_pieces = patch.multiple(file_reader, CHUNK_LINES=3, READ_BYTES=50)
        self.small_pieces.start()
        self.store = ToyStore()
        self.earlier: list[ToyStore] = []
        self.is_open = False
        self.is_behind = False
        self.source = LineSource(Toy(), self.path)
        self.count = 0
        self.expected: list[str] = []
        self.pending_bytes = bytearray()
        self.ends: deque[tuple[int, str]] = deque()

    @rule(
        endings=st.lists(st.sampled_from(["\n", "\r\n", "\n\n"]), max_size=5),
        padding=st.text(max_size=5),
        held_back=st.integers(0, 30),
    )
    def write(self, endings: list[str], padding: str, held_back: int) -> None:
        """Write pending bytes and some records, except for the last bytes."""
        for ending in endings:
            self.count += 1
            record = f'{{"toy": {self.count}, "{padding.encode("unicode_escape").hex()}é": 0}}'.encode()
            self.ends.append((len(self.pending_bytes) + len(record), str(self.count)))
            self.pending_bytes += record + ending.encode()
        length = max(0, len(self.pending_bytes) - held_back)
        append(self.path, bytes(self.pending_bytes[:length]))
        del self.pending_bytes[:length]
        self.ends = deque((end - length, text) for end, text in self.ends)
        while self.ends and self.ends[0][0] <= 0:
            self.expected.append(self.ends.popleft()[1])

    @rule(times=st.integers(1, 3))
    def read(self, times: int) -> None:
        for _ in range(times):
            if batch := self.source.read():
                self.take(batch)
            else:
                self.is_open = self.path.exists()

    @rule()
    def truncate(self) -> None:
        """Empty the file in place after it has been read."""
        self.read_to_the_end()
        if self.path.exists():
            os.truncate(self.path, 0)
        self.begin_another()
        self.is_open, self.is_behind = self.path.exists(), False

    @rule()
    def rotate(self) -> None:
        """Rotate the file."""
        self.hold_on()
        if self.path.exists():
            self.path.rename(self.path.with_suffix(f".{self.count}"))
        self.begin_another()
        append(self.path, b"\n")

    @rule()
    def replace(self) -> None:
        """Replace the file atomically."""
        self.hold_on()
        self.begin_another()
        other = self.path.with_suffix(".other")
        append(other, b"\r\n")
        other.replace(self.path)

    @rule()
    def resume(self) -> None:
        """Kill and restart the reader."""
        self.read_to_the_end()
        self.restart()

    @rule(choice=st.integers(0))
    def resume_after_loss(self, choice: int) -> None:
        """Kill the reader before its last batch was stored."""
        if self.earlier:
            self.read_to_the_end()
            self.store = self.earlier[choice % len(self.earlier)]
            self.restart()

    def hold_on(self) -> None:
        """Have the reader open the file: what is lost before that cannot be expected."""
        if not self.is_open:
            self.read_to_the_end()

    def read_to_the_end(self) -> None:
        while batch := self.source.read():
            self.take(batch)
        assert self.store.texts == self.expected
        self.is_open, self.is_behind = self.path.exists(), False

    def take(self, batch: Batch) -> None:
        assert self.store.take(batch)
        if not self.is_behind:
            self.earlier.append(self.store.copy())

    def restart(self) -> None:
        self.source.close()
        self.source = LineSource(Toy(), self.path, self.store.checkpoints)
        self.is_open = False

    def begin_another(self) -> None:
        """Forget pending bytes and stored positions: they belong to the file that was."""
        self.pending_bytes.clear()
        self.ends.clear()
        self.earlier.clear()
        self.is_open, self.is_behind = False, True

    def teardown(self) -> None:
        if not hasattr(self, "source"):
            return
        try:
            self.read_to_the_end()
        finally:
            self.source.close()
            self.small_pieces.stop()
            self.folder.cleanup()


TestFileHistory = FileHistory.TestCase
TestFileHistory.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
