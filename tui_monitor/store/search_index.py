"""The index of all texts: which entries have a token. It has no texts: `search_texts` loads them.

It is FTS5's, without places and sizes, which would make it ten times as large: phrases are looked for in the texts
themselves. One row may be inserted several times, with more tokens each time; none is ever taken out, so an entry that
it names may have lost them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from tui_monitor.search.hits import FieldText
from tui_monitor.search.query import SearchQuery
from tui_monitor.search.tokens import tokens_in
from tui_monitor.store.search_texts import load_texts
from tui_monitor.store.sql import id_list, insert_rows

NO_INDEX = "SQLite has no full-text search (FTS5) in this Python."

_CREATE = """
    CREATE VIRTUAL TABLE IF NOT EXISTS search_index
    USING fts5(tokens, content = '', detail = none, columnsize = 0, tokenize = 'ascii')
"""
_HAS_INDEX = "SELECT 1 FROM sqlite_schema WHERE name = 'search_index'"
_CAN_INDEX = "SELECT 1 FROM pragma_module_list WHERE name = 'fts5'"
_UNINDEXED = "SELECT id FROM search_entries WHERE is_indexed = 0 ORDER BY id DESC LIMIT ?"
_COUNT_UNINDEXED = "SELECT count(*) FROM search_entries WHERE is_indexed = 0"
_ADD = "INSERT INTO search_index (rowid, tokens) VALUES (?, ?)"
_FIND = """
    SELECT entries.id FROM search_index JOIN search_entries AS entries ON entries.id = search_index.rowid
    WHERE search_index MATCH :match AND at >= :since AND at < :until {}
    ORDER BY at DESC, entries.id DESC
"""


def fault_of(connection: sqlite3.Connection) -> str:
    """Return why nothing can be indexed; empty if it can."""
    return "" if connection.execute(_CAN_INDEX).fetchone() else NO_INDEX


def count_unindexed(connection: sqlite3.Connection) -> int:
    """Return the number of entries that are not in the index yet."""
    number: int = connection.execute(_COUNT_UNINDEXED).fetchone()[0]
    return number


def extend(connection: sqlite3.Connection, count: int) -> int:
    """Index ``count`` entries, those read last first; return how many there were."""
    connection.execute(_CREATE)
    entries = [entry for (entry,) in connection.execute(_UNINDEXED, (count,))]
    texts = load_texts(connection, entries)
    rows = sorted((entry, _tokens(of_entry)) for entry, of_entry in texts.items())
    insert_rows(connection, _ADD, rows)
    connection.execute(f"UPDATE search_entries SET is_indexed = 1 WHERE id IN ({id_list(texts)})")
    lost = id_list(entry for entry in entries if entry not in texts)
    connection.execute(f"DELETE FROM search_entries WHERE id IN ({lost})")
    return len(entries)


def candidates(connection: sqlite3.Connection, query: SearchQuery, sessions: Sequence[int] | None) -> Iterator[int]:
    """Yield the entries with all tokens of a query in these sessions (None: in all), the newest first."""
    match = _match(query)
    if not match or not connection.execute(_HAS_INDEX).fetchone():
        return
    in_sessions = "" if sessions is None else f"AND session IN ({id_list(sessions)})"
    bounds = {"since": query.since or 0, "until": 2**62 if query.until is None else query.until}
    for (entry,) in connection.execute(_FIND.format(in_sessions), {"match": match, **bounds}):
        yield entry


def _tokens(texts: Sequence[FieldText]) -> str:
    return " ".join({token for each in texts for token in tokens_in(each.text.lower())})


def _match(query: SearchQuery) -> str:
    """Return the query in the language of the index; tokens have letters and digits only."""
    prefix = query.terms.prefix
    return " ".join([*(f'"{token}"' for token in sorted(query.terms.tokens)), *([f'"{prefix}"*'] if prefix else [])])
