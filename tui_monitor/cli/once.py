"""`watch --once`: reads the session that the monitor would show, and prints one frame of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from tui_monitor.cli.ending import FINE, NOTHING_FOUND, Failure, in_one_line
from tui_monitor.cli.frame import frame_lines
from tui_monitor.cli.reading import Reading, read_newest, read_paths
from tui_monitor.cli.setting import Setting, here, now_ms, screen_width
from tui_monitor.cli.words import check_paths
from tui_monitor.events import SessionKey
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.store import Store, StoreError, private_store
from tui_monitor.tui.header.lines import StatusView


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: a session, if there is one, and a line for all that went wrong."""

    state: SessionState | None
    troubles: tuple[str, ...]


def print_frame(paths: Sequence[str], store: str, no_store: bool) -> int:
    """Print the frame of the session among ``paths`` (none: of this folder, else of the newest session anywhere) that
    was heard of last. Without ``store`` paths are read for themselves, and the usual store is left as it is.

    Raises:
        Failure: a path does not exist, or there is no session.
    """
    check_paths(paths)
    setting = here()
    private = no_store or (paths and not store)
    found = _find(paths, setting, _private if private else setting.store_opener(store))
    if found.state is None:
        raise Failure(
            in_one_line(found.troubles) or "no session was found: name one, or start an agent.", NOTHING_FOUND
        )
    view = StatusView(found.state, now_ms(), in_one_line(found.troubles), setting.settings.display.levels)
    for line in frame_lines(view, screen_width(otherwise=100)):
        sys.stdout.write(line + "\n")
    return FINE


def _private() -> Store:
    return private_store(bodies=True)


def _find(paths: Sequence[str], setting: Setting, open_store: Callable[[], Store]) -> Found:
    """The session, read with the store, and where that fails without it."""
    try:
        return _read(paths, setting, open_store)
    except StoreError as error:
        found = _read(paths, setting, _private)
        return Found(found.state, (str(error), *found.troubles))


def _read(paths: Sequence[str], setting: Setting, open_store: Callable[[], Store]) -> Found:
    with closing(open_store()) as store:
        reading = read_paths(store, setting, paths) if paths else read_newest(store, setting)
        session = _heard_of_last(store, reading)
        state = _remembered(store, session) if session else None
        return Found(state, tuple(reading.errors if state else [*reading.errors, *reading.skipped]))


def _heard_of_last(store: Store, reading: Reading) -> SessionKey | None:
    """The newest session that was read, now or before."""
    for known in store.sessions():
        if known.session in reading.sessions or known.path in reading.files:
            return known.session
    return None


def _remembered(store: Store, session: SessionKey) -> SessionState:
    live, changes = LiveState(), Changes()
    with store.reading():
        live.restore(session, store.history(session), changes)
        live.set_totals(store.totals(session), changes)
    return live.sessions[session]
