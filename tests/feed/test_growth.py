"""Files that grow in any steps, with restarts and other readers, are stored as if read once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feed.sessions import all_kinds, answers, clean_answers, read_all, write
from tui_monitor.feed.store_manager import StoreManager
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Source
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import open_store

FILES = all_kinds(6)
PRICES = PriceBook()

Step = tuple[int, int, str]
STEPS = st.lists(
    st.tuples(
        st.integers(0, len(FILES) - 1),
        st.one_of(st.integers(1, 300), st.integers(300, 4000)),
        st.sampled_from(["read", "read", "restart", "read by another", "wait"]),
    ),
    max_size=40,
)


class MonitorSimulation:
    """A monitor in one thread, whose files grow, and which can be restarted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = folder / "monitoring.db"
        self._paths = [folder / name for name in FILES]
        self._rest = list(FILES.values())
        self._sources: dict[Path, Source] = {}
        write(folder, dict.fromkeys(FILES, b""))
        self._manager = StoreManager(lambda: open_store(self._store), PRICES)

    def step(self, file: int, size: int, action: str) -> None:
        """Let a file grow, and perform an action."""
        self._append(file, size)
        if action == "read":
            self.read()
        elif action == "restart":
            self.close()
            self._manager = StoreManager(lambda: open_store(self._store), PRICES)
        elif action == "read by another":
            with closing(open_store(self._store)) as other:
                read_all(other, [path for path in self._paths if b"\n" in path.read_bytes()])

    def finish(self) -> dict[str, object]:
        """Write and read the rest, delete the files, and return what the store knows."""
        for file, rest in enumerate(self._rest):
            self._append(file, len(rest))
        self.read()
        self.close()
        for path in self._paths:
            path.unlink()
        with closing(open_store(self._store)) as store:
            return answers(store, self._folder)

    def read(self) -> None:
        """Read new data of all files."""
        for path in self._paths:
            if b"\n" in path.read_bytes():
                self._read(path)

    def close(self) -> None:
        """Drop all state that is not in the store."""
        for source in self._sources.values():
            source.close()
        self._sources.clear()
        self._manager.close()

    def _read(self, path: Path) -> None:
        adapter = default_registry().recognise(path)
        if path not in self._sources:
            self._sources[path] = adapter.open(path, lambda prefix: self._manager.resume_points(prefix)[0])
        while batch := self._sources[path].read():
            self._manager.store_batches([(batch, adapter)])

    def _append(self, file: int, size: int) -> None:
        with self._paths[file].open("ab") as growing:
            growing.write(self._rest[file][:size])
        self._rest[file] = self._rest[file][size:]


@settings(max_examples=20)
@given(STEPS)
def test_growing_files_with_restarts_and_other_readers_are_stored_like_one_clean_run(
    steps: Sequence[Step],
) -> None:
    with TemporaryDirectory() as name:
        monitor = MonitorSimulation(Path(name))
        for step in steps:
            monitor.step(*step)
        assert monitor.finish() == clean()


@cache
def clean() -> dict[str, object]:
    """Return the answers after one clean run."""
    return clean_answers(FILES)
