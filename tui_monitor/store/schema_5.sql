-- Backfill: from existing rows
-- What search finds: a call by twice its id, a prompt or message by twice its id and one. The index itself is made with
-- the first texts (see search_index.py), since SQLite may lack what it needs.
CREATE TABLE search_entries (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    at INTEGER NOT NULL,
    is_indexed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX search_entries_unindexed ON search_entries (id) WHERE is_indexed = 0;
INSERT INTO search_entries (id, session, at)
SELECT id * 2, session, started FROM calls
UNION ALL
SELECT id * 2 + 1, session, at FROM event_log WHERE kind IN ('prompt', 'said');
