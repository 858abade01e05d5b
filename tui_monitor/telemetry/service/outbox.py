"""The way to a store that may be away: what is kept gets there exactly once, sooner or later."""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import Generic, Protocol, TypeVar

from tui_monitor.events import Batch, Checkpoint, Event
from tui_monitor.telemetry.recorder.errors import DatabaseError
from tui_monitor.telemetry.recorder.runtime import new_uid

RETRY_S = 15.0
MOST_WAITING = 1000
_CHECKPOINT = Checkpoint("monitoring-service", "", "monitoring-service", 1)
_LOG = logging.getLogger("tui_monitor.telemetry")


class Taken(Protocol):
    """What became of a batch: if it was refused, the store is elsewhere, at ``cursor``."""

    @property
    def accepted(self) -> bool: ...
    @property
    def cursor(self) -> str: ...


class AnyStore(Protocol):
    """What a store must be able to do (see `tui_monitor.store.Store`, which this module may not know)."""

    def ingest(self, batch: Batch) -> Taken: ...
    def reading(self) -> AbstractContextManager[None]: ...
    def close(self) -> None: ...


S = TypeVar("S", bound=AnyStore)
T = TypeVar("T")

_left_to_parent: list[object] = []
"""Databases of a process that has forked: closing them in the child would take the parent's locks away."""


class Archive(Generic[S]):
    """The way to the store, for all threads of a process, and for a forked child anew.

    What is kept goes there in one batch with a name of its own, if and only if the store is where the last one was
    taken: so each is there once, whoever else writes. What cannot be written waits, up to `MOST_WAITING` batches, and
    is tried again 15 seconds later, when something else is kept, and before every answer.
    """

    def __init__(self, path: Path, open_store: Callable[[Path], S], trouble: type[Exception]) -> None:
        """``trouble`` is what opening the store and all its methods raise."""
        self._path = path
        self._open_store = open_store
        self._errors = trouble
        self._begin()
        self._store: S | None = None

    def keep(self, *events: Event) -> None:
        """Have these events in the store, now or later. Nothing that is wrong with the store is raised."""
        with self._own_lock():
            self._waiting.append(events)
            if len(self._waiting) > MOST_WAITING:
                self._waiting.popleft()
                self._lost += 1
            if not self._trouble or time.monotonic() >= self._retry_at:
                try:
                    self._write()
                except self._errors as error:
                    self._fail(error)

    def ask(self, question: Callable[[S], T]) -> T:
        """The answer to a question, in which all that was kept is regarded.

        Raises:
            DatabaseError: there is none.
        """
        with self._own_lock():
            try:
                store = self._write()
                with store.reading():
                    return question(store)
            except self._errors as error:
                self._fail(error)
                raise DatabaseError(str(error)) from error

    def close(self) -> None:
        """Try once more what waits, and let go of the database."""
        with self._own_lock():
            try:
                if self._waiting:
                    self._write()
            except self._errors as error:
                self._fail(error)
            self._let_go()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = RLock()
        self._waiting: deque[tuple[Event, ...]] = deque()
        self._cursor = self._trouble = ""
        self._retry_at = 0.0
        self._lost = 0

    def _own_lock(self) -> RLock:
        if self._process != os.getpid():
            _left_to_parent.append(self._store)
            self._store = None
            self._begin()
        return self._lock

    def _write(self) -> S:
        """The store, with all in it that waited."""
        if self._store is None:
            self._store = self._open_store(self._path)
        while self._waiting:
            self._take(self._store, self._waiting[0])
            self._waiting.popleft()
        if self._trouble:
            self._trouble = ""
            _LOG.info("monitoring goes on; %d batches are lost", self._lost)
        return self._store

    def _take(self, store: S, events: tuple[Event, ...]) -> None:
        after, accepted = replace(_CHECKPOINT, cursor=new_uid()), False
        while not accepted:  # another process has kept something meanwhile
            outcome = store.ingest(Batch(self._cursor, after, events))
            accepted, self._cursor = outcome.accepted, outcome.cursor

    def _fail(self, error: Exception) -> None:
        if not self._trouble:
            _LOG.warning("agents cannot be kept just now: %s", error)
        self._trouble = str(error)
        self._retry_at = time.monotonic() + RETRY_S
        self._let_go()

    def _let_go(self) -> None:
        if self._store is not None:
            store, self._store = self._store, None
            store.close()
