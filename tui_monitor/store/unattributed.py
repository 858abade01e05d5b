"""What sessions are said to have cost in all, and what of it none of their responses accounts for.

A statusline, the result of a printed run, or a transcript may tell the total of a session. It never replaces what its
responses tell: what it shows beyond their sum is one row of the operation `UNATTRIBUTED`, worked out anew whenever
either changes. Like the sums of responses it depends on what was told alone, not on the order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from tui_monitor.events import MAIN, SessionKey, SessionTotalUpdate
from tui_monitor.ledger import BUCKET_MS, UNATTRIBUTED, ZERO, Account, Amount
from tui_monitor.store import rollups
from tui_monitor.store.projection import Effects, Projection, ProjectionContext
from tui_monitor.store.responses import Responses
from tui_monitor.store.schema import AMOUNTS
from tui_monitor.store.sql import SqlRow, id_list, placeholders, saturate


class ReportedCounts(NamedTuple):
    """What is said of a whole: picodollars and tokens, None where nothing is said."""

    cost: int | None = None
    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_creation: int | None = None
    reasoning: int | None = None

    @property
    def tells_all(self) -> bool:
        """Whether it tells both what was spent and what that cost."""
        return self.cost is not None and self.input is not None


class ReportedTotal(NamedTuple):
    """That a total was told: at a time (0: not known), of a run.

    What comes before the colon of a run's name is who tells it: the runs that one tells of add up to the session, and
    the totals of one run grow. Two who tell of a session tell of the same.
    """

    run: str
    at: int
    total: ReportedCounts


class UnattributedUsage(NamedTuple):
    """What is booked beyond the responses of a session, and when."""

    at: int
    amount: Amount


_TOTAL = ", ".join(ReportedCounts._fields)
_LARGER = ", ".join(
    f"{name} = max(coalesce({name}, excluded.{name}), coalesce(excluded.{name}, {name}))"
    for name in ReportedCounts._fields
)
_TELL = f"""
    INSERT INTO reported_totals (session, run, at, {_TOTAL}) VALUES (?, ?, ?, {placeholders(ReportedCounts._fields)})
    ON CONFLICT (session, run, at) DO UPDATE SET {_LARGER}
"""
_NO_LESS = " AND ".join(f"coalesce(new.{name}, -1) >= coalesce(old.{name}, -1)" for name in ReportedCounts._fields)
_PRUNE = f"""
    DELETE FROM reported_totals AS old WHERE session = ? AND run = ? AND at <> 0 AND EXISTS (
        SELECT 1 FROM reported_totals AS new
        WHERE new.session = old.session AND new.run = old.run AND (new.at > old.at OR new.at = 0) AND {_NO_LESS})
"""
_TOLD = f"SELECT run, at, {_TOTAL} FROM reported_totals WHERE session = ?"
_OWN = """
    SELECT min(first), max(last) FROM (
        SELECT (SELECT min(at) FROM responses WHERE session = :session AND shared = 0) AS first,
            (SELECT max(at) FROM responses WHERE session = :session AND shared = 0) AS last
        UNION ALL
        SELECT min(responses.at), max(responses.at)
        FROM observations JOIN responses ON responses.id = observations.response
        WHERE observations.session = :session AND responses.session = :session)
"""
_SHARES = "SELECT EXISTS (SELECT 1 FROM observations WHERE session = ?)"
_BOOKED = f"SELECT {', '.join(f'coalesce(sum({column}), 0)' for column in AMOUNTS)} FROM totals WHERE session = ?"
_KEPT = ("input", "output", "cache_read", "cache_creation", "reasoning", "cost", "unpriced", "lower_bound")
_LOAD = f"SELECT at, {', '.join(_KEPT)} FROM unattributed WHERE session = ?"
_SAVE = f"REPLACE INTO unattributed (session, agent, at, {', '.join(_KEPT)}) VALUES (?, ?, ?, {placeholders(_KEPT)})"
_NOTHING = UnattributedUsage(0, ZERO)


class Unattributed(Projection[SessionTotalUpdate]):
    """The tables of totals that were told, and of what they show beyond the responses."""

    reads = (SessionTotalUpdate,)
    after = (Responses,)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._ledger = context.get(Responses).ledger
        self._new: list[SqlRow] = []

    def apply(self, told: SessionTotalUpdate, order: int) -> None:
        """Take a total of a session."""
        tokens = told.tokens
        counts = (
            (tokens.input, tokens.output, tokens.cache_read, tokens.cache_creation, tokens.reasoning)
            if tokens
            else (None,) * 5
        )
        cost = None if told.cost is None else saturate(told.cost)
        self._new.append((self._interned.sessions.id_of(told.session), told.run, told.at, cost, *counts))

    def flush(self, earlier: Effects) -> Effects:
        """Write the reported totals, and recompute what is unattributed of their sessions and of affected ones."""
        deltas = self._reconcile(self._ledger.affected)
        rollups.apply_unattributed(self._connection, self._interned, deltas)
        return rollups.effects(self._interned, deltas)

    def _reconcile(self, affected: Iterable[SessionKey]) -> dict[Account, Amount]:
        """Work out what remains of the sessions that a total was told of, and of those ``affected``, whose responses
        may have changed; the sums must have been written. The answer is by how much each account moves."""
        self._connection.executemany(_TELL, self._new)
        self._connection.executemany(_PRUNE, {row[:2] for row in self._new})
        sessions = {row[0] for row in self._new} | {self._interned.sessions.id_of(session) for session in affected}
        self._new.clear()
        found = self._connection.execute(
            f"SELECT DISTINCT session FROM reported_totals WHERE session IN ({id_list(sessions)}) ORDER BY session"
        )
        moved: dict[Account, Amount] = {}
        for (session,) in found.fetchall():
            for account, amount in self._move(session):
                moved[account] = moved.get(account, ZERO).plus(amount)
        return {account: amount for account, amount in moved.items() if amount != ZERO}

    def _move(self, session: int) -> Iterator[tuple[Account, Amount]]:
        before = self._load(session)
        booked = Amount._make(self._connection.execute(_BOOKED, (session,)).fetchone()).minus(before.amount)
        after = self._unattributed_of(session, booked)
        if after == before:
            return
        self._save(session, after)
        key = self._interned.sessions.value_of(session)
        yield _account(key, before.at), ZERO.minus(before.amount)
        yield _account(key, after.at), after.amount

    def _unattributed_of(self, session: int, booked: Amount) -> UnattributedUsage:
        first, last = self._connection.execute(_OWN, {"session": session}).fetchone()
        if first is None and self._connection.execute(_SHARES, (session,)).fetchone()[0]:
            return _NOTHING  # all that it tells is a copy, its totals too
        told = (
            ReportedTotal(run, at, ReportedCounts._make(total))
            for run, at, *total in self._connection.execute(_TOLD, (session,))
        )
        own = [reported for reported in told if not reported.at or reported.at >= (first or 0)]
        amount = beyond(whole(own), booked)
        at = max((reported.at for reported in own), default=0) or last or 0
        return _NOTHING if amount == ZERO else UnattributedUsage(at, amount)

    def _load(self, session: int) -> UnattributedUsage:
        row = self._connection.execute(_LOAD, (session,)).fetchone()
        return UnattributedUsage(row[0], Amount(**dict(zip(_KEPT, row[1:], strict=True)))) if row else _NOTHING

    def _save(self, session: int, unattributed: UnattributedUsage) -> None:
        if unattributed == _NOTHING:
            self._connection.execute("DELETE FROM unattributed WHERE session = ?", (session,))
            return
        agent = self._interned.agent(self._interned.sessions.value_of(session), MAIN)
        kept = (getattr(unattributed.amount, column) for column in _KEPT)
        self._connection.execute(_SAVE, (session, agent, unattributed.at, *map(saturate, kept)))


def whole(reported_totals: Iterable[ReportedTotal]) -> ReportedCounts:
    """What a session has come to by all that was told of it."""
    runs: dict[str, list[ReportedCounts]] = defaultdict(list)
    for reported in reported_totals:
        runs[reported.run].append(reported.total)
    reporters: dict[str, list[ReportedCounts]] = defaultdict(list)
    for run, totals in runs.items():
        reporters[run.partition(":")[0]].append(_merged(totals, max))
    return _merged((_merged(totals, sum) for totals in reporters.values()), max)


def beyond(told: ReportedCounts, booked: Amount) -> Amount:
    """What a total shows beyond what is ``booked`` for the responses.

    Where it tells of no caches, its input includes what went through them. Where it tells all, and no less was sent to
    the models than their responses say, it makes up for their outputs that are only known from below: then it takes
    back their marks.
    """
    counts = {name: max(0, (getattr(told, name) or 0) - getattr(booked, name)) for name in ReportedCounts._fields}
    if not (told.cache_read or told.cache_creation):
        counts["input"] = max(0, (told.input or 0) - booked.input - booked.cache_read - booked.cache_creation)
    sent = (booked.input, booked.cache_read, booked.cache_creation)
    told_sent = (told.input or 0, told.cache_read or 0, told.cache_creation or 0)
    makes_up = told.tells_all and all(now >= then for now, then in zip(told_sent, sent, strict=True))
    return Amount(
        **counts,
        unpriced=int(told.cost is None and any(counts.values())),
        lower_bound=-booked.lower_bound if makes_up else 0,
    )


def _merged(totals: Iterable[ReportedCounts], merge: Callable[[list[int]], int]) -> ReportedCounts:
    columns = ([said for said in column if said is not None] for column in zip(ReportedCounts(), *totals, strict=True))
    return ReportedCounts._make(merge(column) if column else None for column in columns)


def _account(session: SessionKey, at: int) -> Account:
    return Account(session, MAIN, "", "", UNATTRIBUTED, at // BUCKET_MS * BUCKET_MS)
