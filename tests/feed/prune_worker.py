"""A process that archives a store: ``prune_worker STORE ARCHIVE [STEPS]``.

It kills itself by SIGKILL after so many hundred steps of the database.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import closing
from itertools import count
from pathlib import Path

from tui_monitor.feed import retention
from tui_monitor.feed.archive_file import ArchiveFile
from tui_monitor.feed.retention import Pruner, age_rule
from tui_monitor.store import PruningKind, open_store

NOW = 2**50
"""Later than all sessions."""


def main(path: Path, archive: Path, steps: int | None = None) -> None:
    """Archive everything, one session after the other, or die on the way."""
    retention.SESSIONS_AT_ONCE = 1
    with closing(open_store(path)) as store, closing(ArchiveFile(archive)) as file:
        if steps is not None:
            counter = count()
            die = lambda: os.kill(os.getpid(), signal.SIGKILL) if next(counter) >= steps else None  # noqa: E731
            store._database.connection.set_progress_handler(die, 100)
        Pruner(store).by_age(age_rule(PruningKind.ROWS, NOW, NOW, archive=str(archive)), file.write)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
