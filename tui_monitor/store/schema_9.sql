-- Backfill: from existing rows
-- How many changes of files do not say how many lines they changed: sums with such ones are lower bounds.
ALTER TABLE files ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rolled_changes ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0;
UPDATE files SET uncounted = unsaid.changes FROM (
    SELECT file, count(*) AS changes FROM changes JOIN calls ON calls.id = changes.call
    WHERE calls.counted AND calls.tool IS NOT NULL
        AND changes.kind IN ('modify', 'delete') AND changes.added = 0 AND changes.removed = 0
    GROUP BY file
) AS unsaid WHERE files.id = unsaid.file;
UPDATE sessions SET uncounted = (SELECT total(uncounted) FROM files WHERE session = sessions.id)
WHERE id IN (SELECT session FROM files WHERE uncounted > 0);
