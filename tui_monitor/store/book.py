"""The ledger's book in SQLite: spends, the names that stand for them, and who tells of those that are shared.

What one batch touches is held in memory and written together by `flush`; questions that SQL answers flush first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from tui_monitor.events import SessionKey, Usage
from tui_monitor.ledger import Spend
from tui_monitor.store.names import Names, digest
from tui_monitor.store.spends import LOAD, SAVE, Circumstances, Peak, circumstances_of, peak_of, row_of, spend_of
from tui_monitor.store.sql import Row, lists

_FIND = "SELECT alias, coalesce(merges.spend, aliases.spend) FROM aliases LEFT JOIN merges ON gone = aliases.spend"
_SIGHTINGS = "SELECT spend, session, agent, at FROM sightings WHERE spend IN "


@dataclass(slots=True)
class _Entry:
    """A spend in memory, and what the database has of it."""

    spend: Spend
    around: Circumstances
    row: Row = ()
    sightings: frozenset[Row] = frozenset()
    before: Peak | None = None


class SqlBook:
    """A `Book` for one batch after the other: `expect`, let the ledger work, `flush`, then `forget`."""

    def __init__(self, connection: sqlite3.Connection, names: Names) -> None:
        self._connection = connection
        self._names = names
        self._next_id: int = connection.execute(
            "SELECT 1 + max((SELECT coalesce(max(id), 0) FROM spends), (SELECT coalesce(max(gone), 0) FROM merges))"
        ).fetchone()[0]
        self.forget()

    def forget(self) -> None:
        """Drop what is held of the last batch; it must have been flushed."""
        self._entries: dict[int, _Entry] = {}
        self._known: dict[int, list[int]] = {}
        self._named: list[tuple[int, int]] = []
        self._unsaved: dict[int, _Entry] = {}
        self._gone: list[Peak] = []

    def expect(self, usages: Collection[Usage]) -> None:
        """Look up at once whatever these sightings may ask for."""
        strong_ids = {digest(name) for usage in usages for name in (*usage.strong_ids, *usage.weak_ids)}
        self._look_up(strong_ids)
        self._load(chain.from_iterable(self._known[alias] for alias in strong_ids))

    def annotate(self, usage: Usage) -> None:
        """Keep what a usage, just recorded, tells of its circumstances."""
        told = (usage.engine or None, usage.plan or None, usage.task or None, usage.duration_ms, usage.ttft_ms)
        if told != Circumstances() and (spends := self.find(usage.strong_ids)):
            entry = self._entries[spends[0].id]
            entry.around = entry.around.join(Circumstances._make(told))

    def find(self, names: Iterable[str]) -> list[Spend]:
        """See `Book.find`."""
        strong_ids = [digest(name) for name in names]
        if unknown := [alias for alias in strong_ids if alias not in self._known]:
            self._look_up(unknown)
        found = {spend for alias in strong_ids for spend in self._known[alias]}
        if unloaded := found.difference(self._entries):
            self._load(unloaded)
        return [self._entries[spend].spend for spend in sorted(found)]

    def name(self, spend: Spend, names: Iterable[str]) -> None:
        """See `Book.name`."""
        for name in names:
            alias = digest(name)
            known = self._known.setdefault(alias, [])
            if spend.id not in known:
                known.append(spend.id)
                self._named.append((alias, spend.id))

    def add(self, spend: Spend) -> None:
        """See `Book.add`."""
        spend.id, self._next_id = self._next_id, self._next_id + 1
        self._entries[spend.id] = _Entry(spend, Circumstances())

    def save(self, spend: Spend) -> None:
        """See `Book.save`."""
        self._unsaved[spend.id] = self._entries[spend.id]

    def merge(self, spend: Spend, gone: Spend) -> None:
        """See `Book.merge`. The names of ``gone`` are led on to ``spend``, for good."""
        entry, lost = self._entries[spend.id], self._entries.pop(gone.id)
        self._unsaved.pop(gone.id, None)
        entry.around = entry.around.join(lost.around)
        if lost.before:
            self._gone.append(lost.before)
        for alias, known in self._known.items():
            if gone.id in known:
                self._known[alias] = list({spend.id, *known} - {gone.id})
        self._connection.execute("DELETE FROM spends WHERE id = ?", (gone.id,))
        self._connection.execute("DELETE FROM sightings WHERE spend = ?", (gone.id,))
        self._connection.execute("UPDATE merges SET spend = ? WHERE spend = ?", (spend.id, gone.id))
        self._connection.execute("INSERT INTO merges (gone, spend) VALUES (?, ?)", (gone.id, spend.id))

    def shared_by(self, session: SessionKey) -> list[Spend]:
        """See `Book.shared_by`."""
        spends = [row[0] for row in self._ask("SELECT spend FROM sightings WHERE session = ?", session)]
        self._load(spends)
        return [self._entries[spend].spend for spend in spends]

    def first_unshared(self, session: SessionKey) -> int | None:
        """See `Book.first_unshared`."""
        first: int | None = self._ask("SELECT min(at) FROM spends WHERE session = ? AND shared = 0", session)[0][0]
        return first

    def places(self) -> dict[SessionKey, int]:
        """See `Book.places`."""
        rows = self._connection.execute("SELECT id, place FROM sessions WHERE place IS NOT NULL")
        return {self._names.sessions.value(session): place for session, place in rows.fetchall()}

    def keep_place(self, session: SessionKey, place: int) -> None:
        """See `Book.keep_place`."""
        number = self._names.sessions.number(session)
        self._connection.execute("UPDATE sessions SET place = ? WHERE id = ?", (place, number))

    def flush(self) -> None:
        """Write what has changed."""
        changed = []
        for entry in self._unsaved.values():
            row = row_of(entry.spend, entry.around, self._names)
            if row != entry.row:
                entry.row = row
                changed.append(row)
        self._connection.executemany(SAVE, changed)
        self._flush_sightings()
        self._connection.executemany("INSERT OR IGNORE INTO aliases (alias, spend) VALUES (?, ?)", self._named)
        self._named.clear()
        self._unsaved.clear()

    def peaks(self) -> Iterator[tuple[Peak | None, Peak | None]]:
        """How large each touched spend was before this batch, and is; None where it is new, or was merged away."""
        for gone in self._gone:
            yield gone, None
        for entry in self._entries.values():
            if entry.row:
                yield entry.before, peak_of(entry.row)

    def _ask(self, question: str, session: SessionKey) -> list[Row]:
        if self._unsaved:
            self.flush()
        return self._connection.execute(question, (self._names.sessions.number(session),)).fetchall()

    def _look_up(self, strong_ids: Iterable[int]) -> None:
        for some in lists(strong_ids):
            self._known.update((int(alias), []) for alias in some.split(","))
            for alias, spend in self._connection.execute(f"{_FIND} WHERE alias IN ({some})"):
                if spend not in self._known[alias]:
                    self._known[alias].append(spend)

    def _load(self, spends: Iterable[int]) -> None:
        for some in lists({spend for spend in spends if spend not in self._entries}):
            shared: dict[int, set[Row]] = {}
            for sighting in self._connection.execute(f"{_SIGHTINGS} ({some})"):
                shared.setdefault(sighting[0], set()).add(sighting)
            for row in self._connection.execute(f"{LOAD} ({some})").fetchall():
                tellers = frozenset(shared.get(row[0], ()))
                spend = spend_of(row, tellers, self._names)
                self._entries[spend.id] = _Entry(spend, circumstances_of(row), row, tellers, peak_of(row))

    def _flush_sightings(self) -> None:
        changed: list[Row] = []
        for entry in self._unsaved.values():
            if entry.spend.shared:
                sightings = frozenset(self._sightings(entry.spend))
                changed += sightings - entry.sightings
                entry.sightings = sightings
        self._connection.executemany("REPLACE INTO sightings (spend, session, agent, at) VALUES (?, ?, ?, ?)", changed)

    def _sightings(self, spend: Spend) -> Iterator[Row]:
        for session, seen in spend.sightings.items():
            agent = self._names.agent(session, seen.agent)
            yield spend.id, self._names.sessions.number(session), agent, seen.at
