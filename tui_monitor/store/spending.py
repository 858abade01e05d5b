"""What was spent, by whatever it is asked: amounts of accounts under a filter, and single responses with the calls and
prompts between which they stand."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from tui_monitor.events import CallState, ContextPart, Prompt, Rates, SessionKey
from tui_monitor.ledger import BUCKET_MS, Amount
from tui_monitor.store.amount_columns import AMOUNT_COLUMNS, from_columns
from tui_monitor.store.event_log import decode_event
from tui_monitor.store.intern import InternTables
from tui_monitor.store.periods import ROLLED_UP, between, dated_table_of, response_table, table_of
from tui_monitor.store.scopes import SUMS
from tui_monitor.store.sql import id_list

MAX_PROMPT = 400
"""Characters of a prompt."""

ROLLED_UP_OPERATION = "rolled up"
"""Stands for the operations of responses that are no longer kept."""


class SpendingKey(StrEnum):
    """What amounts can be grouped by: the fields of `Spent`."""

    AT = "at"
    SESSION = "session"
    AGENT = "agent"
    AGENT_TYPE = "agent_type"
    MODEL = "model"
    PROVIDER = "provider"
    OPERATION = "operation"
    PLAN = "plan"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class SpendingScope:
    """What to sum: from ``since`` until before ``until`` (epoch ms, None: no limit), of these sessions (None: all).

    ``model`` is a part of a model's name or a pattern, ``agent`` the id or the type of an agent, ``plan`` and ``task``
    are labels; an empty one does not limit.
    """

    since: int | None = None
    until: int | None = None
    sessions: Collection[SessionKey] | None = None
    model: str = ""
    agent: str = ""
    plan: str = ""
    task: str = ""


@dataclass(frozen=True, slots=True)
class Spent:
    """An amount with the keys that were asked for; ``at`` is the quarter of an hour in which it was spent."""

    amount: Amount
    at: int = 0
    session: SessionKey | None = None
    agent: str = ""
    agent_type: str = ""
    model: str = ""
    provider: str = ""
    operation: str = ""
    plan: str = ""
    task: str = ""


@dataclass(frozen=True, slots=True)
class SpentResponse:
    """A response of a session, what was reported beyond its responses, or several whose rows are rolled up. ``chain``
    numbers the agents that sent them; ``is_selected`` if it is within the scope that was asked for."""

    session: SessionKey
    chain: int
    at: int
    model: str
    operation: str
    amount: Amount
    is_selected: bool = True
    agent: str = ""
    provider: str = ""
    rates: Rates | None = None

    @property
    def is_rolled_up(self) -> bool:
        """True for the sum of several responses that are no longer kept."""
        return self.operation == ROLLED_UP_OPERATION

    @property
    def prompt(self) -> int:
        """All tokens that were sent."""
        return self.amount.input + self.amount.cache_read + self.amount.cache_creation


@dataclass(frozen=True, slots=True)
class SpendingCall:
    """A call at its start, by the agent of the same ``chain``; ``files`` are those that it read or changed."""

    session: SessionKey
    chain: int
    at: int
    call: str
    tool: str
    kind: str
    subject: str
    state: CallState
    output_chars: int
    files: tuple[str, ...] = ()
    agent: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SpendingPrompt:
    """A prompt of a session's main chain."""

    session: SessionKey
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class SpendingHistory:
    """Single responses and calls in order of time, those of one agent after another; prompts, those of one session
    after another; and the latest parts of contexts."""

    responses: tuple[SpentResponse, ...] = ()
    calls: tuple[SpendingCall, ...] = ()
    prompts: tuple[SpendingPrompt, ...] = ()
    parts: tuple[ContextPart, ...] = ()


_EXPRESSIONS = {
    SpendingKey.AT: "spent.bucket",
    SpendingKey.SESSION: "spent.session",
    SpendingKey.AGENT: "agents.id",
    SpendingKey.AGENT_TYPE: "agents.agent_type",
    SpendingKey.MODEL: "models.value",
    SpendingKey.PROVIDER: "providers.value",
    SpendingKey.OPERATION: "operations.value",
    SpendingKey.PLAN: "coalesce(spent.plan, agents.plan_id, '')",
    SpendingKey.TASK: "coalesce(spent.task, agents.task)",
}
_JOINS = """
    JOIN agents ON agents.number = spent.agent JOIN strings AS models ON models.id = spent.model
    JOIN strings AS providers ON providers.id = spent.provider
    JOIN strings AS operations ON operations.id = spent.operation
"""
_LABELS = (SpendingKey.PLAN, SpendingKey.TASK)
_UNNAMED_MAIN = "iif(agents.agent = '', 'main', agents.agent)"


def amounts(
    connection: sqlite3.Connection, interned: InternTables, scope: SpendingScope, keys: Collection[SpendingKey]
) -> list[Spent]:
    """Return the amounts of a scope, grouped by ``keys``."""
    has_labels = bool(scope.plan or scope.task or any(key in _LABELS for key in keys))
    if has_labels:
        table = response_table(scope.since, scope.until)
    elif SpendingKey.AT in keys:
        table = dated_table_of(scope.since, scope.until)
    else:
        table = table_of(scope.since, scope.until)
    expressions = [_expression(key, has_labels=has_labels) for key in keys]
    where, values = _condition(interned, scope)
    groups = f"GROUP BY {', '.join(map(str, range(1, len(expressions) + 1)))}" if expressions else ""
    rows = connection.execute(
        f"SELECT {', '.join([*expressions, SUMS])} FROM {table} AS spent {_JOINS} WHERE {where} {groups}", values
    )
    return [_spent(interned, keys, row) for row in rows]


def _expression(key: SpendingKey, *, has_labels: bool) -> str:
    if key is SpendingKey.AT and has_labels:
        return f"spent.at - spent.at % {BUCKET_MS}"
    return _EXPRESSIONS[key]


def _spent(interned: InternTables, keys: Collection[SpendingKey], row: tuple[object, ...]) -> Spent:
    values = dict(zip(keys, row, strict=False))
    number = values.pop(SpendingKey.SESSION, None)
    session = interned.sessions.value_of(number) if isinstance(number, int) else None
    spent = Spent(from_columns(row[len(keys) :]), session=session)  # type: ignore[arg-type]
    return replace(spent, **{key.value: value for key, value in values.items()})  # type: ignore[arg-type]


def _condition(interned: InternTables, scope: SpendingScope) -> tuple[str, dict[str, str]]:
    """Return the condition of a scope in SQL but for its times, and its parameters."""
    conditions, values = ["TRUE"], {}
    if scope.sessions is not None:
        numbers = (interned.sessions.find(key) for key in scope.sessions)
        conditions.append(f"spent.session IN ({id_list(number for number in numbers if number is not None)})")
    if scope.model:
        conditions.append("lower(models.value) GLOB :model")
        values["model"] = _pattern(scope.model)
    if scope.agent:
        conditions.append(f":agent IN (agents.id, agents.agent_type, {_UNNAMED_MAIN})")
        values["agent"] = scope.agent
    for key in _LABELS:
        if label := getattr(scope, key):
            conditions.append(f"{_EXPRESSIONS[key]} = :{key}")
            values[key.value] = label
    return " AND ".join(conditions), values


def _pattern(model: str) -> str:
    text = model.lower()
    return text if any(character in text for character in "*?[") else f"*{text}*"


def history(connection: sqlite3.Connection, interned: InternTables, scope: SpendingScope) -> SpendingHistory:
    """Return all responses, calls and prompts of the sessions of a scope; its other limits mark responses as selected,
    since a call belongs to a response whether or not that is within them."""
    return SpendingHistory(
        tuple(_responses(connection, interned, scope)),
        tuple(_calls(connection, interned, scope)),
        tuple(_prompts(connection, interned, scope)),
        tuple(_parts(connection, interned, scope)),
    )


def _responses(connection: sqlite3.Connection, interned: InternTables, scope: SpendingScope) -> Iterator[SpentResponse]:
    of_sessions, _ = _condition(interned, SpendingScope(sessions=scope.sessions))
    selected, values = _condition(interned, replace(scope, sessions=None))
    rows = connection.execute(
        f"""
            SELECT spent.session, spent.agent, spent.at, models.value,
                iif(spent.response = {ROLLED_UP}, '{ROLLED_UP_OPERATION}', operations.value),
                {selected} AND {between("spent.at", scope.since, scope.until)},
                agents.agent, providers.value, spent.rates, {", ".join(f"spent.{name}" for name in AMOUNT_COLUMNS)}
            FROM {response_table(None, None)} AS spent {_JOINS}
            WHERE {of_sessions} ORDER BY spent.agent, spent.at, spent.response
        """,
        values,
    )
    for session, chain, at, model, operation, is_selected, agent, provider, rates, *columns in rows:
        key, amount = interned.sessions.value_of(session), from_columns(columns)
        priced = None if rates is None else interned.rates.value_of(rates)
        yield SpentResponse(key, chain, at, model, operation, amount, bool(is_selected), agent, provider, priced)


def _calls(connection: sqlite3.Connection, interned: InternTables, scope: SpendingScope) -> Iterator[SpendingCall]:
    where, values = _condition(interned, SpendingScope(sessions=scope.sessions))
    rows = connection.execute(
        f"""
            SELECT spent.session, spent.agent, started, spent.call, strings.value, spent.kind, subject, state,
                output_chars + error_chars,
                (SELECT json_group_array(path) FROM changes JOIN files ON files.id = changes.file
                    WHERE changes.call = spent.id), agents.agent, spent.note
            FROM calls AS spent JOIN strings ON strings.id = spent.tool JOIN agents ON agents.number = spent.agent
            WHERE counted AND {where} ORDER BY spent.agent, started, started_order
        """,
        values,
    )
    for session, chain, at, call, tool, kind, subject, state, chars, files, agent, note in rows:
        paths = tuple(dict.fromkeys(json.loads(files)))
        key = interned.sessions.value_of(session)
        yield SpendingCall(key, chain, at, call, tool, kind, subject, CallState(state), chars, paths, agent, note)


def _prompts(connection: sqlite3.Connection, interned: InternTables, scope: SpendingScope) -> Iterator[SpendingPrompt]:
    where, values = _condition(interned, SpendingScope(sessions=scope.sessions))
    rows = connection.execute(
        f"""
            SELECT spent.session, at, data FROM event_log AS spent JOIN agents ON agents.number = spent.agent
            WHERE kind = 'prompt' AND agents.agent = '' AND {where} ORDER BY spent.session, at, spent.id
        """,
        values,
    )
    for session, at, data in rows:
        key = interned.sessions.value_of(session)
        event = decode_event("prompt", key, "", at, data)
        if isinstance(event, Prompt):
            yield SpendingPrompt(key, at, event.text[:MAX_PROMPT])


def _parts(connection: sqlite3.Connection, interned: InternTables, scope: SpendingScope) -> Iterator[ContextPart]:
    where, values = _condition(interned, SpendingScope(sessions=scope.sessions))
    rows = connection.execute(
        f"""
            SELECT spent.session, spent.agent, at, data
            FROM latest_events JOIN agents AS spent ON spent.number = latest_events.agent
            WHERE kind = 'part' AND {where} ORDER BY spent.number, name
        """,
        values,
    )
    for session, agent, at, data in rows:
        event = decode_event("part", interned.sessions.value_of(session), agent, at, data)
        if isinstance(event, ContextPart):
            yield event
