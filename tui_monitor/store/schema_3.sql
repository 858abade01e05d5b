-- Backfill: empty
ALTER TABLE calls ADD COLUMN output_file TEXT NOT NULL DEFAULT ''; -- the file to which it writes what it prints
