"""The ledger's book in SQLite: spends, the names that stand for them, and who tells of those that are shared.

What one batch touches is held in memory and written together by `flush`; questions that SQL answers flush first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from tui_monitor.events import SessionKey, Usage
from tui_monitor.ledger import BilledResponse
from tui_monitor.store.intern import InternTables, digest
from tui_monitor.store.response_rows import (
    LOAD,
    SAVE,
    MaxSizes,
    ResponseMetadata,
    max_sizes_of,
    metadata_of,
    response_of,
    row_of,
)
from tui_monitor.store.sql import SqlRow, chunks

_FIND = """
    SELECT alias, coalesce(merged_responses.response, aliases.response)
    FROM aliases LEFT JOIN merged_responses ON merged_responses.merged = aliases.response
"""
_NEXT_ID = """
    SELECT 1 + max(
        (SELECT coalesce(max(id), 0) FROM responses),
        (SELECT coalesce(max(merged), 0) FROM merged_responses)
    )
"""
_OBSERVATIONS = "SELECT response, session, agent, at FROM observations WHERE response IN "


@dataclass(slots=True)
class _Entry:
    """A spend in memory, and what the database has of it."""

    response: BilledResponse
    metadata: ResponseMetadata
    row: SqlRow = ()
    observations: frozenset[SqlRow] = frozenset()
    before: MaxSizes | None = None


class SqliteLedger:
    """A `LedgerRepository` for one batch after the other: `prefetch`, let the ledger work, `flush`, then `reset`."""

    def __init__(self, connection: sqlite3.Connection, names: InternTables) -> None:
        self._connection = connection
        self._interned = names
        self._next_id: int = connection.execute(_NEXT_ID).fetchone()[0]
        self.reset()

    def reset(self) -> None:
        """Drop what is held of the last batch; it must have been flushed."""
        self._entries: dict[int, _Entry] = {}
        self._known: dict[int, list[int]] = {}
        self._named: list[tuple[int, int]] = []
        self._unsaved: dict[int, _Entry] = {}
        self._merged: list[MaxSizes] = []

    def prefetch(self, usages: Collection[Usage]) -> None:
        """Look up at once whatever these sightings may ask for."""
        strong_ids = {digest(name) for usage in usages for name in (*usage.strong_ids, *usage.weak_ids)}
        self._look_up(strong_ids)
        self._load(chain.from_iterable(self._known[alias] for alias in strong_ids))

    def annotate(self, usage: Usage) -> None:
        """Keep what a usage, just recorded, tells of its circumstances."""
        told = (usage.engine or None, usage.plan or None, usage.task or None, usage.duration_ms, usage.ttft_ms)
        if told != ResponseMetadata() and (responses := self.find(usage.strong_ids)):
            entry = self._entries[responses[0].id]
            entry.metadata = entry.metadata.join(ResponseMetadata._make(told))

    def find(self, names: Iterable[str]) -> list[BilledResponse]:
        """See `LedgerRepository.find`."""
        strong_ids = [digest(name) for name in names]
        if unknown := [alias for alias in strong_ids if alias not in self._known]:
            self._look_up(unknown)
        found = {response for alias in strong_ids for response in self._known[alias]}
        if unloaded := found.difference(self._entries):
            self._load(unloaded)
        return [self._entries[response].response for response in sorted(found)]

    def add_alias(self, response: BilledResponse, names: Iterable[str]) -> None:
        """See `LedgerRepository.add_alias`."""
        for name in names:
            alias = digest(name)
            known = self._known.setdefault(alias, [])
            if response.id not in known:
                known.append(response.id)
                self._named.append((alias, response.id))

    def add(self, response: BilledResponse) -> None:
        """See `LedgerRepository.add`."""
        response.id, self._next_id = self._next_id, self._next_id + 1
        self._entries[response.id] = _Entry(response, ResponseMetadata())

    def save(self, response: BilledResponse) -> None:
        """See `LedgerRepository.save`."""
        self._unsaved[response.id] = self._entries[response.id]

    def merge_into(self, response: BilledResponse, merged: BilledResponse) -> None:
        """See `LedgerRepository.merge_into`. The names of ``merged`` are led on to ``response``, for good."""
        entry, lost = self._entries[response.id], self._entries.pop(merged.id)
        self._unsaved.pop(merged.id, None)
        entry.metadata = entry.metadata.join(lost.metadata)
        if lost.before:
            self._merged.append(lost.before)
        for alias, known in self._known.items():
            if merged.id in known:
                self._known[alias] = list({response.id, *known} - {merged.id})
        self._connection.execute("DELETE FROM responses WHERE id = ?", (merged.id,))
        self._connection.execute("DELETE FROM observations WHERE response = ?", (merged.id,))
        self._connection.execute(
            "UPDATE merged_responses SET response = ? WHERE response = ?", (response.id, merged.id)
        )
        self._connection.execute(
            "INSERT INTO merged_responses (merged, response) VALUES (?, ?)", (merged.id, response.id)
        )

    def shared_by(self, session: SessionKey) -> list[BilledResponse]:
        """See `LedgerRepository.shared_by`."""
        responses = [row[0] for row in self._ask("SELECT response FROM observations WHERE session = ?", session)]
        self._load(responses)
        return [self._entries[response].response for response in responses]

    def first_unshared(self, session: SessionKey) -> int | None:
        """See `LedgerRepository.first_unshared`."""
        first: int | None = self._ask("SELECT min(at) FROM responses WHERE session = ? AND shared = 0", session)[0][0]
        return first

    def ownership_ranks(self) -> dict[SessionKey, int]:
        """See `LedgerRepository.ownership_ranks`."""
        rows = self._connection.execute("SELECT id, ownership_rank FROM sessions WHERE ownership_rank IS NOT NULL")
        return {
            self._interned.sessions.value_of(session): ownership_rank for session, ownership_rank in rows.fetchall()
        }

    def save_ownership_rank(self, session: SessionKey, ownership_rank: int) -> None:
        """See `LedgerRepository.save_ownership_rank`."""
        number = self._interned.sessions.id_of(session)
        self._connection.execute("UPDATE sessions SET ownership_rank = ? WHERE id = ?", (ownership_rank, number))

    def flush(self) -> None:
        """Write what has changed."""
        changed = []
        for entry in self._unsaved.values():
            row = row_of(entry.response, entry.metadata, self._interned)
            if row != entry.row:
                entry.row = row
                changed.append(row)
        self._connection.executemany(SAVE, changed)
        self._flush_observations()
        self._connection.executemany("INSERT OR IGNORE INTO aliases (alias, response) VALUES (?, ?)", self._named)
        self._named.clear()
        self._unsaved.clear()

    def max_sizes(self) -> Iterator[tuple[MaxSizes | None, MaxSizes | None]]:
        """How large each touched spend was before this batch, and is; None where it is new, or was merged away."""
        for merged in self._merged:
            yield merged, None
        for entry in self._entries.values():
            if entry.row:
                yield entry.before, max_sizes_of(entry.row)

    def _ask(self, question: str, session: SessionKey) -> list[SqlRow]:
        if self._unsaved:
            self.flush()
        return self._connection.execute(question, (self._interned.sessions.id_of(session),)).fetchall()

    def _look_up(self, strong_ids: Iterable[int]) -> None:
        for some in chunks(strong_ids):
            self._known.update((int(alias), []) for alias in some.split(","))
            for alias, response in self._connection.execute(f"{_FIND} WHERE alias IN ({some})"):
                if response not in self._known[alias]:
                    self._known[alias].append(response)

    def _load(self, responses: Iterable[int]) -> None:
        for some in chunks({response for response in responses if response not in self._entries}):
            shared: dict[int, set[SqlRow]] = {}
            for observation in self._connection.execute(f"{_OBSERVATIONS} ({some})"):
                shared.setdefault(observation[0], set()).add(observation)
            for row in self._connection.execute(f"{LOAD} ({some})").fetchall():
                tellers = frozenset(shared.get(row[0], ()))
                response = response_of(row, tellers, self._interned)
                self._entries[response.id] = _Entry(response, metadata_of(row), row, tellers, max_sizes_of(row))

    def _flush_observations(self) -> None:
        changed: list[SqlRow] = []
        for entry in self._unsaved.values():
            if entry.response.shared:
                observations = frozenset(self._observation_rows(entry.response))
                changed += observations - entry.observations
                entry.observations = observations
        self._connection.executemany(
            "REPLACE INTO observations (response, session, agent, at) VALUES (?, ?, ?, ?)", changed
        )

    def _observation_rows(self, response: BilledResponse) -> Iterator[SqlRow]:
        for session, seen in response.observations.items():
            agent = self._interned.agent(session, seen.agent)
            yield response.id, self._interned.sessions.id_of(session), agent, seen.at
