"""However a file grows, and whoever reads it meanwhile, the store ends as one clean reading of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feed.sessions import all_kinds, answers, clean_answers, read_all, write
from tui_monitor.feed.enrich import with_windows
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


class Monitor:
    """Reads the files as they grow, from one thread, and can be started anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = folder / "monitoring.db"
        self._paths = [folder / name for name in FILES]
        self._left = list(FILES.values())
        self._sources: dict[Path, Source] = {}
        write(folder, dict.fromkeys(FILES, b""))
        self._manager = StoreManager(lambda: open_store(self._store), PRICES)

    def step(self, file: int, size: int, action: str) -> None:
        """Let a file grow, and do something."""
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
        """Write and read what is left; what the store has then, asked when the files are gone."""
        for file, left in enumerate(self._left):
            self._append(file, len(left))
        self.read()
        self.close()
        for path in self._paths:
            path.unlink()
        with closing(open_store(self._store)) as store:
            return answers(store, self._folder)

    def read(self) -> None:
        """Read what is new of all files."""
        for path in self._paths:
            if b"\n" in path.read_bytes():
                self._read(path)

    def close(self) -> None:
        """Forget all that is not in the store."""
        for source in self._sources.values():
            source.close()
        self._sources.clear()
        self._manager.close()

    def _read(self, path: Path) -> None:
        adapter = default_registry().recognise(path)
        if path not in self._sources:
            self._sources[path] = adapter.open(path, lambda prefix: self._manager.resume_points(prefix)[0])
        while batch := self._sources[path].read():
            self._manager.store_batch(with_windows(batch, PRICES), adapter)

    def _append(self, file: int, size: int) -> None:
        with self._paths[file].open("ab") as growing:
            growing.write(self._left[file][:size])
        self._left[file] = self._left[file][size:]


@settings(max_examples=20)
@given(STEPS)
def test_pieces_of_any_size_with_restarts_and_other_readers_give_what_one_clean_run_gives(
    steps: Sequence[Step],
) -> None:
    with TemporaryDirectory() as name:
        monitor = Monitor(Path(name))
        for step in steps:
            monitor.step(*step)
        assert monitor.finish() == clean()


@cache
def clean() -> dict[str, object]:
    """What one clean reading gives."""
    return clean_answers(FILES)
