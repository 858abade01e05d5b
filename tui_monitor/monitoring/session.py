"""One session, watched from a program: what is known of it, again and again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread, current_thread
from types import TracebackType

from tui_monitor.feed.batch_reader import read_files
from tui_monitor.monitoring.context import current_context
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.discovery.find import find_sessions
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import Store, StoreError, private_store
from tui_monitor.totals import SessionSummary

_LOG = logging.getLogger("tui_monitor.monitoring")


def monitor_session(
    session_id: str, callback: Callable[[SessionSummary], object], interval: float = 5.0
) -> SessionMonitor:
    """Call back with a snapshot of a session at once, and then every ``interval`` seconds, until it is stopped.

    The session may be of any agent that the monitor knows, and begin later: until it is found nothing is told. Its
    files are read as the monitor reads them, into a store of its own, so that nothing is changed by it. The callback
    runs in a thread; what it raises is logged.

    Returns:
        What stops it: call it, or use it with ``with``.

    Raises:
        ValueError: the interval is not positive, or no session is named.
    """
    if not session_id or not interval > 0:
        raise ValueError("a session must be named, and the interval be more than 0 seconds")
    return SessionMonitor(session_id, callback, interval)


class SessionMonitor:
    """A session that is watched; made by `monitor_session`."""

    def __init__(self, session_id: str, callback: Callable[[SessionSummary], object], interval: float) -> None:
        self._session_id = session_id
        self._told = callback
        self._interval = interval
        self._stopped = Event()
        self._thread = Thread(target=self._watch, name=f"tui-monitor {session_id}", daemon=True)
        self._thread.start()

    def __call__(self) -> None:
        """Stop. When this returns, nothing more is told."""
        self._stopped.set()
        if current_thread() is not self._thread:
            self._thread.join()

    def __enter__(self) -> SessionMonitor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self()

    def _watch(self) -> None:
        try:
            reading = _Reading(self._session_id)
        except (OSError, StoreError):
            _LOG.exception("session %s cannot be watched", self._session_id)
            return
        while not self._stopped.is_set():
            try:
                if (snapshot := reading.snapshot()) and not self._stopped.is_set():
                    self._told(snapshot)
            except Exception:
                _LOG.exception("a snapshot of session %s was lost", self._session_id)
            self._stopped.wait(self._interval)
        reading.close()


class _Reading:
    """Reads what is new of one session."""

    def __init__(self, session_id: str) -> None:
        self._session_id = session_id
        self._surroundings = current_context()
        self._store: Store = private_store()
        self._mains: dict[Path, Adapter] = {}

    def snapshot(self) -> SessionSummary | None:
        """The session as it is now; None as long as there is none."""
        self._mains = self._mains or self._find()
        files = dict(self._mains)
        for path, adapter in self._mains.items():
            with suppress(Exception):  # a folder that cannot be read, or a plug-in that fails
                files |= dict.fromkeys(adapter.related_files(path), adapter)
        read_files(self._store, files, self._surroundings.prices)
        found = next((each for each in self._store.sessions() if each.session.id == self._session_id), None)
        if found is None:
            self._mains = {}
            return None
        return replace(found, totals=self._store.totals(found.session))

    def close(self) -> None:
        self._store.close()

    def _find(self) -> dict[Path, Adapter]:
        """The files that are named after the session, else all that may be named after anything: what agents and
        commands recorded."""
        sessions = find_sessions(default_registry().adapters, self._surroundings.search_context)
        named = {each.path: each.adapter for each in sessions if self._session_id in str(each.path)}
        data = self._surroundings.data
        return named or {
            each.path: each.adapter
            for each in sessions
            if each.adapter.name == "stream" or each.path.is_relative_to(data)
        }
