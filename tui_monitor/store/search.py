"""Search over all sessions: the index says where the words may be, the texts say where they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tui_monitor.events import SessionKey
from tui_monitor.merge.history import RecordedCall
from tui_monitor.search.hits import FieldText, HitField, SearchAnswer, SearchHit, excerpt
from tui_monitor.search.query import SearchQuery, is_in_project
from tui_monitor.store.calls import COLUMNS, decode
from tui_monitor.store.history import recorded_calls
from tui_monitor.store.intern import InternTables
from tui_monitor.store.search_entries import entry_of_call
from tui_monitor.store.search_index import candidates, count_unindexed, fault_of
from tui_monitor.store.search_texts import load_texts
from tui_monitor.store.sql import id_list

_AT_ONCE = 64
"""Candidates whose texts are loaded together."""
_SESSIONS = "SELECT id, source, name, coalesce(nullif(root, ''), cwd), title, path FROM sessions"
_ENTRIES = "SELECT id, session, at FROM search_entries WHERE id IN ({})"
_CALLS = f"SELECT {', '.join(COLUMNS)} FROM calls WHERE counted AND id IN ({{}})"


class _Session(NamedTuple):
    """The columns of a session that hits show and queries ask for."""

    id: int
    source: str
    name: str
    folder: str
    title: str
    path: str

    def matches(self, query: SearchQuery) -> bool:
        is_of_agent = self.source.startswith(query.source.lower())
        return is_of_agent and (not query.project or is_in_project(self.folder, query.project))


def search(connection: sqlite3.Connection, interned: InternTables, query: SearchQuery) -> SearchAnswer:
    """Return the newest hits of a query."""
    if fault := fault_of(connection):
        return SearchAnswer(query, fault=fault)
    sessions = {row.id: row for row in map(_Session._make, connection.execute(_SESSIONS)) if row.matches(query)}
    chosen = list(sessions) if query.project or query.source else None
    entries = candidates(connection, query, chosen)
    examined = islice(entries, query.candidates)
    found = _Finder(connection, interned, query, sessions)
    hits = tuple(islice(found.hits(examined), query.limit + 1))
    has_more = len(hits) > query.limit or next(entries, None) is not None
    return SearchAnswer(query, hits[: query.limit], has_more, count_unindexed(connection))


class _Finder:
    """Makes hits of those candidates that have the words."""

    def __init__(
        self, connection: sqlite3.Connection, interned: InternTables, query: SearchQuery, sessions: dict[int, _Session]
    ) -> None:
        self._connection, self._interned, self._query, self._sessions = connection, interned, query, sessions
        self._listed: set[tuple[int, str]] = set()
        """The times of hits, with the id of the call or the text."""

    def hits(self, entries: Iterator[int]) -> Iterator[SearchHit]:
        """Yield the hits among entries, in their order."""
        while chunk := list(islice(entries, _AT_ONCE)):
            texts = load_texts(self._connection, chunk)
            excerpts = {entry: excerpt(of_entry, self._query.terms) for entry, of_entry in texts.items()}
            for hit in self._of_excerpts({entry: excerpts[entry] for entry in chunk if excerpts.get(entry)}):
                key = (hit.at, hit.call.id if hit.call else hit.excerpt)
                if key not in self._listed:  # a copied history has it again
                    self._listed.add(key)
                    yield hit

    def _of_excerpts(self, excerpts: dict[int, FieldText | None]) -> Iterator[SearchHit]:
        calls = self._calls([entry // 2 for entry in excerpts if entry % 2 == 0])
        rows = self._connection.execute(_ENTRIES.format(id_list(excerpts))).fetchall()
        places = {entry: (self._sessions[session], at) for entry, session, at in rows if session in self._sessions}
        for entry, line in excerpts.items():
            if line is None or entry not in places or (entry % 2 == 0 and entry not in calls):
                continue
            session, at = places[entry]
            call = calls.get(entry)
            yield SearchHit(
                SessionKey(session.source, session.name),
                call.record.started if call else at,
                HitField(line.field),
                line.text,
                session.folder,
                session.title,
                session.path,
                call,
            )

    def _calls(self, ids: list[int]) -> dict[int, RecordedCall]:
        """Return the calls with these ids by their entries, without those of copied histories."""
        rows = [decode(values, self._interned) for values in self._connection.execute(_CALLS.format(id_list(ids)))]
        recorded = recorded_calls(self._connection, rows)
        return {entry_of_call(row.id): call for row, call in zip(rows, recorded, strict=True)}
