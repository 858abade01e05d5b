"""Repeated snapshots of one session for a program."""

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
    """Call ``callback`` with a snapshot of a session now and every ``interval`` seconds, until stopped.

    The session may be of any supported agent, and may start later: the callback is not called before. The session's
    files are read into a private store, so nothing is changed. The callback runs in a thread; its exceptions are
    logged.

    Returns:
        The monitor: call it to stop, or use it in a ``with`` statement.

    Raises:
        ValueError: the interval is not positive, or the session id is empty.
    """
    if not session_id or not interval > 0:
        raise ValueError("the session id must not be empty, and the interval must be more than 0 seconds")
    return SessionMonitor(session_id, callback, interval)


class SessionMonitor:
    """A monitored session; see `monitor_session`."""

    def __init__(self, session_id: str, callback: Callable[[SessionSummary], object], interval: float) -> None:
        self._session_id = session_id
        self._callback = callback
        self._interval = interval
        self._stopped = Event()
        self._thread = Thread(target=self._run, name=f"tui-monitor {session_id}", daemon=True)
        self._thread.start()

    def __call__(self) -> None:
        """Stop. The callback is not called any more once this returns."""
        self._stopped.set()
        if current_thread() is not self._thread:
            self._thread.join()

    def __enter__(self) -> SessionMonitor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self()

    def _run(self) -> None:
        try:
            reader = _SessionReader(self._session_id)
        except (OSError, StoreError):
            _LOG.exception("session %s cannot be monitored", self._session_id)
            return
        while not self._stopped.is_set():
            try:
                if (snapshot := reader.snapshot()) and not self._stopped.is_set():
                    self._callback(snapshot)
            except Exception:
                _LOG.exception("a snapshot of session %s was lost", self._session_id)
            self._stopped.wait(self._interval)
        reader.close()


class _SessionReader:
    """Reads one session into a private store."""

    def __init__(self, session_id: str) -> None:
        self._session_id = session_id
        self._context = current_context()
        self._store: Store = private_store()
        self._main_files: dict[Path, Adapter] = {}

    def snapshot(self) -> SessionSummary | None:
        """Return the current state of the session; None until it exists."""
        self._main_files = self._main_files or self._find_files()
        files = dict(self._main_files)
        for path, adapter in self._main_files.items():
            with suppress(Exception):  # a folder that cannot be read, or a plug-in that fails
                files |= dict.fromkeys(adapter.related_files(path), adapter)
        read_files(self._store, files, self._context.prices)
        summary = next((each for each in self._store.sessions() if each.session.id == self._session_id), None)
        if summary is None:
            self._main_files = {}
            return None
        return replace(summary, totals=self._store.totals(summary.session))

    def close(self) -> None:
        self._store.close()

    def _find_files(self) -> dict[Path, Adapter]:
        """Return the files named after the session; without any, those with any name: what agents and runs recorded."""
        sessions = find_sessions(default_registry().adapters, self._context.search_context)
        matches = {each.path: each.adapter for each in sessions if self._session_id in str(each.path)}
        data = self._context.data
        return matches or {
            each.path: each.adapter
            for each in sessions
            if each.adapter.name == "stream" or each.path.is_relative_to(data)
        }
