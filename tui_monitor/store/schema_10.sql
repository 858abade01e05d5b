-- Backfill: from existing rows
-- What a parser remembers is compressed if it is long. Until a source is read again, its state stays as it is.
CREATE TABLE packed_checkpoints (
    source TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    adapter TEXT NOT NULL,
    version INTEGER NOT NULL,
    cursor TEXT NOT NULL,
    state BLOB, -- null if it is empty
    lines INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    errors TEXT NOT NULL
);
INSERT INTO packed_checkpoints (source, path, adapter, version, cursor, state, lines, skipped, unknown, errors)
SELECT source, path, adapter, version, cursor, state, lines, skipped, unknown, errors FROM checkpoints ORDER BY source;
DROP TABLE checkpoints;
ALTER TABLE packed_checkpoints RENAME TO checkpoints;
