"""Writes batches into the database, each exactly once, and applies other prices to what they have brought."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui_monitor.events import Batch, SessionKey
from tui_monitor.store import checkpoints, scopes
from tui_monitor.store.database import StoreDatabase
from tui_monitor.store.ingest import Ingest
from tui_monitor.store.intern import InternTables
from tui_monitor.store.projection import Pricing
from tui_monitor.store.scopes import QueryScope
from tui_monitor.store.sql import clamp_values
from tui_monitor.totals import ModelTotal


@dataclass(frozen=True, slots=True)
class IngestResult:
    """Result of ingesting a batch.

    ``cursor`` is the store's position in the source afterwards; a batch that does not begin at it is refused.
    ``sessions`` are those whose totals may have changed; for a refused batch those of its events.
    """

    accepted: bool
    cursor: str
    sessions: frozenset[SessionKey]


@dataclass(frozen=True, slots=True)
class Repricing:
    """Result of applying other prices: the models before and after, and the sessions whose totals may have changed."""

    before: list[ModelTotal]
    after: list[ModelTotal]
    sessions: frozenset[SessionKey]


class BatchWriter:
    """Writes into a database, with rows cached from one transaction to the next."""

    def __init__(self, database: StoreDatabase, interned: InternTables, *, keep_bodies: bool) -> None:
        self._database, self._interned, self._keep_bodies = database, interned, keep_bodies
        self._ingest: Ingest | None = None

    def write(self, batches: Sequence[Batch]) -> list[IngestResult]:
        """Write batches in one transaction, and return the result of each; values that the database does not take are
        replaced by those nearest to them."""
        try:
            return self._write_exactly(batches)
        except (OverflowError, UnicodeEncodeError):
            pass
        try:
            return self._write_exactly([_clamped(batch) for batch in batches])
        except OverflowError as error:  # of what is stored already
            raise self._database.damaged() from error

    def reprice(self, pricing: Pricing) -> Repricing:
        """Apply other prices and windows to all that is stored, in one transaction."""
        try:
            with self._database.writing() as connection:
                before = scopes.models(connection, self._interned, QueryScope())
                sessions = self._fresh_ingest(connection).reprice(pricing)
                connection.execute("UPDATE event_counter SET repricings = repricings + 1")
                return Repricing(before, scopes.models(connection, self._interned, QueryScope()), sessions)
        except BaseException:
            self._ingest = None
            raise

    def forget_rows(self) -> None:
        """Forget the cached rows, which somebody else changes."""
        self._ingest = None

    def _write_exactly(self, batches: Sequence[Batch]) -> list[IngestResult]:
        try:
            with self._database.writing() as connection:
                ingest = self._fresh_ingest(connection)
                results = [self._advance(connection, batch) for batch in batches]
                accepted = [batch for batch, result in zip(batches, results, strict=True) if result.accepted]
                if not accepted:
                    return results
                sessions = ingest.write([event for batch in accepted for event in batch.events])
                checkpoints.save_sessions(connection, accepted)
        except BaseException:
            self._ingest = None
            raise
        return [replace(result, sessions=sessions) if result.accepted else result for result in results]

    def _fresh_ingest(self, connection: sqlite3.Connection) -> Ingest:
        """Return the ingest whose cached rows are those of the database; inside `writing` only."""
        if self._database.changed_elsewhere() or self._ingest is None:
            self._ingest = Ingest(connection, keep_bodies=self._keep_bodies)
        return self._ingest

    @staticmethod
    def _advance(connection: sqlite3.Connection, batch: Batch) -> IngestResult:
        """Move the position of a batch's source to its end, or refuse the batch."""
        cursor, health = checkpoints.position(connection, batch.after)
        if cursor != batch.before:
            return IngestResult(False, cursor, frozenset(event.session for event in batch.events))
        checkpoints.save(connection, batch, health)
        return IngestResult(True, batch.after.cursor, frozenset())


def _clamped(batch: Batch) -> Batch:
    return replace(batch, after=clamp_values(batch.after), events=clamp_values(batch.events))
