-- Backfill: empty
-- The places of calls in the log (see places.py), by which it is paged; what is open; and contexts by agent.
DROP INDEX calls_started;
CREATE INDEX calls_place ON calls (
    session,
    (CASE WHEN state IN ('open', 'background') THEN started
        ELSE max(started, max(first_end, 0) & 17592186044415) END),
    started_order
);
DROP INDEX calls_agent;
CREATE INDEX calls_agent ON calls (agent, (max(finished, started)));
CREATE INDEX calls_open ON calls (session, started) WHERE state IN ('open', 'background');
CREATE INDEX calls_unissued ON calls (session) WHERE tool IS NULL;
CREATE INDEX event_log_contexts ON event_log (agent, at) WHERE kind = 'context';
CREATE INDEX event_log_resets ON event_log (agent, at) WHERE kind = 'context' AND substr(data, 1, 14) = '{"tokens":null';
