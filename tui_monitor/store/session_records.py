"""Single responses, calls, prompts and agents of sessions with all that identifies them, for who hands them on."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tui_monitor.events import Change, ChangeKind, SessionKey, Tokens
from tui_monitor.ledger import BilledTerms
from tui_monitor.merge.agents import MergedAgent
from tui_monitor.merge.calls import CallRecord
from tui_monitor.store.agents import load_agents
from tui_monitor.store.calls import COLUMNS, decode
from tui_monitor.store.event_log import decode_event
from tui_monitor.store.intern import InternTables, digest_text
from tui_monitor.store.response_rows import SELECT_RESPONSES, ResponseRow, response_of
from tui_monitor.store.sql import id_list

_ResponseIds: TypeAlias = Mapping[int, list[str]]


@dataclass(frozen=True, slots=True)
class RecordedResponse:
    """A response as it is booked. ``ids`` are the ids that it shares with no other response, as digests that every
    store takes for the ids themselves; ``cost`` is in picodollars, None where no price is known."""

    ids: tuple[str, ...]
    agent: str
    at: int
    model: str
    provider: str
    operation: str
    tokens: Tokens
    web_searches: int
    terms: BilledTerms
    cost: int | None
    is_lower_bound: bool
    plan: str = ""
    task: str = ""
    duration_ms: int | None = None
    ttft_ms: int | None = None


@dataclass(frozen=True, slots=True)
class SessionRecords:
    """What a store has of one session. ``calls`` are those that count, by id; ``prompts`` the times and texts of the
    main chain's; ``has_more`` is set if totals say more than the responses, or are known better or worse; ``changes``
    are those of each call, without their diffs."""

    session: SessionKey
    responses: tuple[RecordedResponse, ...] = ()
    calls: Mapping[str, CallRecord] = field(default_factory=dict)
    prompts: tuple[tuple[int, str], ...] = ()
    agents: Mapping[str, MergedAgent] = field(default_factory=dict)
    has_more: bool = False
    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)


_IDS = """
    SELECT min(coalesce(merged_responses.response, aliases.response)) AS owner, alias
    FROM aliases LEFT JOIN merged_responses ON merged_responses.merged = aliases.response
    GROUP BY alias HAVING count(DISTINCT coalesce(merged_responses.response, aliases.response)) = 1
        AND owner IN (SELECT id FROM responses WHERE session IN ({}))
"""
_CALLS = f"""
    SELECT {", ".join(COLUMNS)} FROM calls WHERE session = ? AND counted AND tool IS NOT NULL
    ORDER BY started, started_order
"""
_CHANGES = """
    SELECT calls.call, changes.kind, path, changes.added, changes.removed, old_path
    FROM calls JOIN changes ON changes.call = calls.id JOIN files ON files.id = changes.file
    WHERE calls.session = ? ORDER BY changes.call, position
"""
_PROMPTS = """
    SELECT at, data FROM event_log JOIN agents ON agents.number = event_log.agent
    WHERE event_log.session = ? AND kind = 'prompt' AND agents.agent = '' ORDER BY at, event_log.id
"""
_BEYOND = """
    SELECT 1 FROM unattributed WHERE session = ?
        AND (cost_millidollars OR cost_picodollars OR input OR output OR cache_read OR cache_creation OR lower_bound)
"""


def load_records(
    connection: sqlite3.Connection, interned: InternTables, sessions: Collection[SessionKey]
) -> Iterator[SessionRecords]:
    """Yield the records of these sessions. The ids of all responses are looked through once."""
    numbers = {key: number for key in sessions if (number := interned.sessions.find(key)) is not None}
    ids = defaultdict[int, list[str]](list)
    for response, alias in connection.execute(_IDS.format(id_list(numbers.values()))):
        ids[response].append(digest_text(alias))
    for key, number in numbers.items():
        rows = (decode(row, interned) for row in connection.execute(_CALLS, (number,)).fetchall())
        yield SessionRecords(
            key,
            tuple(_responses(connection, interned, number, ids)),
            {row.call: row.record for row in rows},
            tuple(_prompts(connection, key, number)),
            load_agents(connection, number),
            connection.execute(_BEYOND, (number,)).fetchone() is not None,
            _changes(connection, number),
        )


def _responses(
    connection: sqlite3.Connection, interned: InternTables, session: int, ids: _ResponseIds
) -> Iterator[RecordedResponse]:
    rows = connection.execute(f"{SELECT_RESPONSES} WHERE session = ? ORDER BY at, id", (session,)).fetchall()
    for row in map(ResponseRow._make, rows):
        yield RecordedResponse(
            ids=tuple(sorted(ids.get(row.id, ()))),
            agent=interned.agent_name(row.agent),
            at=row.at,
            model=interned.strings.value_of(row.model),
            provider=interned.strings.value_of(row.provider),
            operation=interned.strings.value_of(row.operation),
            tokens=Tokens(
                row.input, row.output, row.cache_read, row.cache_creation, row.cache_creation_1h, row.reasoning
            ),
            web_searches=row.web_searches,
            terms=interned.terms.value_of(row.terms),
            cost=None if row.cost is None else round(row.cost),
            is_lower_bound=bool(response_of(row, (), interned).amount().lower_bound),
            plan=row.plan or "",
            task=row.task or "",
            duration_ms=row.duration_ms,
            ttft_ms=row.ttft_ms,
        )


def _changes(connection: sqlite3.Connection, session: int) -> dict[str, tuple[Change, ...]]:
    changes = defaultdict[str, list[Change]](list)
    for call, kind, path, added, removed, old_path in connection.execute(_CHANGES, (session,)):
        changes[call].append(Change(ChangeKind(kind), path, "", added, removed, old_path))
    return {call: tuple(own) for call, own in changes.items()}


def _prompts(connection: sqlite3.Connection, key: SessionKey, session: int) -> Iterator[tuple[int, str]]:
    for at, data in connection.execute(_PROMPTS, (session,)).fetchall():
        yield at, getattr(decode_event("prompt", key, "", at, data), "text", "")
