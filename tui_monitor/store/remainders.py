"""What sessions are said to have cost in all, and what of it none of their responses accounts for.

A statusline, the result of a printed run, or a transcript may tell the total of a session. It never replaces what its
responses tell: what it shows beyond their sum is one row of the operation `UNATTRIBUTED`, worked out anew whenever
either changes. Like the sums of responses it depends on what was told alone, not on the order.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from tui_monitor.events import MAIN, SessionKey, SessionTotalUpdate
from tui_monitor.ledger import BUCKET_MS, UNATTRIBUTED, ZERO, Account, Amount
from tui_monitor.store.names import Names
from tui_monitor.store.schema import AMOUNTS
from tui_monitor.store.sql import Row, listed, marks, saturated


class Total(NamedTuple):
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


class Telling(NamedTuple):
    """That a total was told: at a time (0: not known), of a run.

    What comes before the colon of a run's name is who tells it: the runs that one tells of add up to the session, and
    the totals of one run grow. Two who tell of a session tell of the same.
    """

    run: str
    at: int
    total: Total


class Remainder(NamedTuple):
    """What is booked beyond the responses of a session, and when."""

    at: int
    amount: Amount


_TOTAL = ", ".join(Total._fields)
_LARGER = ", ".join(
    f"{name} = max(coalesce({name}, excluded.{name}), coalesce(excluded.{name}, {name}))" for name in Total._fields
)
_TELL = f"""
    INSERT INTO told_totals (session, run, at, {_TOTAL}) VALUES (?, ?, ?, {marks(Total._fields)})
    ON CONFLICT (session, run, at) DO UPDATE SET {_LARGER}
"""
_NO_LESS = " AND ".join(f"coalesce(new.{name}, -1) >= coalesce(old.{name}, -1)" for name in Total._fields)
_PRUNE = f"""
    DELETE FROM told_totals AS old WHERE session = ? AND run = ? AND at <> 0 AND EXISTS (
        SELECT 1 FROM told_totals AS new
        WHERE new.session = old.session AND new.run = old.run AND (new.at > old.at OR new.at = 0) AND {_NO_LESS})
"""
_TOLD = f"SELECT run, at, {_TOTAL} FROM told_totals WHERE session = ?"
_OWN = """
    SELECT min(first), max(last) FROM (
        SELECT (SELECT min(at) FROM spends WHERE session = :session AND shared = 0) AS first,
            (SELECT max(at) FROM spends WHERE session = :session AND shared = 0) AS last
        UNION ALL
        SELECT min(spends.at), max(spends.at) FROM sightings JOIN spends ON spends.id = sightings.spend
        WHERE sightings.session = :session AND spends.session = :session)
"""
_SHARES = "SELECT EXISTS (SELECT 1 FROM sightings WHERE session = ?)"
_BOOKED = f"SELECT {', '.join(f'coalesce(sum({column}), 0)' for column in AMOUNTS)} FROM totals WHERE session = ?"
_KEPT = ("input", "output", "cache_read", "cache_creation", "reasoning", "cost", "unpriced", "lower_bound")
_LOAD = f"SELECT at, {', '.join(_KEPT)} FROM remainders WHERE session = ?"
_SAVE = f"REPLACE INTO remainders (session, agent, at, {', '.join(_KEPT)}) VALUES (?, ?, ?, {marks(_KEPT)})"
_NOTHING = Remainder(0, ZERO)


class Remainders:
    """The tables of totals that were told, and of what they show beyond the responses."""

    def __init__(self, connection: sqlite3.Connection, names: Names) -> None:
        self._connection = connection
        self._names = names
        self._new: list[Row] = []

    def tell(self, told: SessionTotalUpdate) -> None:
        """Take a total of a session."""
        tokens = told.tokens
        counts = (
            (tokens.input, tokens.output, tokens.cache_read, tokens.cache_creation, tokens.reasoning)
            if tokens
            else (None,) * 5
        )
        cost = None if told.cost is None else saturated(told.cost)
        self._new.append((self._names.sessions.number(told.session), told.run, told.at, cost, *counts))

    def settle(self, concerned: Iterable[SessionKey]) -> dict[Account, Amount]:
        """Work out what remains of the sessions that a total was told of, and of those ``concerned``, whose responses
        may have changed; the sums must have been written. The answer is by how much each account moves."""
        self._connection.executemany(_TELL, self._new)
        self._connection.executemany(_PRUNE, {row[:2] for row in self._new})
        sessions = {row[0] for row in self._new} | {self._names.sessions.number(session) for session in concerned}
        self._new.clear()
        found = self._connection.execute(
            f"SELECT DISTINCT session FROM told_totals WHERE session IN ({listed(sessions)}) ORDER BY session"
        )
        moved: dict[Account, Amount] = {}
        for (session,) in found.fetchall():
            for account, amount in self._move(session):
                moved[account] = moved.get(account, ZERO).plus(amount)
        return {account: amount for account, amount in moved.items() if amount != ZERO}

    def _move(self, session: int) -> Iterator[tuple[Account, Amount]]:
        before = self._load(session)
        booked = Amount._make(self._connection.execute(_BOOKED, (session,)).fetchone()).minus(before.amount)
        after = self._remainder(session, booked)
        if after == before:
            return
        self._save(session, after)
        key = self._names.sessions.value(session)
        yield _account(key, before.at), ZERO.minus(before.amount)
        yield _account(key, after.at), after.amount

    def _remainder(self, session: int, booked: Amount) -> Remainder:
        first, last = self._connection.execute(_OWN, {"session": session}).fetchone()
        if first is None and self._connection.execute(_SHARES, (session,)).fetchone()[0]:
            return _NOTHING  # all that it tells is a copy, its totals too
        told = (Telling(run, at, Total._make(total)) for run, at, *total in self._connection.execute(_TOLD, (session,)))
        own = [telling for telling in told if not telling.at or telling.at >= (first or 0)]
        amount = beyond(whole(own), booked)
        at = max((telling.at for telling in own), default=0) or last or 0
        return _NOTHING if amount == ZERO else Remainder(at, amount)

    def _load(self, session: int) -> Remainder:
        row = self._connection.execute(_LOAD, (session,)).fetchone()
        return Remainder(row[0], Amount(**dict(zip(_KEPT, row[1:], strict=True)))) if row else _NOTHING

    def _save(self, session: int, remainder: Remainder) -> None:
        if remainder == _NOTHING:
            self._connection.execute("DELETE FROM remainders WHERE session = ?", (session,))
            return
        agent = self._names.agent(self._names.sessions.value(session), MAIN)
        kept = (getattr(remainder.amount, column) for column in _KEPT)
        self._connection.execute(_SAVE, (session, agent, remainder.at, *map(saturated, kept)))


def whole(tellings: Iterable[Telling]) -> Total:
    """What a session has come to by all that was told of it."""
    runs: dict[str, list[Total]] = defaultdict(list)
    for telling in tellings:
        runs[telling.run].append(telling.total)
    tellers: dict[str, list[Total]] = defaultdict(list)
    for run, totals in runs.items():
        tellers[run.partition(":")[0]].append(_merged(totals, max))
    return _merged((_merged(totals, sum) for totals in tellers.values()), max)


def beyond(told: Total, booked: Amount) -> Amount:
    """What a total shows beyond what is ``booked`` for the responses.

    Where it tells of no caches, its input includes what went through them. Where it tells all, and no less was sent to
    the models than their responses say, it makes up for their outputs that are only known from below: then it takes
    back their marks.
    """
    counts = {name: max(0, (getattr(told, name) or 0) - getattr(booked, name)) for name in Total._fields}
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


def _merged(totals: Iterable[Total], merge: Callable[[list[int]], int]) -> Total:
    columns = ([said for said in column if said is not None] for column in zip(Total(), *totals, strict=True))
    return Total._make(merge(column) if column else None for column in columns)


def _account(session: SessionKey, at: int) -> Account:
    return Account(session, MAIN, "", "", UNATTRIBUTED, at // BUCKET_MS * BUCKET_MS)
