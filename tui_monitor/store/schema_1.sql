-- The tables of version 1. Once released this file is never changed: additions go into the next.
-- Times are UTC epoch milliseconds; in the three documented tables (agents, agent_usage, telemetry) seconds, as there.
-- Foreign keys are declared for the reader and not enforced: a child may be read before its parent.
-- A statement ends with a semicolon at the end of a line.
-- Backfill: empty

-- The number of events read; each event is numbered in the order of reading.
CREATE TABLE event_counter (
    events INTEGER NOT NULL,
    repricings INTEGER NOT NULL -- the number of times that other prices were applied to everything
);
INSERT INTO event_counter VALUES (0, 0);

CREATE TABLE strings (
    id INTEGER PRIMARY KEY,
    value TEXT NOT NULL UNIQUE
);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    cwd TEXT NOT NULL DEFAULT '',
    branch TEXT NOT NULL DEFAULT '',
    version TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    path TEXT NOT NULL DEFAULT '',
    mode TEXT NOT NULL DEFAULT '',
    client TEXT NOT NULL DEFAULT '',
    forked_from TEXT NOT NULL DEFAULT '',
    facts_rank INTEGER NOT NULL DEFAULT -1, -- of the best event that set facts; see merge/ranked.py
    lower_ranks TEXT, -- as JSON: the ranks of facts that a lesser event set
    started INTEGER,
    ended INTEGER,
    model TEXT NOT NULL DEFAULT '',
    model_at INTEGER NOT NULL DEFAULT 0,
    last_response_at INTEGER NOT NULL DEFAULT 0, -- of the main chain
    root TEXT NOT NULL DEFAULT '', -- the folder in which it began
    root_at INTEGER NOT NULL DEFAULT 0,
    context INTEGER,
    context_at INTEGER,
    context_limit INTEGER,
    is_partial INTEGER NOT NULL DEFAULT 0, -- its source leaves usage out
    ownership_rank INTEGER, -- among the sessions that share history; null for a session that shares none
    calls INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    files_changed INTEGER NOT NULL DEFAULT 0,
    lines_added INTEGER NOT NULL DEFAULT 0,
    lines_removed INTEGER NOT NULL DEFAULT 0,
    UNIQUE (source, name)
);
CREATE INDEX sessions_ended ON sessions (ended);
CREATE INDEX sessions_ownership_rank ON sessions (ownership_rank) WHERE ownership_rank IS NOT NULL;

-- The sizes of an agent's context window by model, the latest report and the latest guess.
CREATE TABLE windows (
    agent INTEGER NOT NULL REFERENCES agents (number),
    model TEXT NOT NULL, -- empty where none is named
    is_reported INTEGER NOT NULL, -- 0 for an assumed size
    at INTEGER NOT NULL,
    size INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (agent, model, is_reported)
) WITHOUT ROWID;

CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    parent_id TEXT,
    plan_id TEXT,
    agent_type TEXT NOT NULL,
    status TEXT NOT NULL,
    process_id INTEGER,
    start_time INTEGER NOT NULL,
    end_time INTEGER,
    exit_code INTEGER,
    error_message TEXT,
    log_file TEXT,
    number INTEGER NOT NULL UNIQUE,
    session INTEGER NOT NULL REFERENCES sessions (id),
    agent TEXT NOT NULL,
    call TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    model TEXT NOT NULL DEFAULT '',
    task TEXT NOT NULL DEFAULT '',
    category TEXT NOT NULL DEFAULT '',
    internal INTEGER NOT NULL DEFAULT 0,
    has_events INTEGER NOT NULL DEFAULT 0, -- 0 while it is only named as the parent of another
    facts_rank INTEGER NOT NULL DEFAULT -1, -- of the best event that set facts; see merge/ranked.py
    lower_ranks TEXT, -- as JSON: the ranks of facts that a lesser event set
    declared_start INTEGER,
    called_at INTEGER NOT NULL DEFAULT 0, -- first event that names the call
    response_model TEXT NOT NULL DEFAULT '',
    response_model_at INTEGER NOT NULL DEFAULT 0,
    status_at INTEGER, -- null while no status is reported
    active_at INTEGER NOT NULL DEFAULT 0, -- last event with which it was at work
    reported_at INTEGER, -- when its end was reported
    reported_end INTEGER,
    run_started INTEGER NOT NULL DEFAULT 0, -- start of the present or last run
    has_restarted INTEGER NOT NULL DEFAULT 0, -- 1 once it began anew after an end
    started_ms INTEGER,
    ended_ms INTEGER,
    first_ms INTEGER,
    last_ms INTEGER,
    calls INTEGER NOT NULL DEFAULT 0,
    UNIQUE (session, agent),
    FOREIGN KEY (parent_id) REFERENCES agents (id)
);
CREATE INDEX idx_agents_parent ON agents (parent_id);
CREATE INDEX idx_agents_plan ON agents (plan_id);
CREATE INDEX idx_agents_status ON agents (status);

CREATE TABLE agent_usage (
    agent_id TEXT PRIMARY KEY,
    execution_count INTEGER NOT NULL DEFAULT 0,
    total_duration INTEGER NOT NULL DEFAULT 0,
    total_tokens INTEGER NOT NULL DEFAULT 0,
    success_count INTEGER NOT NULL DEFAULT 0,
    failure_count INTEGER NOT NULL DEFAULT 0,
    last_used_at INTEGER,
    category TEXT,
    FOREIGN KEY (agent_id) REFERENCES agents (id)
);
CREATE INDEX idx_agent_usage_category ON agent_usage (category);
CREATE INDEX idx_agent_usage_last_used ON agent_usage (last_used_at);

CREATE TABLE rates (
    id INTEGER PRIMARY KEY,
    input INTEGER NOT NULL,
    output INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_creation INTEGER NOT NULL,
    cache_creation_1h INTEGER NOT NULL,
    web_search INTEGER NOT NULL,
    request INTEGER NOT NULL,
    searches_known INTEGER NOT NULL,
    terms_known INTEGER NOT NULL,
    UNIQUE (
        input, output, cache_read, cache_creation, cache_creation_1h, web_search, request, searches_known, terms_known
    )
);

-- What the price of requests depends on, but for their time and size.
CREATE TABLE terms (
    id INTEGER PRIMARY KEY,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    engine TEXT NOT NULL,
    service_tier TEXT NOT NULL,
    speed TEXT NOT NULL,
    region TEXT NOT NULL,
    UNIQUE (model, provider, engine, service_tier, speed, region)
);

-- One row per model response, booked with its owner; `at` is its earliest observation.
CREATE TABLE responses (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    agent INTEGER NOT NULL REFERENCES agents (number),
    at INTEGER NOT NULL,
    shared INTEGER NOT NULL,
    model INTEGER NOT NULL REFERENCES strings (id),
    provider INTEGER NOT NULL REFERENCES strings (id),
    operation INTEGER NOT NULL REFERENCES strings (id),
    input INTEGER NOT NULL,
    output INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_creation INTEGER NOT NULL,
    cache_creation_1h INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    web_searches INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    has_strong_id INTEGER NOT NULL,
    reported_cost INTEGER,
    exported_cost INTEGER, -- reported by telemetry
    rates INTEGER REFERENCES rates (id),
    terms INTEGER NOT NULL REFERENCES terms (id), -- by which the rates are looked up
    priced_at INTEGER, -- the time for which they are; null if it is `at`
    priced_prompt INTEGER, -- the tokens of the prompt for which they are; null if they are those above
    rate_specificity INTEGER NOT NULL, -- how good the source of these rates and terms is
    cost INTEGER, -- a float if it exceeds 64 bits
    engine TEXT,
    plan TEXT,
    task TEXT,
    duration_ms INTEGER,
    ttft_ms INTEGER
);
CREATE INDEX idx_telemetry_agent ON responses (agent);
CREATE INDEX idx_telemetry_timestamp ON responses (at / 1000);
CREATE INDEX responses_unshared ON responses (session, at) WHERE shared = 0;
CREATE INDEX responses_exported ON responses (session) WHERE shared = 0 AND (rank = 2 OR exported_cost IS NOT NULL);

-- The ids of a response, as 8-byte digests. A weak id may stand for several.
CREATE TABLE aliases (
    alias INTEGER NOT NULL,
    response INTEGER NOT NULL REFERENCES responses (id),
    PRIMARY KEY (alias, response)
) WITHOUT ROWID;

-- Responses that proved to be another one, which their aliases stand for.
CREATE TABLE merged_responses (
    merged INTEGER PRIMARY KEY,
    response INTEGER NOT NULL REFERENCES responses (id)
);
CREATE INDEX merged_responses_response ON merged_responses (response);

-- Observations of responses that more than one session has.
CREATE TABLE observations (
    session INTEGER NOT NULL REFERENCES sessions (id),
    response INTEGER NOT NULL REFERENCES responses (id),
    agent INTEGER NOT NULL REFERENCES agents (number),
    at INTEGER NOT NULL,
    PRIMARY KEY (session, response)
) WITHOUT ROWID;
CREATE INDEX observations_response ON observations (response);

-- Cumulative totals reported for a session; null where nothing is reported.
CREATE TABLE reported_totals (
    session INTEGER NOT NULL REFERENCES sessions (id),
    run TEXT NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL, -- covers the responses before this time; 0 for all
    inherits INTEGER NOT NULL, -- contains what was spent in copied history
    list_priced TEXT, -- models with their tokens whose cost comes from the price list, as JSON
    reported_cost INTEGER, -- without these
    cost INTEGER,
    input INTEGER,
    output INTEGER,
    cache_read INTEGER,
    cache_creation INTEGER,
    reasoning INTEGER,
    prompt INTEGER, -- input with what went through caches
    PRIMARY KEY (session, run, at)
) WITHOUT ROWID;

-- The sessions whose usage is included in the totals reported for another one, which may have none.
CREATE TABLE covered_sessions (
    session INTEGER NOT NULL REFERENCES sessions (id),
    source TEXT NOT NULL, -- of the covering session, with its name
    name TEXT NOT NULL,
    PRIMARY KEY (source, name, session)
) WITHOUT ROWID;
CREATE INDEX covered_sessions_session ON covered_sessions (session);

-- Reported usage beyond the responses of a session: booked under its own operation, in the totals below too.
CREATE TABLE unattributed (
    session INTEGER PRIMARY KEY REFERENCES sessions (id),
    agent INTEGER NOT NULL REFERENCES agents (number),
    at INTEGER NOT NULL,
    input INTEGER NOT NULL,
    output INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_creation INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    cost_millidollars INTEGER NOT NULL, -- money is the sum of both: one integer could overflow
    cost_picodollars INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    lower_bound INTEGER NOT NULL
);

CREATE TABLE totals (
    session INTEGER NOT NULL REFERENCES sessions (id),
    agent INTEGER NOT NULL REFERENCES agents (number),
    model INTEGER NOT NULL REFERENCES strings (id),
    provider INTEGER NOT NULL REFERENCES strings (id),
    operation INTEGER NOT NULL REFERENCES strings (id),
    requests INTEGER NOT NULL DEFAULT 0,
    input INTEGER NOT NULL DEFAULT 0,
    output INTEGER NOT NULL DEFAULT 0,
    cache_read INTEGER NOT NULL DEFAULT 0,
    cache_creation INTEGER NOT NULL DEFAULT 0,
    cache_creation_1h INTEGER NOT NULL DEFAULT 0,
    reasoning INTEGER NOT NULL DEFAULT 0,
    web_searches INTEGER NOT NULL DEFAULT 0,
    cost_millidollars INTEGER NOT NULL DEFAULT 0,
    cost_picodollars INTEGER NOT NULL DEFAULT 0,
    unpriced INTEGER NOT NULL DEFAULT 0,
    lower_bound INTEGER NOT NULL DEFAULT 0,
    max_prompt INTEGER NOT NULL DEFAULT 0,
    max_output INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (session, agent, model, provider, operation)
) WITHOUT ROWID;

CREATE TABLE rollups (
    bucket INTEGER NOT NULL,
    session INTEGER NOT NULL REFERENCES sessions (id),
    agent INTEGER NOT NULL REFERENCES agents (number),
    model INTEGER NOT NULL REFERENCES strings (id),
    provider INTEGER NOT NULL REFERENCES strings (id),
    operation INTEGER NOT NULL REFERENCES strings (id),
    requests INTEGER NOT NULL DEFAULT 0,
    input INTEGER NOT NULL DEFAULT 0,
    output INTEGER NOT NULL DEFAULT 0,
    cache_read INTEGER NOT NULL DEFAULT 0,
    cache_creation INTEGER NOT NULL DEFAULT 0,
    cache_creation_1h INTEGER NOT NULL DEFAULT 0,
    reasoning INTEGER NOT NULL DEFAULT 0,
    web_searches INTEGER NOT NULL DEFAULT 0,
    cost_millidollars INTEGER NOT NULL DEFAULT 0,
    cost_picodollars INTEGER NOT NULL DEFAULT 0,
    unpriced INTEGER NOT NULL DEFAULT 0,
    lower_bound INTEGER NOT NULL DEFAULT 0,
    max_prompt INTEGER NOT NULL DEFAULT 0,
    max_output INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (bucket, session, agent, model, provider, operation)
) WITHOUT ROWID;

-- `tool` is null until a line is read that issued the call; only then it can count. For ranks see merge/ranked.py.
CREATE TABLE calls (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    call TEXT NOT NULL,
    agent INTEGER NOT NULL REFERENCES agents (number),
    tool INTEGER REFERENCES strings (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    note TEXT NOT NULL,
    parent TEXT NOT NULL,
    model INTEGER REFERENCES strings (id),
    timeout_ms INTEGER,
    approval_after_ms INTEGER, -- after which it likely waits for approval
    held_after_ms INTEGER, -- after which it has likely not begun to run
    started INTEGER NOT NULL,
    started_order INTEGER NOT NULL,
    start_rank INTEGER NOT NULL,
    input_path INTEGER REFERENCES strings (id),
    input_offset INTEGER,
    input_length INTEGER,
    input_chars INTEGER NOT NULL,
    doing TEXT NOT NULL,
    elapsed_ms INTEGER,
    progress_lines INTEGER,
    progress_rank INTEGER NOT NULL,
    state TEXT NOT NULL,
    finished INTEGER NOT NULL,
    result_rank INTEGER NOT NULL,
    first_end INTEGER NOT NULL, -- a rank too
    measured_exactly INTEGER,
    measured_at INTEGER,
    measured_ms INTEGER, -- the best measurement of its duration
    duration_ms INTEGER, -- the same if it belongs to the end that wins
    exit_code INTEGER,
    measure TEXT,
    tokens TEXT,
    approved INTEGER,
    approval TEXT,
    waited_ms INTEGER, -- for a person
    output_path INTEGER REFERENCES strings (id),
    output_offset INTEGER,
    output_length INTEGER,
    output_chars INTEGER NOT NULL,
    error_chars INTEGER NOT NULL,
    metadata_chars INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    lower_ranks TEXT, -- as JSON: the ranks of columns that a lesser event set
    shared INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    UNIQUE (session, call)
);
CREATE INDEX calls_started ON calls (session, started, started_order);
CREATE INDEX calls_agent ON calls (agent);
CREATE INDEX calls_time ON calls (started / 1000);
CREATE INDEX calls_shared ON calls (session) WHERE shared = 1;

-- The ids of a call's lines, as 8-byte digests: a copied history has them again.
CREATE TABLE call_uids (
    uid INTEGER NOT NULL,
    call INTEGER NOT NULL REFERENCES calls (id),
    PRIMARY KEY (uid, call)
) WITHOUT ROWID;
CREATE INDEX call_uids_call ON call_uids (call);

-- Short texts are stored as text, long ones compressed.
CREATE TABLE bodies (
    call INTEGER PRIMARY KEY REFERENCES calls (id),
    input BLOB,
    output BLOB,
    error BLOB,
    metadata BLOB,
    cut INTEGER NOT NULL
);

CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    path TEXT NOT NULL,
    changes INTEGER NOT NULL DEFAULT 0,
    added INTEGER NOT NULL DEFAULT 0,
    removed INTEGER NOT NULL DEFAULT 0,
    changed_at INTEGER NOT NULL DEFAULT 0,
    UNIQUE (session, path)
);
CREATE INDEX files_changed ON files (session, changed_at) WHERE changes > 0;

CREATE TABLE changes (
    call INTEGER NOT NULL REFERENCES calls (id),
    position INTEGER NOT NULL,
    file INTEGER NOT NULL REFERENCES files (id),
    kind TEXT NOT NULL,
    old_path TEXT NOT NULL,
    added INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    first_line INTEGER,
    last_line INTEGER,
    diff BLOB,
    cut INTEGER NOT NULL,
    PRIMARY KEY (call, position)
);
CREATE INDEX changes_file ON changes (file);

-- Events without a key, identified by their content; `id` is the order of reading.
CREATE TABLE event_log (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    agent INTEGER NOT NULL REFERENCES agents (number),
    data BLOB NOT NULL,
    UNIQUE (session, kind, at, digest)
);

-- The latest of events that replace earlier ones.
CREATE TABLE latest_events (
    agent INTEGER NOT NULL REFERENCES agents (number),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    event_order INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (agent, kind, name)
);

CREATE TABLE checkpoints (
    source TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    adapter TEXT NOT NULL,
    version INTEGER NOT NULL,
    cursor TEXT NOT NULL,
    state TEXT NOT NULL,
    lines INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    errors TEXT NOT NULL
);

-- Files that were read to their end, with what shows that they have not changed since.
CREATE TABLE read_files (
    path TEXT PRIMARY KEY,
    stamp TEXT NOT NULL
) WITHOUT ROWID;

-- The sessions with events in each source.
CREATE TABLE session_sources (
    source TEXT NOT NULL REFERENCES checkpoints (source),
    session INTEGER NOT NULL REFERENCES sessions (id),
    PRIMARY KEY (source, session)
) WITHOUT ROWID;

CREATE VIEW telemetry AS
SELECT
    responses.id * 2 AS id,
    agents.id AS agent_id,
    responses.at / 1000 AS timestamp,
    responses.input AS input_tokens,
    responses.output AS output_tokens,
    responses.cache_read AS cached_tokens,
    responses.cache_creation AS cache_creation_tokens,
    responses.cache_read AS cache_read_tokens,
    responses.input + responses.output + responses.cache_read + responses.cache_creation AS total_tokens,
    coalesce(responses.cost, 0) / 1e12 AS estimated_cost,
    nullif(models.value, '') AS model,
    nullif(providers.value, '') AS provider,
    NULL AS tool_name,
    NULL AS tool_args,
    NULL AS tool_approved,
    NULL AS tool_approval_type,
    responses.engine AS engine_id,
    nullif(operations.value, '') AS operation,
    coalesce(responses.plan, agents.plan_id) AS plan_id,
    coalesce(responses.task, nullif(agents.task, '')) AS task_id,
    responses.duration_ms AS duration_ms,
    responses.ttft_ms AS ttft_ms
FROM responses
JOIN agents ON agents.number = responses.agent
JOIN strings AS models ON models.id = responses.model
JOIN strings AS providers ON providers.id = responses.provider
JOIN strings AS operations ON operations.id = responses.operation
UNION ALL
SELECT
    -unattributed.session,
    agents.id,
    unattributed.at / 1000,
    unattributed.input,
    unattributed.output,
    unattributed.cache_read,
    unattributed.cache_creation,
    unattributed.cache_read,
    unattributed.input + unattributed.output + unattributed.cache_read + unattributed.cache_creation,
    unattributed.cost_millidollars / 1e3 + unattributed.cost_picodollars / 1e12,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    'unattributed',
    NULL, NULL, NULL, NULL
FROM unattributed
JOIN agents ON agents.number = unattributed.agent
WHERE unattributed.cost_millidollars + unattributed.cost_picodollars > 0
    OR unattributed.input + unattributed.output + unattributed.cache_read + unattributed.cache_creation > 0
UNION ALL
SELECT
    calls.id * 2 + 1,
    agents.id,
    calls.started / 1000,
    0, 0, 0, 0, 0, 0, 0.0,
    nullif(models.value, ''),
    NULL,
    tools.value,
    CASE typeof(bodies.input) WHEN 'text' THEN bodies.input END,
    calls.approved,
    calls.approval,
    NULL,
    NULL,
    agents.plan_id,
    nullif(agents.task, ''),
    calls.duration_ms,
    NULL
FROM calls
JOIN agents ON agents.number = calls.agent
JOIN strings AS tools ON tools.id = calls.tool
LEFT JOIN strings AS models ON models.id = calls.model
LEFT JOIN bodies ON bodies.call = calls.id
WHERE calls.counted
