"""Batches that are stored together give the store that they give one by one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feed.sessions import all_kinds, answers, write
from tui_monitor.events import Batch
from tui_monitor.feed.batch_reader import read_file, read_files
from tui_monitor.feed.enrich import enriched
from tui_monitor.feed.joined_ingest import JoinedIngest
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.files.line_source import LineSource
from tui_monitor.store import Store, open_store, private_store

PRICES = PriceBook()
FILES = all_kinds(6)
ONE_TRANSACTION = 10**9


@cache
def expected() -> dict[str, object]:
    """Return the answers after storing batch by batch."""
    with TemporaryDirectory() as name, closing(private_store(bodies=True)) as store:
        for path in write(Path(name), FILES):
            read_file(store, path, default_registry().recognise(path), PRICES)
        return answers(store, Path(name))


def batches_of(path: Path, sizes: Sequence[int]) -> list[Batch]:
    """Return the batches of a file, each with so many lines as ``sizes`` say in turns."""
    with closing(default_registry().recognise(path).open(path)) as source:
        assert isinstance(source, LineSource)
        batches: list[Batch] = []
        while batch := source.read(sizes[len(batches) % len(sizes)]):
            batches.append(batch)
        return batches


@settings(deadline=None, max_examples=25)
@given(
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    max_bytes=st.sampled_from((1, 2_000, 9_000, ONE_TRANSACTION)),
    data=st.data(),
)
def test_joined_batches_give_the_same_store_as_single_ones(
    sizes: list[int], max_bytes: int, data: st.DataObject
) -> None:
    with TemporaryDirectory() as name, closing(private_store(bodies=True)) as store:
        paths = data.draw(st.permutations(write(Path(name), FILES)))
        joined = JoinedIngest(store, PRICES, max_bytes)
        for path in paths:
            for batch in batches_of(path, sizes):
                joined.add(path, batch)
        joined.flush()
        assert answers(store, Path(name)) == expected()
        assert not joined.refused


def test_file_that_another_process_stores_is_read_from_where_that_is(tmp_path: Path) -> None:
    database, folder = tmp_path / "monitoring.db", tmp_path / "files"
    paths = write(folder, FILES)
    with closing(open_store(database)) as store, closing(open_store(database)) as other:
        joined = JoinedIngest(store, PRICES, ONE_TRANSACTION)
        for batch in batches_of(paths[0], [4]):
            joined.add(paths[0], batch)
        _store_first(other, paths[0], lines=6)
        joined.flush()
        assert list(joined.refused) == [paths[0]]
        adapters = {path: default_registry().recognise(path) for path in paths}
        _, errors = read_files(store, adapters, PRICES)
        assert not errors
        assert answers(store, folder) == expected()


def _store_first(store: Store, path: Path, lines: int) -> None:
    assert store.ingest(enriched(batches_of(path, [lines])[0], PRICES)).accepted
