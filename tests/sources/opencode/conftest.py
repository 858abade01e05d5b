"""A database with one session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.opencode_builder import Sessions


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Sessions]:
    built = Sessions(tmp_path / "opencode.db").session(title="Mend it")
    yield built
    built.close()
