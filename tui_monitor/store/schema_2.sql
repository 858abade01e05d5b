-- Backfill: empty
ALTER TABLE calls ADD COLUMN runs INTEGER NOT NULL DEFAULT 0; -- its source states that it runs until it has a result
