"""Sees to it that everything read is in a store, whatever becomes of the store."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from tui_monitor.events import Batch, Checkpoint, SessionKey
from tui_monitor.feed.batch_reader import read_file
from tui_monitor.feed.enrich import with_rates
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Adapter
from tui_monitor.store import Store, StoreError, private_store

T = TypeVar("T")

RETRY_S = 15.0

NONE: frozenset[SessionKey] = frozenset()


class StoreManager:
    """Owns the store. Where it fails, a private one takes its place and is filled anew from the files, and the first
    is tried again from time to time. ``fault`` says what is wrong, empty when nothing is.

    All methods are called by one thread.
    """

    def __init__(
        self, open_store: Callable[[], Store], prices: PriceBook, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._open_store = open_store
        self._prices = prices
        self._clock = clock
        self._files: dict[Path, Adapter] = {}
        self._piped: list[Batch] = []
        self._retry_at = 0.0
        self.fault = ""
        try:
            self.store = open_store()
        except StoreError as error:
            self.store = private_store()
            self._note(error)

    def recall(self, prefix: str) -> tuple[list[Checkpoint], list[SessionKey]]:
        """The checkpoints of sources whose identity begins so, and the sessions that they told of."""

        def told(store: Store) -> tuple[list[Checkpoint], list[SessionKey]]:
            kept = store.checkpoints(prefix)
            return kept, [session for checkpoint in kept for session in store.sessions_of(checkpoint.source)]

        return self.ask(told)

    def ask(self, question: Callable[[Store], T]) -> T:
        """The answer to a question, all of it as of one moment."""
        try:
            return self._answer(question)
        except StoreError as error:
            self._fall_back(error)
            return self._answer(question)

    def store_batch(self, batch: Batch, adapter: Adapter | None) -> frozenset[SessionKey]:
        """Store a batch of a file that ``adapter`` can open again (None: of a pipe), and answer which sessions may have
        other sums now."""
        if adapter:
            self._files[Path(batch.after.path)] = adapter
        batch = with_rates(batch, self._prices)
        try:
            return self._take(batch, adapter)
        except StoreError as error:
            touched = self._fall_back(error)
        return touched if adapter else touched | self._take(batch, adapter)

    def recover(self) -> frozenset[SessionKey]:
        """Try the failed store again if it is time to; the sessions that have other sums now."""
        if not self.fault or self._clock() < self._retry_at:
            return NONE
        private = self.store
        try:
            self.store = self._open_store()
            touched = self._catch_up(self._files) | self._hand_over()
        except StoreError as error:
            self._note(error)
            if self.store is not private:
                self.store.close()
                self.store = private
            return NONE
        private.close()
        self._piped.clear()
        self.fault = ""
        return touched

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _answer(self, question: Callable[[Store], T]) -> T:
        with self.store.reading():
            return question(self.store)

    def _take(self, batch: Batch, adapter: Adapter | None) -> frozenset[SessionKey]:
        if adapter is None and self.fault:
            self._piped.append(batch)
        outcome = self.store.ingest(batch)
        if outcome.accepted or outcome.cursor == batch.after.cursor:
            return outcome.sessions
        if adapter is None:
            return self.store.ingest(replace(batch, before=outcome.cursor)).sessions
        return outcome.sessions | self._catch_up({Path(batch.after.path): adapter})

    def _note(self, error: StoreError) -> None:
        self.fault, self._retry_at = str(error), self._clock() + RETRY_S

    def _fall_back(self, error: StoreError) -> frozenset[SessionKey]:
        self._note(error)
        with suppress(StoreError):
            self.store.close()
        self.store = private_store()
        return self._catch_up(self._files)

    def _hand_over(self) -> frozenset[SessionKey]:
        """Store what came of pipes meanwhile: it cannot be read again."""
        outcomes = map(self.store.ingest, self._piped)
        return frozenset(session for outcome in outcomes for session in outcome.sessions)

    def _catch_up(self, files: Mapping[Path, Adapter]) -> frozenset[SessionKey]:
        """Read what the store lacks of these files, from where it stopped."""
        touched: set[SessionKey] = set()
        for path, adapter in files.items():
            try:
                touched |= read_file(self.store, path, adapter, self._prices)
            except StoreError:
                raise
            except Exception:  # it is gone, or a plug-in fails: the others are still to be read
                continue
        return frozenset(touched)
