-- Backfill: empty
-- The spans of telemetry, read again by a newer version of its adapter: which is inside which, and what they spent.
CREATE TABLE spans (
    span TEXT PRIMARY KEY, -- a strong id, also of the response that it describes
    trace TEXT NOT NULL,
    parent TEXT NOT NULL, -- empty for the root of a trace
    began INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    is_sum INTEGER NOT NULL, -- it stands for what is inside it
    input INTEGER, -- null for a span without usage
    output INTEGER,
    cache_read INTEGER,
    cache_creation INTEGER,
    cache_creation_1h INTEGER,
    reasoning INTEGER
) WITHOUT ROWID;
CREATE INDEX spans_trace ON spans (trace);
