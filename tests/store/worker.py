"""A process that reads a source into a store: ``worker PATH SIZE [STEPS]``.

It reads in batches of SIZE events, and kills itself by SIGKILL after STEPS steps of the database.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path

from tests.store.builders import APPLE, BIRCH, NOON, change, finished, read_on, started, usage
from tui_monitor.events import Event, Prompt, SessionKey
from tui_monitor.store import Store, open_store


def source() -> list[Event]:
    """Return the source's events: two sessions, one of which is a fork of the other."""
    return [event for session in (BIRCH, APPLE) for n in range(25) for event in turn(session, n)]


def turn(session: SessionKey, n: int) -> list[Event]:
    """Return the events of a turn: up to the 20th it is the same in both sessions."""
    name = f"{n}" if n < 20 else f"{n} of {session.id}"
    at = NOON + n * 100_000
    return [
        Prompt(session=session, at=at, text=f"prompt {n}"),
        usage(name, session, at, output=1),
        started(name, session, at),
        usage(name, session, at, output=n),
        finished(name, session, at + n, changes=(change(f"/p/{n % 7}", added=n),), output="line\n" * 500),
    ]


def answers(store: Store) -> list[object]:
    """Return all that a store knows of the source."""
    sessions = (APPLE, BIRCH)
    return [
        *map(store.totals, sessions),
        store.overall(),
        store.overall(since=0),
        store.tools(),
        store.sessions(),
        *map(store.history, sessions),
        store.health(),
        store.checkpoints(""),
    ]


def main(path: Path, size: int, steps: int | None = None) -> None:
    """Read to the end, or die on the way."""
    store = open_store(path)
    if steps is not None:
        counter = count()
        die = lambda: os.kill(os.getpid(), signal.SIGKILL) if next(counter) >= steps else None  # noqa: E731
        store._database.connection.set_progress_handler(die, 100)
    read_on(store, source(), size)
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
