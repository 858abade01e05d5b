"""The ledger's repository in SQLite: responses, their aliases, and observations of shared ones.

Changes of a batch are held in memory and written together by `flush`; queries that SQL answers flush first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from tui_monitor.events import SessionKey, Usage
from tui_monitor.ledger import BilledResponse, Provenance
from tui_monitor.store.intern import InternTables, digest
from tui_monitor.store.response_rows import (
    SAVE_OBSERVATION,
    SAVE_RESPONSE,
    SELECT_OBSERVATIONS,
    SELECT_RESPONSES,
    ObservationRow,
    ResponseMetadata,
    ResponseRow,
    ResponseSize,
    metadata_of,
    response_of,
    response_size_of,
    row_of,
)
from tui_monitor.store.sql import SqlRow, chunks, insert_rows

_FIND = """
    SELECT alias, coalesce(merged_responses.response, aliases.response)
    FROM aliases LEFT JOIN merged_responses ON merged_responses.merged = aliases.response
"""
_ADD_ALIAS = "INSERT OR IGNORE INTO aliases (alias, response) VALUES (?, ?)"
_FIRST_UNSHARED = """
    SELECT min(at) FROM (
        SELECT at FROM responses WHERE session = ?1 AND shared = 0
        UNION ALL SELECT first_unshared FROM prunings WHERE session = ?1 AND kind = 'rows')
"""
_IS_READ = f"""
    SELECT EXISTS (SELECT 1 FROM responses WHERE session = ?1 AND shared = 0)
        OR EXISTS (SELECT 1 FROM observations WHERE session = ?1 AND provenance <> {int(Provenance.ASCRIBED)})
"""
_NEXT_ID = """
    SELECT 1 + max(
        (SELECT coalesce(max(id), 0) FROM responses),
        (SELECT coalesce(max(merged), 0) FROM merged_responses)
    )
"""


@dataclass(slots=True)
class _Entry:
    """A response in memory, and the rows that the database has of it."""

    response: BilledResponse
    metadata: ResponseMetadata
    row: ResponseRow | None = None
    observations: frozenset[ObservationRow] = frozenset()
    before: ResponseSize | None = None


class SqliteLedger:
    """A `LedgerRepository` for batches: `prefetch`, let the ledger work, `flush`, `reset`."""

    def __init__(self, connection: sqlite3.Connection, interned: InternTables) -> None:
        self._connection = connection
        self._interned = interned
        self._next_id: int = connection.execute(_NEXT_ID).fetchone()[0]
        self.reset()

    def reset(self) -> None:
        """Drop the responses held for the batch, which has been flushed."""
        self._entries: dict[int, _Entry] = {}
        self._aliases: dict[int, list[int]] = {}
        self._new_aliases: list[tuple[int, int]] = []
        self._unsaved: dict[int, _Entry] = {}
        self._merged_sizes: list[ResponseSize] = []

    def prefetch(self, usages: Collection[Usage]) -> None:
        """Load the responses that share an id with these usages."""
        digests = {digest(alias) for usage in usages for alias in (*usage.strong_ids, *usage.weak_ids)}
        self._look_up(digests)
        self._load(chain.from_iterable(self._aliases[one] for one in digests))

    def annotate(self, usage: Usage) -> None:
        """Merge the metadata of a usage that has just been recorded into its response."""
        metadata = ResponseMetadata.of(usage)
        if metadata != _NO_METADATA and (responses := self.find(usage.strong_ids)):
            entry = self._entries[responses[0].id]
            entry.metadata = entry.metadata.merge(metadata)

    def find(self, aliases: Iterable[str]) -> list[BilledResponse]:
        """See `LedgerRepository.find`."""
        ids: set[int] = set()
        for alias in aliases:
            number = digest(alias)
            if number not in self._aliases:
                self._look_up([number])
            ids.update(self._aliases[number])
        if not ids:
            return []
        self._load(ids.difference(self._entries))
        return [self._entries[response].response for response in sorted(ids)]

    def add_aliases(self, response: BilledResponse, aliases: Iterable[str]) -> None:
        """See `LedgerRepository.add_aliases`."""
        for alias in aliases:
            number = digest(alias)
            responses = self._aliases.setdefault(number, [])
            if response.id not in responses:
                responses.append(response.id)
                self._new_aliases.append((number, response.id))

    def add(self, response: BilledResponse) -> None:
        """See `LedgerRepository.add`."""
        response.id, self._next_id = self._next_id, self._next_id + 1
        self._entries[response.id] = _Entry(response, _NO_METADATA)

    def save(self, response: BilledResponse) -> None:
        """See `LedgerRepository.save`."""
        self._unsaved[response.id] = self._entries[response.id]

    def merge_into(self, response: BilledResponse, duplicate: BilledResponse) -> None:
        """See `LedgerRepository.merge_into`."""
        entry, removed = self._entries[response.id], self._entries.pop(duplicate.id)
        self._unsaved.pop(duplicate.id, None)
        entry.metadata = entry.metadata.merge(removed.metadata)
        if removed.before:
            self._merged_sizes.append(removed.before)
        for alias, responses in self._aliases.items():
            if duplicate.id in responses:
                self._aliases[alias] = list({response.id, *responses} - {duplicate.id})
        ids = {"response": response.id, "duplicate": duplicate.id}
        self._connection.execute("DELETE FROM responses WHERE id = :duplicate", ids)
        self._connection.execute("DELETE FROM observations WHERE response = :duplicate", ids)
        self._connection.execute("UPDATE merged_responses SET response = :response WHERE response = :duplicate", ids)
        self._connection.execute("INSERT INTO merged_responses (merged, response) VALUES (:duplicate, :response)", ids)

    def shared_by(self, session: SessionKey) -> list[BilledResponse]:
        """See `LedgerRepository.shared_by`."""
        ids = [response for (response,) in self._ask("SELECT response FROM observations WHERE session = ?", session)]
        self._load(ids)
        return [self._entries[response].response for response in ids]

    def first_unshared(self, session: SessionKey) -> int | None:
        """See `OwnershipRanks.first_unshared`."""
        first: int | None = self._ask(_FIRST_UNSHARED, session)[0][0]
        return first

    def is_unread(self, session: SessionKey) -> bool:
        """See `OwnershipRanks.is_unread`."""
        return not self._ask(_IS_READ, session)[0][0]

    def ownership_ranks(self) -> dict[SessionKey, int]:
        """See `OwnershipRanks.ownership_ranks`."""
        rows = self._connection.execute(
            "SELECT id, ownership_rank FROM sessions WHERE ownership_rank IS NOT NULL"
        ).fetchall()
        return {self._interned.sessions.value_of(session): rank for session, rank in rows}

    def save_ownership_rank(self, session: SessionKey, rank: int) -> None:
        """See `OwnershipRanks.save_ownership_rank`."""
        number = self._interned.sessions.id_of(session)
        self._connection.execute("UPDATE sessions SET ownership_rank = ? WHERE id = ?", (rank, number))

    def flush(self) -> None:
        """Write the responses that have changed, their observations and aliases."""
        changed = []
        for entry in self._unsaved.values():
            row = row_of(entry.response, entry.metadata, self._interned)
            if row != entry.row:
                entry.row = row
                changed.append(row)
        insert_rows(self._connection, SAVE_RESPONSE, changed)
        self._flush_observations()
        insert_rows(self._connection, _ADD_ALIAS, sorted(self._new_aliases))  # neighbours of the index together
        self._new_aliases.clear()
        self._unsaved.clear()

    def response_sizes(self) -> Iterator[tuple[ResponseSize | None, ResponseSize | None]]:
        """Yield the size of each response of the batch before and now; None for a new or a merged one."""
        for size in self._merged_sizes:
            yield size, None
        for entry in self._entries.values():
            if entry.row:
                yield entry.before, response_size_of(entry.row)

    def _ask(self, question: str, session: SessionKey) -> list[SqlRow]:
        if self._unsaved:
            self.flush()
        return self._connection.execute(question, (self._interned.sessions.id_of(session),)).fetchall()

    def _look_up(self, digests: Collection[int]) -> None:
        self._aliases.update((alias, []) for alias in digests)
        for chunk in chunks(digests):
            for alias, response in self._connection.execute(f"{_FIND} WHERE alias IN ({chunk})"):
                if response not in self._aliases[alias]:
                    self._aliases[alias].append(response)

    def _load(self, ids: Iterable[int]) -> None:
        for chunk in chunks({response for response in ids if response not in self._entries}):
            shared: dict[int, set[ObservationRow]] = {}
            query = f"{SELECT_OBSERVATIONS} WHERE response IN ({chunk})"
            for observation in map(ObservationRow._make, self._connection.execute(query)):
                shared.setdefault(observation.response, set()).add(observation)
            rows = self._connection.execute(f"{SELECT_RESPONSES} WHERE id IN ({chunk})").fetchall()
            for row in map(ResponseRow._make, rows):
                observations = frozenset(shared.get(row.id, ()))
                response = response_of(row, observations, self._interned)
                self._entries[row.id] = _Entry(response, metadata_of(row), row, observations, response_size_of(row))

    def _flush_observations(self) -> None:
        changed: list[ObservationRow] = []
        for entry in self._unsaved.values():
            if entry.response.shared:
                observations = frozenset(self._observation_rows(entry.response))
                changed += observations - entry.observations
                entry.observations = observations
        insert_rows(self._connection, SAVE_OBSERVATION, changed)

    def _observation_rows(self, response: BilledResponse) -> Iterator[ObservationRow]:
        for session, one in response.observations.items():
            agent = self._interned.agent(session, one.agent)
            yield ObservationRow(response.id, self._interned.sessions.id_of(session), agent, one.at, one.provenance)


_NO_METADATA = ResponseMetadata()
