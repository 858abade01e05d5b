"""The store's interface: ingests batches exactly once, and answers queries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tui_monitor.events import Batch, Checkpoint, SessionKey
from tui_monitor.figures import FigureKind, Period, PeriodTotal, SessionFigures
from tui_monitor.ledger import Amount
from tui_monitor.merge.file_history import FileHistory
from tui_monitor.merge.history import SessionHistory
from tui_monitor.search.hits import SearchAnswer
from tui_monitor.search.query import SearchQuery
from tui_monitor.store import checkpoints, compat_views, history, queries, scopes, search, search_index, spending
from tui_monitor.store.batch_writer import BatchWriter, IngestResult, Repricing
from tui_monitor.store.bodies import StoredBody, load_body
from tui_monitor.store.checkpoints import StoreHealth
from tui_monitor.store.compat_views import AgentRow, TelemetryRow
from tui_monitor.store.database import StoreDatabase, open_file, open_private
from tui_monitor.store.file_history import load_file_history
from tui_monitor.store.intern import InternTables
from tui_monitor.store.log_pages import LogReader
from tui_monitor.store.projection import Pricing
from tui_monitor.store.retention.retention import Retention
from tui_monitor.store.row_check import check_rows
from tui_monitor.store.scopes import QueryScope
from tui_monitor.store.session_figures import FigureReader, period_total
from tui_monitor.store.session_records import SessionRecords, load_records
from tui_monitor.store.spending import SpendingHistory, SpendingKey, SpendingScope, Spent
from tui_monitor.store.token_distributions import TokenDistribution, load_distributions
from tui_monitor.totals import ModelTotal, SessionSummary, SessionTotals, ToolTotal


def open_store(path: Path, *, bodies: bool = True, any_thread: bool = False, is_ours: bool = True) -> Store:
    """Open the store at ``path``; create the file and its folders, for their owner alone, if they are missing.

    Without ``bodies`` the arguments, outputs and diffs of calls are not stored. With ``any_thread`` several threads
    may use it, one at a time; otherwise only the one that opened it. Unless it ``is_ours`` a file that is no database
    is not damaged, but somebody else's.

    Raises:
        DamagedStoreError: it is damaged; see `set_aside`.
        StoreError: it cannot be opened, is not ours, or was written by another version.
    """
    return Store(open_file(path, any_thread=any_thread, is_ours=is_ours), bodies=bodies)


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
        self._figures = FigureReader(database, self._interned)
        self.log = LogReader(database, self._interned)
        """The logs of sessions, page by page."""
        self._writer = BatchWriter(database, self._interned, keep_bodies=bodies)
        self.retention = Retention(database, self._interned, self._writer.forget_rows, check_rows)

    def ingest(self, batch: Batch) -> IngestResult:
        """Write a whole batch with its checkpoint if it begins at the store's position, otherwise nothing of it.

        Raises:
            StoreError: it could not be written (the disk is full, another program writes); nothing is changed.
        """
        return self.ingest_all([batch])[0]

    def ingest_all(self, batches: Sequence[Batch]) -> list[IngestResult]:
        """Write batches in one transaction, and return the result of each.

        Each batch is compared with the store's position in its own source: a refused one does not refuse the others.

        Raises:
            StoreError: they could not be written; nothing is changed.
        """
        return self._writer.write(batches)

    def reprice(self, pricing: Pricing) -> Repricing:
        """Apply other prices and windows to all that is stored, in one transaction, as if it were read anew with them.

        Raises:
            StoreError: it could not be written; nothing is changed.
        """
        return self._writer.reprice(pricing)

    def repricings(self) -> int:
        """Return how many times other prices were applied to all that is stored, by whatever program."""
        with self._database.reading() as connection:
            number: int = connection.execute("SELECT repricings FROM event_counter").fetchone()[0]
            return number

    def copy(self) -> Store:
        """Return a private store with the same content.

        Raises:
            StoreError: the content cannot be copied.
        """
        return Store(self._database.copy(), bodies=self._bodies)

    def set_lock_timeout(self, seconds: float | None = None) -> None:
        """Wait so long for other programs that write (None: as usual). Another thread may call it while one waits."""
        self._database.set_lock_timeout(seconds)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Answer all queries inside from one snapshot. Nothing can be ingested inside."""
        with self._database.snapshot():
            yield

    def check_file(self) -> None:
        """Check that the file is still the one that was opened, and no other program has damaged it; it takes
        microseconds unless it has changed.

        Raises:
            ReplacedStoreError: it was deleted or replaced.
            DamagedStoreError: it is damaged.
        """
        self._database.check_file()

    def checkpoints(self, prefix: str) -> list[Checkpoint]:
        """Return the checkpoints of all sources whose identity begins with ``prefix``."""
        with self._database.reading() as connection:
            return checkpoints.load(connection, prefix)

    def stamps(self) -> dict[str, str]:
        """Return the stamps, by path, of the files that were read to their end: with the same stamp nothing is new."""
        with self._database.reading() as connection:
            return checkpoints.load_stamps(connection)

    def save_stamps(self, stamps: Mapping[str, str]) -> None:
        """Save the stamps of files, taken before they were read to their end.

        Raises:
            StoreError: they could not be written.
        """
        with self._database.writing() as connection:
            checkpoints.save_stamps(connection, stamps)

    def sessions_of(self, source: str) -> list[SessionKey]:
        """Return the sessions with events in the source of this identity, the last active first."""
        with self._database.reading() as connection:
            return checkpoints.sessions_of(connection, source)

    def health(self) -> StoreHealth:
        """Return the health of reading, over all sources."""
        with self._database.reading() as connection:
            return checkpoints.health(connection)

    def totals(self, session: SessionKey) -> SessionTotals:
        """Return the totals of a session, with its models, its agents, and the 100 files changed last."""
        with self._database.reading() as connection:
            return queries.totals(connection, self._interned, session)

    def history(self, session: SessionKey, calls: int = 1000) -> SessionHistory:
        """Return all that live state is built from: the records of the session and its agents, the last ``calls``
        calls and those without an end, and as many prompts, turns, context updates …; empty for an unknown session.

        Texts are cut; `body` returns them as they are stored.
        """
        with self._database.reading() as connection:
            return history.load(connection, self._interned, session, calls)

    def figures(self, session: SessionKey, kind: FigureKind, periods: Sequence[Period] = ()) -> SessionFigures:
        """Return the figures of a session of one kind; for its spending ``periods`` are the times that matter."""
        with self._database.reading() as connection:
            return self._figures.read(connection, session, kind, periods)

    def period_totals(self, periods: Sequence[Period]) -> list[PeriodTotal]:
        """Return what was spent in each of these periods."""
        with self._database.reading() as connection:
            return [period_total(connection, self._interned, period) for period in periods]

    def file_history(self, session: SessionKey, path: str) -> FileHistory:
        """Return the changes of a file in a session, with their diffs as they are stored."""
        with self._database.reading() as connection:
            return load_file_history(connection, self._interned, session, path)

    def body(self, session: SessionKey, call: str) -> StoredBody | None:
        """Return the texts and changes of a call as they are stored; None for an unknown call."""
        with self._database.reading() as connection:
            return load_body(connection, self._interned, session, call)

    def index_texts(self, count: int) -> int:
        """Make ``count`` more calls, prompts and messages searchable, those read last first; return how many there
        were.

        Raises:
            StoreError: it could not be written.
        """
        with self._database.writing() as connection:
            return 0 if search_index.fault_of(connection) else search_index.extend(connection, count)

    def search(self, query: SearchQuery) -> SearchAnswer:
        """Return the newest hits of a query among what is indexed."""
        with self._database.reading() as connection:
            return search.search(connection, self._interned, query)

    def sessions(
        self, *, since: int | None = None, until: int | None = None, limit: int | None = None
    ) -> list[SessionSummary]:
        """Return the sessions active from ``since`` until before ``until``, the last active first. Their totals are of
        that time, and come without models, agents and files."""
        with self._database.reading() as connection:
            return queries.sessions(connection, self._interned, since, until, limit)

    def overall(
        self, sessions: Collection[SessionKey] | None = None, *, since: int | None = None, until: int | None = None
    ) -> SessionTotals:
        """Return the totals of these sessions (None: all) together, with their models, under the key `EVERYTHING`."""
        with self._database.reading() as connection:
            return scopes.overall(connection, self._interned, QueryScope(sessions, since, until))

    def spending(self, scope: SpendingScope, keys: Collection[SpendingKey] = ()) -> list[Spent]:
        """Return the amounts of a scope, grouped by ``keys``."""
        with self._database.reading() as connection:
            return spending.amounts(connection, self._interned, scope, keys)

    def spending_history(self, scope: SpendingScope) -> SpendingHistory:
        """Return the single responses of a scope, and all calls and prompts of its sessions."""
        with self._database.reading() as connection:
            return spending.history(connection, self._interned, scope)

    def records(self, sessions: Collection[SessionKey]) -> list[SessionRecords]:
        """Return all single responses and calls of these sessions; unknown ones are left out."""
        with self._database.reading() as connection:
            return list(load_records(connection, self._interned, sessions))

    def token_distributions(self) -> list[TokenDistribution]:
        """Return how many tokens requests had and how long they took, by model, provider and operation."""
        with self._database.reading() as connection:
            return load_distributions(connection)

    def models(
        self, sessions: Collection[SessionKey] | None = None, *, since: int | None = None, until: int | None = None
    ) -> list[ModelTotal]:
        """Return the totals of each model in these sessions (None: all), the most expensive first."""
        with self._database.reading() as connection:
            return scopes.models(connection, self._interned, QueryScope(sessions, since, until))

    def tools(
        self, sessions: Collection[SessionKey] | None = None, *, since: int | None = None, until: int | None = None
    ) -> list[ToolTotal]:
        """Return the calls of each tool in these sessions (None: all) by their start, the most called first."""
        with self._database.reading() as connection:
            return scopes.tools(connection, self._interned, QueryScope(sessions, since, until))

    def agents(self, agent: str | None = None, *, parent: str | None = None, plan: str | None = None) -> list[AgentRow]:
        """Return the agents with this documented id, parent and plan, of all sessions."""
        with self._database.reading() as connection:
            return list(compat_views.agents(connection, agent, parent, plan))

    def agent_amounts(self, agent: str | None = None) -> dict[str, Amount]:
        """Return the amount of the agent with this documented id (None: of each), without agents that have none."""
        with self._database.reading() as connection:
            return compat_views.amounts(connection, agent)

    def agent_telemetry(self, agent: str) -> list[TelemetryRow]:
        """Return the responses and calls of the agent with this documented id, in order of time."""
        with self._database.reading() as connection:
            return compat_views.telemetry(connection, agent)

    def close(self) -> None:
        """Close the database."""
        self._database.close()
