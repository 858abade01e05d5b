"""Stores, private or in a file, closed after the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tui_monitor.store import Store, open_store, private_store


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty private store that keeps bodies."""
    store = private_store(bodies=True)
    yield store
    store.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of a store that does not exist yet."""
    return tmp_path / "data" / "monitoring.db"


@pytest.fixture
def file_store(path: Path) -> Iterator[Store]:
    """An empty store in a file."""
    store = open_store(path)
    yield store
    store.close()
