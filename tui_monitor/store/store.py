"""The store as others see it: takes batches exactly once, and answers what is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tui_monitor.events import Batch, Checkpoint, Event, SessionKey
from tui_monitor.ledger import Amount
from tui_monitor.store import body, checkpoints, compat_views, history, queries, scopes
from tui_monitor.store.body import CallBody
from tui_monitor.store.checkpoints import StoreHealth
from tui_monitor.store.compat_views import AgentRow, TelemetryRow
from tui_monitor.store.database import StoreDatabase, open_file, open_private
from tui_monitor.store.ingest import Ingest
from tui_monitor.store.intern import InternTables
from tui_monitor.store.scopes import QueryScope
from tui_monitor.store.sql import clamp_values
from tui_monitor.totals import ModelTotal, SessionSummary, SessionTotals, ToolTotal


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What became of a batch. If it was refused the store is elsewhere in its source: read on from ``cursor``.

    ``sessions`` are those of which any sum may have changed; of a refused batch those it tells of.
    """

    accepted: bool
    cursor: str
    sessions: frozenset[SessionKey]


def open_store(path: Path, *, bodies: bool = True, any_thread: bool = False) -> Store:
    """Open the store at ``path``; create the file and its folders, for their owner alone, if they are missing.

    Without ``bodies`` the arguments, outputs and diffs of calls are not stored. With ``any_thread`` several threads
    may use it, one at a time; otherwise only the one that opened it.

    Raises:
        StoreError: it cannot be opened, is not ours, is damaged, or was written by another version.
    """
    return Store(open_file(path, any_thread=any_thread), bodies=bodies)


def private_store(*, bodies: bool = False) -> Store:
    """Open a store of this process that is deleted when it is closed."""
    return Store(open_private(), bodies=bodies)


class Store:
    """Everything read of all sessions. For one thread at a time; every method may raise a `StoreError`.

    Sums are absolute and of what is committed. Times are UTC epoch milliseconds, money is in picodollars.
    """

    def __init__(self, database: StoreDatabase, *, bodies: bool) -> None:
        self.path = database.path
        self._database = database
        self._bodies = bodies
        self._interned = InternTables(database.connection)
        self._ingest: Ingest | None = None

    def ingest(self, batch: Batch) -> IngestResult:
        """Take a batch wholly, with its checkpoint, if the store is where it begins; else nothing of it.

        Raises:
            StoreError: it could not be written (the disk is full, another program writes); nothing is changed.
        """
        try:
            return self._take(batch)
        except (OverflowError, UnicodeEncodeError):
            return self._take(replace(batch, after=clamp_values(batch.after), events=clamp_values(batch.events)))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Everything asked inside is answered as of one moment. Nothing can be ingested inside."""
        with self._database.reading():
            yield

    def checkpoints(self, prefix: str) -> list[Checkpoint]:
        """The checkpoints of all sources whose identity begins with ``prefix``."""
        with self._database.reading() as connection:
            return checkpoints.load(connection, prefix)

    def sessions_of(self, source: str) -> list[SessionKey]:
        """The sessions of which the source of this identity has told, the one heard of last first."""
        with self._database.reading() as connection:
            return checkpoints.told(connection, source)

    def health(self) -> StoreHealth:
        """What reading met, over all sources."""
        with self._database.reading() as connection:
            return checkpoints.health(connection)

    def totals(self, session: SessionKey) -> SessionTotals:
        """All sums of a session, with its models, its agents, and the 100 files that were changed last."""
        with self._database.reading() as connection:
            return queries.totals(connection, self._interned, session)

    def history(self, session: SessionKey, calls: int = 1000) -> list[Event]:
        """The events from which live state is built anew, in order: what is known of the session and its agents,
        the last ``calls`` calls and those that have not ended, and as many prompts, turns, context points …

        Texts are cut; `body` has them as they are stored. The `uid` of a call is not kept, and empty.
        """
        with self._database.reading() as connection:
            return history.load(connection, self._interned, session, calls)

    def body(self, session: SessionKey, call: str) -> CallBody | None:
        """The texts and changes of a call as they are stored; None for a call that is not known."""
        with self._database.reading() as connection:
            return body.load(connection, self._interned, session, call)

    def sessions(
        self, *, since: int | None = None, until: int | None = None, limit: int | None = None
    ) -> list[SessionSummary]:
        """The sessions heard of from ``since`` until before ``until``, the one heard of last first. Their totals come
        without models, agents and files."""
        with self._database.reading() as connection:
            return queries.sessions(connection, since, until, limit)

    def overall(
        self, sessions: Collection[SessionKey] | None = None, *, since: int | None = None, until: int | None = None
    ) -> SessionTotals:
        """All sums of these sessions (None: of all) together, with their models; the session is `EVERYTHING`.

        Times are cut to quarters of an hour, here and below: one that is only cut is counted whole.
        """
        with self._database.reading() as connection:
            return scopes.overall(connection, self._interned, QueryScope(sessions, since, until))

    def models(
        self, sessions: Collection[SessionKey] | None = None, *, since: int | None = None, until: int | None = None
    ) -> list[ModelTotal]:
        """What each model spent in these sessions (None: in all), the dearest first."""
        with self._database.reading() as connection:
            return scopes.models(connection, self._interned, QueryScope(sessions, since, until))

    def tools(
        self, sessions: Collection[SessionKey] | None = None, *, since: int | None = None, until: int | None = None
    ) -> list[ToolTotal]:
        """The calls of each tool in these sessions (None: in all) by when they started, the most called first."""
        with self._database.reading() as connection:
            return scopes.tools(connection, self._interned, QueryScope(sessions, since, until))

    def agents(self, agent: str | None = None, *, parent: str | None = None, plan: str | None = None) -> list[AgentRow]:
        """The agents of this compat_views id, of this parent, of this plan; of all sessions."""
        with self._database.reading() as connection:
            return list(compat_views.agents(connection, agent, parent, plan))

    def agent_amounts(self, agent: str | None = None) -> dict[str, Amount]:
        """What the agent of this compat_views id (None: each) has spent; those that spent nothing are left out."""
        with self._database.reading() as connection:
            return compat_views.amounts(connection, agent)

    def agent_telemetry(self, agent: str) -> list[TelemetryRow]:
        """The responses and calls of the agent of this compat_views id, by their times."""
        with self._database.reading() as connection:
            return compat_views.telemetry(connection, agent)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _take(self, batch: Batch) -> IngestResult:
        try:
            with self._database.writing() as connection:
                if self._database.changed_elsewhere() or self._ingest is None:
                    self._ingest = Ingest(connection, keep_bodies=self._bodies)
                cursor, health = checkpoints.known(connection, batch.after)
                if cursor != batch.before:
                    return IngestResult(False, cursor, frozenset(event.session for event in batch.events))
                sessions = self._ingest.write(batch.events)
                checkpoints.save(connection, batch, health)
        except BaseException:
            self._ingest = None
            raise
        return IngestResult(True, batch.after.cursor, sessions)
