"""Garbage is looked for seldom while much is read, and as before afterwards."""

from __future__ import annotations

import gc
from contextlib import suppress

from tui_monitor.cli.garbage import rare_collections


def test_garbage_is_collected_as_before_after_a_failure() -> None:
    before, meanwhile = gc.get_threshold(), None
    with suppress(OSError), rare_collections():
        meanwhile = gc.get_threshold()
        raise OSError
    assert meanwhile is not None
    assert meanwhile[0] > before[0]
    assert gc.get_threshold() == before
