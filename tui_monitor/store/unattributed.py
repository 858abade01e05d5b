"""Totals reported for whole sessions, and the part of them that no response accounts for.

A statusline, the result of a printed run, or a transcript may report the total of a session. It never replaces its
responses: what it has beyond their sum is one amount of the operation `UNATTRIBUTED`, recomputed whenever either
changes. Like the totals of responses it depends on the set of reports alone, not on their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tui_monitor.events import MAIN, SessionKey, SessionTotalUpdate
from tui_monitor.ledger import BUCKET_MS, UNATTRIBUTED, ZERO, Account, Amount
from tui_monitor.store import rollups
from tui_monitor.store.projection import Effects, Projection, ProjectionContext
from tui_monitor.store.responses import Responses
from tui_monitor.store.schema import AMOUNTS
from tui_monitor.store.sql import id_list, placeholders, saturate


class ReportedCounts(NamedTuple):
    """Reported totals: picodollars and tokens, None where nothing is reported."""

    cost: int | None = None
    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_creation: int | None = None
    reasoning: int | None = None

    @property
    def is_complete(self) -> bool:
        """True if both the tokens and their cost are reported."""
        return self.cost is not None and self.input is not None


@dataclass(frozen=True, slots=True)
class ReportedTotal:
    """A cumulative total of a run, as reported at a time (0: unknown).

    The part of the run's name before a colon is the reporter. Runs of one reporter add up; different reporters
    describe the same spending, so the largest counts.
    """

    run: str
    at: int
    counts: ReportedCounts


@dataclass(frozen=True, slots=True)
class UnattributedAmount:
    """The amount booked beyond the responses of a session, and its time."""

    at: int
    amount: Amount


_COUNTS = ReportedCounts._fields
_LARGEST = ", ".join(
    f"{name} = max(coalesce({name}, excluded.{name}), coalesce(excluded.{name}, {name}))" for name in _COUNTS
)
_ADD = f"""
    INSERT INTO reported_totals (session, run, at, {", ".join(_COUNTS)}) VALUES (?, ?, ?, {placeholders(_COUNTS)})
    ON CONFLICT (session, run, at) DO UPDATE SET {_LARGEST}
"""
_NO_LESS = " AND ".join(f"coalesce(new.{name}, -1) >= coalesce(old.{name}, -1)" for name in _COUNTS)
_PRUNE = f"""
    DELETE FROM reported_totals AS old WHERE session = ? AND run = ? AND at <> 0 AND EXISTS (
        SELECT 1 FROM reported_totals AS new
        WHERE new.session = old.session AND new.run = old.run AND (new.at > old.at OR new.at = 0) AND {_NO_LESS})
"""
_SELECT_REPORTED = f"SELECT run, at, {', '.join(_COUNTS)} FROM reported_totals WHERE session = ?"
_OWN_TIMES = """
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
_COLUMNS = ("input", "output", "cache_read", "cache_creation", "reasoning", "cost", "unpriced", "lower_bound")
_SELECT = f"SELECT at, {', '.join(_COLUMNS)} FROM unattributed WHERE session = ?"
_SAVE = f"""
    REPLACE INTO unattributed (session, agent, at, {", ".join(_COLUMNS)}) VALUES (?, ?, ?, {placeholders(_COLUMNS)})
"""
_NOTHING = UnattributedAmount(0, ZERO)


class Unattributed(Projection[SessionTotalUpdate]):
    """The tables of reported totals, and of the amounts by which they exceed the responses."""

    reads = (SessionTotalUpdate,)
    after = (Responses,)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._ledger = context.get(Responses).ledger
        self._reported: list[tuple[int, ReportedTotal]] = []

    def apply(self, event: SessionTotalUpdate, order: int) -> None:
        """Add a reported total of a session."""
        cost = None if event.cost is None else saturate(event.cost)
        counts = ReportedCounts(cost)
        if tokens := event.tokens:
            counts = ReportedCounts(
                cost, tokens.input, tokens.output, tokens.cache_read, tokens.cache_creation, tokens.reasoning
            )
        session = self._interned.sessions.id_of(event.session)
        self._reported.append((session, ReportedTotal(event.run, event.at, counts)))

    def flush(self, earlier: Effects) -> Effects:
        """Write the reported totals, and recompute the unattributed amounts of their sessions and of affected ones."""
        rows = [(session, total.run, total.at, *total.counts) for session, total in self._reported]
        self._connection.executemany(_ADD, rows)
        self._connection.executemany(_PRUNE, {(session, total.run) for session, total in self._reported})
        deltas = self._reconcile({session for session, _ in self._reported})
        self._reported.clear()
        rollups.apply_unattributed(self._connection, self._interned, deltas)
        return rollups.effects(self._interned, deltas)

    def _reconcile(self, sessions: set[int]) -> dict[Account, Amount]:
        affected = map(self._interned.sessions.id_of, self._ledger.affected)
        rows = self._connection.execute(
            "SELECT DISTINCT session FROM reported_totals"
            f" WHERE session IN ({id_list(sessions.union(affected))}) ORDER BY session"
        )
        deltas: dict[Account, Amount] = {}
        for (session,) in rows.fetchall():
            for account, amount in self._recompute(session):
                deltas[account] = deltas.get(account, ZERO).plus(amount)
        return {account: amount for account, amount in deltas.items() if amount != ZERO}

    def _recompute(self, session: int) -> Iterator[tuple[Account, Amount]]:
        """Save the amount of one session, and yield the differences to what was booked."""
        before = self._load(session)
        booked = Amount._make(self._connection.execute(_BOOKED, (session,)).fetchone()).minus(before.amount)
        after = self._compute(session, booked)
        if after == before:
            return
        self._save(session, after)
        key = self._interned.sessions.value_of(session)
        yield _account(key, before.at), ZERO.minus(before.amount)
        yield _account(key, after.at), after.amount

    def _compute(self, session: int, booked: Amount) -> UnattributedAmount:
        first, last = self._connection.execute(_OWN_TIMES, {"session": session}).fetchone()
        if first is None and self._connection.execute(_SHARES, (session,)).fetchone()[0]:
            return _NOTHING  # all its lines are copies, and so are the totals in them
        rows = self._connection.execute(_SELECT_REPORTED, (session,))
        totals = [ReportedTotal(run, at, ReportedCounts._make(counts)) for run, at, *counts in rows]
        own = [total for total in totals if not total.at or total.at >= (first or 0)]
        amount = unattributed_amount(session_total(own), booked)
        at = max((total.at for total in own), default=0) or last or 0
        return _NOTHING if amount == ZERO else UnattributedAmount(at, amount)

    def _load(self, session: int) -> UnattributedAmount:
        row = self._connection.execute(_SELECT, (session,)).fetchone()
        if row is None:
            return _NOTHING
        at, *amount = row
        return UnattributedAmount(at, Amount(**dict(zip(_COLUMNS, amount, strict=True))))

    def _save(self, session: int, unattributed: UnattributedAmount) -> None:
        if unattributed == _NOTHING:
            self._connection.execute("DELETE FROM unattributed WHERE session = ?", (session,))
            return
        agent = self._interned.agent(self._interned.sessions.value_of(session), MAIN)
        amount = (saturate(getattr(unattributed.amount, column)) for column in _COLUMNS)
        self._connection.execute(_SAVE, (session, agent, unattributed.at, *amount))


def session_total(totals: Iterable[ReportedTotal]) -> ReportedCounts:
    """Return the session's total: the largest of each run, summed per reporter, the largest of all reporters."""
    runs: dict[str, list[ReportedCounts]] = defaultdict(list)
    for total in totals:
        runs[total.run].append(total.counts)
    reporters: dict[str, list[ReportedCounts]] = defaultdict(list)
    for run, counts in runs.items():
        reporters[run.partition(":")[0]].append(_merge(counts, max))
    return _merge((_merge(counts, sum) for counts in reporters.values()), max)


def unattributed_amount(reported: ReportedCounts, booked: Amount) -> Amount:
    """Return the usage ``reported`` for a session minus the usage ``booked`` for its responses.

    An input that is reported without caches includes what went through them. A complete report of at least what the
    responses sent to the models makes up for outputs known as lower bounds only, and clears their flags.
    """
    counts = {name: max(0, (getattr(reported, name) or 0) - getattr(booked, name)) for name in _COUNTS}
    if not (reported.cache_read or reported.cache_creation):
        counts["input"] = max(0, (reported.input or 0) - booked.input - booked.cache_read - booked.cache_creation)
    reported_prompt = (reported.input or 0, reported.cache_read or 0, reported.cache_creation or 0)
    booked_prompt = (booked.input, booked.cache_read, booked.cache_creation)
    covers_responses = all(total >= part for total, part in zip(reported_prompt, booked_prompt, strict=True))
    return Amount(
        **counts,
        unpriced=int(reported.cost is None and any(counts.values())),
        lower_bound=-booked.lower_bound if reported.is_complete and covers_responses else 0,
    )


def _merge(totals: Iterable[ReportedCounts], function: Callable[[Sequence[int]], int]) -> ReportedCounts:
    columns = ([count for count in column if count is not None] for column in zip(_EMPTY, *totals, strict=True))
    return ReportedCounts._make(function(column) if column else None for column in columns)


_EMPTY = ReportedCounts()


def _account(session: SessionKey, at: int) -> Account:
    return Account(session, MAIN, "", "", UNATTRIBUTED, at // BUCKET_MS * BUCKET_MS)
