-- Backfill: empty

-- What is no longer kept of sessions, up to a time: of calls the texts and diffs (`bodies`), or the single rows (`rows`),
-- whose sums are in the tables below. What is read of that again is known.
CREATE TABLE prunings (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    kind TEXT NOT NULL,
    until INTEGER NOT NULL, -- the last time of the session then
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    archive TEXT NOT NULL, -- the file that has the rows; empty for none
    first_unshared INTEGER -- of the rows: the earliest time of a response that only this session observed
);
CREATE INDEX prunings_session ON prunings (session, kind);

-- The ids of rolled-up rows as digests: `strong` and `weak` ones of responses with or without a strong id, of `call`s
-- and of the `line`s that issued them.
CREATE TABLE pruned_ids (
    digest INTEGER NOT NULL,
    kind TEXT NOT NULL,
    pruning INTEGER NOT NULL REFERENCES prunings (id),
    PRIMARY KEY (digest, kind)
) WITHOUT ROWID;

-- The sessions that have copies of rolled-up responses.
CREATE TABLE pruned_copies (
    session INTEGER PRIMARY KEY REFERENCES sessions (id)
);

-- Rolled-up responses, and amounts beyond them, by quarters of an hour. They are in `rollups`, too.
CREATE TABLE rolled_amounts (
    pruning INTEGER NOT NULL REFERENCES prunings (id),
    session INTEGER NOT NULL REFERENCES sessions (id),
    bucket INTEGER NOT NULL,
    agent INTEGER NOT NULL REFERENCES agents (number),
    model INTEGER NOT NULL REFERENCES strings (id),
    provider INTEGER NOT NULL REFERENCES strings (id),
    operation INTEGER NOT NULL REFERENCES strings (id),
    plan TEXT,
    task TEXT,
    requests INTEGER NOT NULL,
    input INTEGER NOT NULL,
    output INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_creation INTEGER NOT NULL,
    cache_creation_1h INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    web_searches INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    lower_bound INTEGER NOT NULL,
    cost_millidollars INTEGER NOT NULL,
    cost_picodollars INTEGER NOT NULL,
    max_prompt INTEGER NOT NULL,
    max_output INTEGER NOT NULL
);
CREATE INDEX rolled_amounts_session ON rolled_amounts (session);
CREATE INDEX rolled_amounts_bucket ON rolled_amounts (bucket);

-- Rolled-up calls that counted, by their start.
CREATE TABLE rolled_calls (
    pruning INTEGER NOT NULL REFERENCES prunings (id),
    session INTEGER NOT NULL REFERENCES sessions (id),
    bucket INTEGER NOT NULL,
    tool INTEGER NOT NULL REFERENCES strings (id),
    calls INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    waits INTEGER NOT NULL, -- calls that waited for a person
    waited INTEGER NOT NULL,
    chars INTEGER NOT NULL,
    max_chars INTEGER NOT NULL,
    times TEXT NOT NULL -- the known durations, as JSON
);
CREATE INDEX rolled_calls_session ON rolled_calls (session);

-- Rolled-up changes of files that counted, by the end of their calls.
CREATE TABLE rolled_changes (
    pruning INTEGER NOT NULL REFERENCES prunings (id),
    file INTEGER NOT NULL REFERENCES files (id),
    bucket INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    added INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
);
CREATE INDEX rolled_changes_file ON rolled_changes (file);
