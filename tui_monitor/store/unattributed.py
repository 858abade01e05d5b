"""Usage of sessions beyond their responses, as totals report it or as sources say that there may be.

A statusline, the result of a printed run, or a transcript may report the total of a session. It never replaces its
responses: what it has beyond those of its moment is one amount of the operation `UNATTRIBUTED`, recomputed whenever
either changes; later responses come on top. Like the totals of responses it depends on the set of reports alone, not
on their order.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from tui_monitor.events import MAIN, Rank, SessionKey, SessionTotalUpdate
from tui_monitor.ledger import BUCKET_MS, UNATTRIBUTED, ZERO, Account, Amount
from tui_monitor.store import rollups
from tui_monitor.store.amount_columns import (
    COST_COLUMNS,
    COUNT_COLUMNS,
    IS_REQUEST,
    MILLIDOLLAR,
    from_columns,
    join_cost,
    split_cost,
    sums,
)
from tui_monitor.store.projection import Effects, Pricing, Projection, ProjectionContext
from tui_monitor.store.reported_totals import (
    ALL_TIME,
    COUNTS,
    ListPriced,
    ReportedCounts,
    ReportedTotal,
    unattributed_amount,
)
from tui_monitor.store.responses import Responses
from tui_monitor.store.sql import id_list, placeholders, saturate


@dataclass(frozen=True, slots=True)
class UnattributedAmount:
    """The amount booked beyond the responses of a session, and its time."""

    at: int
    amount: Amount


_LARGEST = ", ".join(
    f"{name} = max(coalesce({name}, excluded.{name}), coalesce(excluded.{name}, {name}))" for name in COUNTS
)
_IS_LARGER = "coalesce(excluded.cost, -1) > coalesce(cost, -1)"
_ADD = f"""
    INSERT INTO reported_totals (session, run, at, until, inherits, list_priced, reported_cost, {", ".join(COUNTS)})
    VALUES (?, ?, ?, ?, ?, ?, ?, {placeholders(COUNTS)})
    ON CONFLICT (session, run, at) DO UPDATE SET {_LARGEST}, inherits = max(inherits, excluded.inherits),
        list_priced = iif({_IS_LARGER}, excluded.list_priced, list_priced),
        reported_cost = iif({_IS_LARGER}, excluded.reported_cost, reported_cost),
        until = iif(until AND excluded.until, min(until, excluded.until), max(until, excluded.until))
"""
_NO_LESS = " AND ".join(f"coalesce(new.{name}, -1) >= coalesce(old.{name}, -1)" for name in COUNTS)
_PRUNE = f"""
    DELETE FROM reported_totals AS old WHERE session = ? AND run = ? AND at <> 0 AND EXISTS (
        SELECT 1 FROM reported_totals AS new
        WHERE new.session = old.session AND new.run = old.run AND (new.at > old.at OR new.at = 0) AND {_NO_LESS}
            AND iif(old.until, new.until AND new.at / {BUCKET_MS} = old.at / {BUCKET_MS}, NOT new.until))
"""
"""A moment is needed for good, but one in a quarter of an hour is enough."""
_SELECT_REPORTED = f"""
    SELECT run, at, until, inherits, list_priced IS NOT NULL, {", ".join(COUNTS)} FROM reported_totals WHERE session = ?
"""
_SELECT_LIST_PRICED = """
    SELECT session, run, at, list_priced, reported_cost, cost FROM reported_totals WHERE list_priced IS NOT NULL
"""
_SAVE_COST = "UPDATE reported_totals SET cost = ? WHERE session = ? AND run = ? AND at = ?"
_ADD_COVERED = "INSERT OR IGNORE INTO covered_sessions (session, source, name) VALUES (?, ?, ?)"
_MARK_PARTIAL = "UPDATE sessions SET is_partial = max(is_partial, ?) WHERE id = ?"
_MAYBE, _CERTAINLY = 1, 2
"""Values of ``is_partial``: there may be more unless something tells, or there is more whatever is told."""
_OWN_TIMES = """
    SELECT min(first), max(last) FROM (
        SELECT (SELECT min(at) FROM responses WHERE session = :session AND shared = 0) AS first,
            (SELECT max(at) FROM responses WHERE session = :session AND shared = 0) AS last
        UNION ALL
        SELECT min(responses.at), max(responses.at)
        FROM observations JOIN responses ON responses.id = observations.response
        WHERE observations.session = :session AND responses.session = :session)
"""
_HAS_PRUNED_COPIES = "SELECT EXISTS (SELECT 1 FROM pruned_copies WHERE session = ?)"
_SHARES = "SELECT EXISTS (SELECT 1 FROM observations WHERE session = ?)"
_PARENTS = """
    SELECT DISTINCT responses.session FROM observations JOIN responses ON responses.id = observations.response
    WHERE observations.session = :session AND responses.session <> :session
"""
_RELATED = """
    SELECT DISTINCT theirs.session FROM observations AS mine JOIN observations AS theirs USING (response)
    WHERE mine.session IN ({})
"""
_WITH_TOTALS = """
    SELECT id FROM sessions
    WHERE id IN ({}) AND (is_partial OR EXISTS (SELECT 1 FROM reported_totals WHERE session = sessions.id)) ORDER BY id
"""
_COVERING = """
    SELECT sessions.id FROM covered_sessions JOIN sessions USING (source, name) WHERE covered_sessions.session IN ({})
"""
_COVERED = """
    SELECT covered_sessions.session FROM covered_sessions JOIN sessions USING (source, name) WHERE sessions.id = ?
"""
_BOOKED = f"SELECT {sums(at_least_zero=False)} FROM totals WHERE session = ?"
_BOOKED_FOR_RESPONSES = f"""
    SELECT {sums(at_least_zero=False)} FROM totals JOIN strings ON strings.id = operation
    WHERE session IN ({{}}) AND strings.value <> '{UNATTRIBUTED}'
"""
_OWN_AMOUNT = f"""
    responses.at, {IS_REQUEST}, input, output, cache_read, cache_creation, cache_creation_1h, min(reasoning, output),
    web_searches,
    coalesce(cost, 0), cost IS NULL, rank < {int(Rank.EXPORTED)}
"""
_RESPONSES = f"""
    SELECT {_OWN_AMOUNT} FROM responses WHERE session = :session AND shared = 0
    UNION ALL
    SELECT {_OWN_AMOUNT} FROM observations JOIN responses ON responses.id = observations.response
    WHERE observations.session = :session AND responses.session = :session
    UNION ALL
    SELECT bucket, {", ".join(COUNT_COLUMNS[:-2])}, cost_millidollars * {MILLIDOLLAR} + cost_picodollars, unpriced,
        lower_bound
    FROM rolled_amounts WHERE session = :session
    ORDER BY 1
"""
_IS_EXPORTED = f"""
    SELECT EXISTS (
        SELECT 1 FROM responses WHERE session = ? AND shared = 0
            AND (rank = {int(Rank.EXPORTED)} OR exported_cost IS NOT NULL))
"""
_IS_PARTIAL = "SELECT is_partial FROM sessions WHERE id = ?"
_AMOUNT = ("input", "output", "cache_read", "cache_creation", "reasoning", "unpriced", "lower_bound")
_COLUMNS = (*_AMOUNT, *COST_COLUMNS)
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
        self._responses = context.get(Responses)
        self._ledger = self._responses.ledger
        self._outdated: set[int] = set()
        self._reported: list[tuple[int, ReportedTotal, ListPriced]] = []
        self._repriced: set[tuple[int, str]] = set()
        self._partial: dict[int, int] = {}
        self._covered: list[tuple[int, str, str]] = []

    def apply(self, event: SessionTotalUpdate, order: int) -> None:
        """Add a reported total of a session, or that there may be more than is reported."""
        session = self._interned.sessions.id_of(event.session)
        if event.is_partial or event.is_lower_bound:
            level = _CERTAINLY if event.is_lower_bound else _MAYBE
            self._partial[session] = max(level, self._partial.get(session, 0))
        if event.covered_by:
            self._covered.append((session, *event.covered_by))
        is_empty = event.cost is None and event.tokens is None and event.prompt is None
        if is_empty and not event.list_priced and not event.until:
            return
        listed = ListPriced(event.list_priced, event.cost)
        cost = listed.total(event.listed_cost)
        counts = ReportedCounts(cost, prompt=event.prompt)
        if tokens := event.tokens:
            counts = ReportedCounts(
                cost,
                tokens.input if event.prompt is None else None,
                tokens.output,
                tokens.cache_read,
                tokens.cache_creation,
                tokens.reasoning,
                event.prompt,
            )
        total = ReportedTotal(event.run, event.at, event.until, event.inherits, counts)
        self._reported.append((session, total, listed))

    def reprice(self, pricing: Pricing) -> Iterator[Effects]:
        """Look up again what reported totals leave to the price list, and by what they exceed repriced responses."""
        for number, run, at, text, reported, cost in self._connection.execute(_SELECT_LIST_PRICED).fetchall():
            listed = ListPriced.from_columns(text, reported)
            session = self._interned.sessions.value_of(number)
            total = SessionTotalUpdate(session=session, at=at, run=run, list_priced=listed.models)
            if (new := listed.total(pricing.listed_cost(total))) != cost:
                self._connection.execute(_SAVE_COST, (new, number, run, at))
                self._repriced.add((number, run))
        self._outdated |= self._responses.repriced
        self._responses.repriced.clear()
        yield Effects()

    def flush(self, earlier: Effects) -> Effects:
        """Write the reported totals, and recompute the unattributed amounts of their sessions and of affected ones."""
        rows = [
            (session, total.run, total.at, total.until, total.inherits, *listed.columns(), *total.counts)
            for session, total, listed in self._reported
        ]
        self._connection.executemany(_ADD, rows)
        runs = self._repriced | {(session, total.run) for session, total, _ in self._reported}
        self._connection.executemany(_PRUNE, runs)
        self._connection.executemany(_MARK_PARTIAL, [(level, session) for session, level in self._partial.items()])
        self._connection.executemany(_ADD_COVERED, self._covered)
        covered = {session for session, *_ in self._covered}
        deltas = self._reconcile({session for session, _ in runs} | self._partial.keys() | self._outdated | covered)
        self._outdated.clear()
        self._reported.clear()
        self._repriced.clear()
        self._partial.clear()
        self._covered.clear()
        rollups.apply_unattributed(self._connection, self._interned, deltas)
        return rollups.effects(self._interned, deltas)

    def _reconcile(self, sessions: set[int]) -> dict[Account, Amount]:
        affected = sessions.union(map(self._interned.sessions.id_of, self._ledger.affected))
        related = self._connection.execute(_RELATED.format(id_list(affected))).fetchall()
        affected.update(session for (session,) in related)
        covering = self._connection.execute(_COVERING.format(id_list(affected))).fetchall()
        affected.update(session for (session,) in covering)
        rows = self._connection.execute(_WITH_TOTALS.format(id_list(affected)))
        deltas: dict[Account, Amount] = {}
        for (session,) in rows.fetchall():
            for account, amount in self._recompute(session):
                deltas[account] = deltas.get(account, ZERO).plus(amount)
        return {account: amount for account, amount in deltas.items() if amount != ZERO}

    def _recompute(self, session: int) -> Iterator[tuple[Account, Amount]]:
        """Save the amount of one session, and yield the differences to what was booked."""
        before = self._load(session)
        after = self._compute(session, before)
        if after == before:
            return
        self._save(session, after)
        key = self._interned.sessions.value_of(session)
        yield _account(key, before.at), ZERO.minus(before.amount)
        yield _account(key, after.at), after.amount

    def _compute(self, session: int, before: UnattributedAmount) -> UnattributedAmount:
        first, last = self._own_times(session)
        is_sharing = bool(self._connection.execute(_SHARES, (session,)).fetchone()[0])
        if first is None and is_sharing:
            return _NOTHING  # all its lines are copies, and so are the totals in them
        own = self._own_totals(session, first)
        if self._connection.execute(_HAS_PRUNED_COPIES, (session,)).fetchone()[0]:
            own = [total for total in own if not total.inherits]  # what it inherited is no longer known
        total = from_columns(self._connection.execute(_BOOKED, (session,)).fetchone()).minus(before.amount)
        if covered := self._covered_by(session):
            query = _BOOKED_FOR_RESPONSES.format(id_list(covered))
            others = from_columns(self._connection.execute(query).fetchone())
            total = total.plus(others._replace(lower_bound=0))
        booked = _Booked(self._connection, session, total)
        inherits = is_sharing and any(total.inherits for total in own)
        amount = unattributed_amount(own, booked, self._inherited(session, first) if inherits else ZERO)
        is_partial = self._connection.execute(_IS_PARTIAL, (session,)).fetchone()[0]
        if is_partial == _CERTAINLY:
            amount = amount._replace(lower_bound=max(0, amount.lower_bound) + 1)
        elif is_partial and self._may_be_more(session, own, last):
            amount = amount._replace(lower_bound=amount.lower_bound + 1)
        at = max((total.at for total in own), default=0) or last or 0
        return _NOTHING if amount == ZERO else UnattributedAmount(at, amount)

    def _covered_by(self, session: int) -> list[int]:
        """Return the other sessions that the totals of this one include."""
        rows = self._connection.execute(_COVERED, (session,))
        return [other for (other,) in rows if other != session]

    def _own_times(self, session: int) -> tuple[int | None, int | None]:
        first, last = self._connection.execute(_OWN_TIMES, {"session": session}).fetchone()
        return first, last

    def _own_totals(self, session: int, first: int | None) -> list[ReportedTotal]:
        """Return the totals that are not copies of another session's, by its own first response; no lines with metrics
        are copied."""
        rows = self._connection.execute(_SELECT_REPORTED, (session,))
        totals = [
            ReportedTotal(run, at, until, bool(inherits), ReportedCounts._make(counts), bool(is_listed))
            for run, at, until, inherits, is_listed, *counts in rows
        ]
        return [total for total in totals if not total.at or total.subject or total.at >= (first or 0)]

    def _inherited(self, session: int, first: int | None) -> Amount:
        """Return what the sessions spent of which this one has copies, each until the next one went on for itself."""
        parents = [parent for (parent,) in self._connection.execute(_PARENTS, {"session": session}).fetchall()]
        times = sorted((self._own_times(parent)[0] or 0, parent) for parent in parents)
        inherited = ZERO
        for (own_first, parent), (cut, _) in pairwise([*times, (first or 0, session)]):
            booked = _Booked(self._connection, parent)
            totals = [
                replace(total, until=min(total.until or cut, cut))
                for total in self._own_totals(parent, own_first)
                if total.at < cut
            ]
            more = unattributed_amount(totals, booked, inherited)
            inherited = inherited.plus(booked(cut)).plus(more)
        return inherited

    def _may_be_more(self, session: int, own: list[ReportedTotal], last: int | None) -> bool:
        """Return True unless a later total, or telemetry, says how much a session has spent beyond its responses."""
        if not last or any(total.until == ALL_TIME or total.until > last for total in own):
            return False
        return not self._connection.execute(_IS_EXPORTED, (session,)).fetchone()[0]

    def _load(self, session: int) -> UnattributedAmount:
        row = self._connection.execute(_SELECT, (session,)).fetchone()
        if row is None:
            return _NOTHING
        at, *counts, millidollars, picodollars = row
        cost = join_cost(millidollars, picodollars)
        return UnattributedAmount(at, Amount(**dict(zip(_AMOUNT, counts, strict=True)), cost=cost))

    def _save(self, session: int, unattributed: UnattributedAmount) -> None:
        if unattributed == _NOTHING:
            self._connection.execute("DELETE FROM unattributed WHERE session = ?", (session,))
            return
        agent = self._interned.agent(self._interned.sessions.value_of(session), MAIN)
        amount = unattributed.amount
        counts = (saturate(getattr(amount, column)) for column in _AMOUNT)
        self._connection.execute(_SAVE, (session, agent, unattributed.at, *counts, *split_cost(amount.cost)))


def _account(session: SessionKey, at: int) -> Account:
    return Account(session, MAIN, "", "", UNATTRIBUTED, at // BUCKET_MS * BUCKET_MS)


class _Booked:
    """The amount booked for the responses of a session before a moment; ``total`` is that for all of them."""

    def __init__(self, connection: sqlite3.Connection, session: int, total: Amount | None = None) -> None:
        self._connection = connection
        self._session = session
        self._total = total
        self._times: list[int] = []
        self._sums: list[Amount] = []

    def __call__(self, moment: int) -> Amount:
        if moment == ALL_TIME and self._total is not None:
            return self._total
        if not self._sums:
            rows = self._connection.execute(_RESPONSES, {"session": self._session}).fetchall()
            self._times = [row[0] for row in rows]
            self._sums = list(accumulate((Amount._make(map(int, row[1:])) for row in rows), Amount.plus, initial=ZERO))
        return self._sums[-1] if moment == ALL_TIME else self._sums[bisect_left(self._times, moment)]
