"""Removal of rows: texts and diffs, or all single rows of sessions, which become sums by quarters of an hour."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from tui_monitor.events import SessionKey
from tui_monitor.ledger import BUCKET_MS
from tui_monitor.store.amount_columns import AMOUNT_COLUMNS
from tui_monitor.store.call_outcomes import DURATION, FAILED, REJECTED, WAITED
from tui_monitor.store.changes import SUM_CHANGES
from tui_monitor.store.intern import digest
from tui_monitor.store.periods import rolled_amounts_of
from tui_monitor.store.retention.prunings import PrunedId, Pruning, PruningKind, add_pruning, call_key
from tui_monitor.store.sql import id_list, sum_of


class PrunedCounts(NamedTuple):
    """Numbers of what is, or would be, removed; ``text_bytes`` as stored."""

    sessions: int = 0
    responses: int = 0
    calls: int = 0
    events: int = 0
    bodies: int = 0
    text_bytes: int = 0

    def plus(self, other: PrunedCounts) -> PrunedCounts:
        """Return both together."""
        return PrunedCounts._make(map(sum, zip(self, other, strict=True)))


_CALLS = "SELECT id FROM calls WHERE session IN ({sessions})"
_ROLLED = "SELECT id FROM calls WHERE session IN ({sessions}) AND tool IS NOT NULL"
_RESPONSES = "SELECT id FROM responses WHERE session IN ({sessions})"
_PRUNING = "(SELECT max(id) FROM prunings WHERE session = {} AND kind = 'rows')"

_COUNT_BODIES = f"""
    SELECT count(*), coalesce(sum(size), 0) FROM (
        SELECT coalesce(length(CAST(input AS BLOB)), 0) + coalesce(length(CAST(output AS BLOB)), 0)
            + coalesce(length(CAST(error AS BLOB)), 0) + coalesce(length(CAST(metadata AS BLOB)), 0) AS size
        FROM bodies WHERE call IN ({_CALLS})
        UNION ALL
        SELECT length(CAST(diff AS BLOB)) FROM changes WHERE diff IS NOT NULL AND call IN ({_CALLS}))
"""
_COUNT_ROWS = f"""
    SELECT (SELECT count(*) FROM ({_RESPONSES})), (SELECT count(*) FROM ({_ROLLED})),
        (SELECT count(*) FROM event_log WHERE session IN ({{sessions}}))
"""
_DELETE_BODIES = (
    f"DELETE FROM bodies WHERE call IN ({_CALLS})",
    f"UPDATE changes SET diff = NULL, cut = 1 WHERE diff IS NOT NULL AND call IN ({_CALLS})",
)

_ADD_AMOUNTS = f"""
    INSERT INTO rolled_amounts (pruning, bucket, plan, task, session, agent, model, provider, operation,
        {", ".join(AMOUNT_COLUMNS)}, max_prompt, max_output)
    SELECT {_PRUNING.format("sums.session")}, sums.* FROM ({{amounts}}) AS sums
"""
_ADD_CALLS = f"""
    INSERT INTO rolled_calls
        (pruning, session, bucket, tool, calls, failed, rejected, waits, waited, chars, max_chars, times)
    SELECT {_PRUNING.format("outcomes.session")}, session, bucket, tool, count(*), sum(has_failed), sum(is_rejected),
        count(nullif(waited, 0)), {sum_of("waited")}, {sum_of("chars")}, max(chars),
        coalesce(json_group_array(time) FILTER (WHERE time IS NOT NULL), '[]')
    FROM (
        SELECT session, started - started % {BUCKET_MS} AS bucket, tool, {FAILED} AS has_failed,
            {REJECTED} AS is_rejected, {WAITED} AS waited, {DURATION} AS time, output_chars + error_chars AS chars
        FROM calls WHERE counted AND tool IS NOT NULL AND session IN ({{sessions}})
    ) AS outcomes GROUP BY session, bucket, tool
"""
_ADD_CHANGES = f"""
    INSERT INTO rolled_changes (changes, added, removed, uncounted, changed_at, file, bucket, pruning)
    {SUM_CHANGES.format(f", file, finished - finished % {BUCKET_MS}, {_PRUNING.format('calls.session')}")}
        AND calls.session IN ({{sessions}}) GROUP BY file, finished / {BUCKET_MS}
"""
_ADD_RESPONSE_IDS = f"""
    INSERT OR IGNORE INTO pruned_ids (digest, kind, pruning)
    SELECT alias, iif(has_strong_id, '{PrunedId.STRONG}', '{PrunedId.WEAK}'), {_PRUNING.format("responses.session")}
    FROM aliases LEFT JOIN merged_responses ON merged_responses.merged = aliases.response
        JOIN responses ON responses.id = coalesce(merged_responses.response, aliases.response)
    WHERE responses.session IN ({{sessions}})
"""
_ADD_LINE_IDS = f"""
    INSERT OR IGNORE INTO pruned_ids (digest, kind, pruning)
    SELECT uid, '{PrunedId.LINE}', {_PRUNING.format("calls.session")}
    FROM calls JOIN call_uids ON call_uids.call = calls.id WHERE calls.session IN ({{sessions}}) AND tool IS NOT NULL
"""
_CALL_KEYS = f"""
    SELECT source, name, call, {_PRUNING.format("sessions.id")} FROM calls JOIN sessions ON sessions.id = calls.session
    WHERE calls.session IN ({{sessions}}) AND tool IS NOT NULL
"""
_ADD_ID = "INSERT OR IGNORE INTO pruned_ids (digest, kind, pruning) VALUES (?, ?, ?)"
_ROLL_UP = (_ADD_AMOUNTS, _ADD_CALLS, _ADD_CHANGES, _ADD_RESPONSE_IDS, _ADD_LINE_IDS)
_DELETE_ROWS = (
    f"""DELETE FROM aliases WHERE response IN ({_RESPONSES})
        OR response IN (SELECT merged FROM merged_responses WHERE response IN ({_RESPONSES}))""",
    f"DELETE FROM merged_responses WHERE response IN ({_RESPONSES})",
    f"DELETE FROM observations WHERE response IN ({_RESPONSES})",
    "DELETE FROM responses WHERE session IN ({sessions})",
    "DELETE FROM reported_totals WHERE session IN ({sessions})",
    "DELETE FROM unattributed WHERE session IN ({sessions})",
    "UPDATE sessions SET is_partial = 0 WHERE id IN ({sessions})",
    f"DELETE FROM call_uids WHERE call IN ({_ROLLED})",
    f"DELETE FROM changes WHERE call IN ({_ROLLED})",
    "DELETE FROM calls WHERE session IN ({sessions}) AND tool IS NOT NULL",
    "DELETE FROM event_log WHERE session IN ({sessions})",
    "DELETE FROM search_entries WHERE session IN ({sessions})",
)
_SESSIONS = """
    SELECT id, coalesce(ended, 0), (SELECT min(at) FROM responses WHERE session = sessions.id AND shared = 0)
    FROM sessions WHERE id IN ({sessions})
"""


def count_pruned(connection: sqlite3.Connection, sessions: Sequence[int], kind: PruningKind) -> PrunedCounts:
    """Return what there is to remove of these sessions."""
    numbers = id_list(sessions)
    bodies, size = connection.execute(_COUNT_BODIES.format(sessions=numbers)).fetchone()
    counts = PrunedCounts(len(sessions), bodies=bodies, text_bytes=size)
    if kind is PruningKind.BODIES:
        return counts
    responses, calls, events = connection.execute(_COUNT_ROWS.format(sessions=numbers)).fetchone()
    return counts._replace(responses=responses, calls=calls, events=events)


def remove(connection: sqlite3.Connection, sessions: Sequence[int], rule: Pruning) -> PrunedCounts:
    """Remove what ``rule`` says of these sessions, whole groups of them, up to their ends; return what that was."""
    numbers = id_list(sessions)
    counts = count_pruned(connection, sessions, rule.kind)
    for session, ended, first_unshared in connection.execute(_SESSIONS.format(sessions=numbers)).fetchall():
        pruning = Pruning(rule.kind, ended, rule.at, rule.reason, rule.archive)
        add_pruning(connection, session, pruning, first_unshared if rule.kind is PruningKind.ROWS else None)
    for statement in _DELETE_BODIES:
        connection.execute(statement.format(sessions=numbers))
    if rule.kind is PruningKind.ROWS:
        _roll_up(connection, numbers)
    return counts


def _roll_up(connection: sqlite3.Connection, numbers: str) -> None:
    for statement in _ROLL_UP:
        connection.execute(statement.format(sessions=numbers, amounts=rolled_amounts_of(numbers)))
    keys = connection.execute(_CALL_KEYS.format(sessions=numbers))
    connection.executemany(
        _ADD_ID,
        (
            (digest(call_key(SessionKey(source, name), call)), PrunedId.CALL, pruning)
            for source, name, call, pruning in keys
        ),
    )
    for statement in _DELETE_ROWS:
        connection.execute(statement.format(sessions=numbers))
