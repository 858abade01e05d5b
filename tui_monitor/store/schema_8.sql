-- Backfill: empty
ALTER TABLE observations ADD COLUMN provenance INTEGER NOT NULL DEFAULT 0; -- whose files say so; see ledger/model.py
