"""Figures of the responses of one session: their times by model and by operation, and what each prompt cost."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tui_monitor.events import MAIN, Prompt, Rank, SessionKey
from tui_monitor.figures import UNTIMED, Latency, OperationTotal, PromptTotal
from tui_monitor.ledger import ZERO, Amount
from tui_monitor.store.amount_columns import AMOUNT_COLUMNS, from_columns
from tui_monitor.store.event_log import decode_event
from tui_monitor.store.intern import InternTables
from tui_monitor.store.periods import RESPONSE_AMOUNT
from tui_monitor.store.scopes import SUMS

MAX_PROMPTS = 500
_EVER = -(2**62)
MAX_PROMPT = 400
"""Characters of a prompt."""

_RESPONSES = """
    FROM responses WHERE session = :session AND at >= :since AND id IN (
        SELECT id FROM responses WHERE session = :session AND shared = 0 AND at >= :since
        UNION ALL SELECT response FROM observations WHERE session = :session
    )
"""
"""The responses that a session owns from a time on. Those that it shares are found by its observations: both parts have
an index."""

_TIMES = f"""
    SELECT models.value, providers.value, operations.value, agents.agent <> '', duration_ms, ttft_ms, output,
        rank >= {int(Rank.EXPORTED)}
    FROM (SELECT * {_RESPONSES} AND (duration_ms IS NOT NULL OR ttft_ms IS NOT NULL)) AS timed
        JOIN strings AS models ON models.id = timed.model JOIN strings AS providers ON providers.id = timed.provider
        JOIN strings AS operations ON operations.id = operation JOIN agents ON agents.number = timed.agent
"""
_OPERATIONS = f"""
    SELECT operations.value, operations.value = '' AND agents.agent <> '', {SUMS}
    FROM totals JOIN strings AS operations ON operations.id = operation JOIN agents ON agents.number = totals.agent
    WHERE totals.session = :session GROUP BY 1, 2
"""
_PROMPT_TIMES = "FROM event_log WHERE session = :session AND kind = 'prompt' AND agent = :main"
_LAST_PROMPTS = f"SELECT at {_PROMPT_TIMES} ORDER BY at DESC, id DESC LIMIT {MAX_PROMPTS}"
_PROMPTS = f"SELECT at, data {_PROMPT_TIMES} ORDER BY at, id"
_NUMBERED = "sum(is_prompt) OVER (ORDER BY at, is_prompt DESC) AS prompt"
_AMOUNTS = f"""
    SELECT prompt, {SUMS} FROM (
        SELECT *, {_NUMBERED} FROM (
            SELECT at, 0 AS is_prompt, {RESPONSE_AMOUNT} {_RESPONSES}
            UNION ALL SELECT at, 1, {", ".join("0" for _ in AMOUNT_COLUMNS)} {_PROMPT_TIMES} AND at >= :since
        )
    ) WHERE NOT is_prompt GROUP BY prompt
"""
_MAY_BE_MORE = """
    SELECT EXISTS (
        SELECT 1 FROM unattributed WHERE session = :session AND (lower_bound > 0 OR cost_millidollars > 0))
"""
_CALLS = f"""
    SELECT prompt, count(*) FROM (
        SELECT *, {_NUMBERED} FROM (
            SELECT started AS at, 0 AS is_prompt FROM calls
            WHERE session = :session AND counted AND tool IS NOT NULL
            UNION ALL SELECT at, 1 {_PROMPT_TIMES}
        )
    ) WHERE NOT is_prompt GROUP BY prompt
"""


class _Time(NamedTuple):
    """The times of one response, None where they are unknown."""

    duration_ms: int | None
    first_token_ms: int | None
    output: int
    is_exact: bool


class _TimedResponse(NamedTuple):
    """What a response was for, and its times."""

    model: str
    provider: str
    operation: str
    is_of_sub_agent: bool
    time: _Time


def model_latencies(
    connection: sqlite3.Connection, interned: InternTables, session: SessionKey
) -> dict[tuple[str, str], Latency]:
    """Return the times of the responses of each model with its provider, of those that have any."""
    times = defaultdict[tuple[str, str], list[_Time]](list)
    for response in _timed(connection, interned, session):
        times[response.model, response.provider].append(response.time)
    return {model: _latency(of_model) for model, of_model in times.items()}


def operations(
    connection: sqlite3.Connection, interned: InternTables, session: SessionKey
) -> tuple[OperationTotal, ...]:
    """Return what a session spent for each purpose, the most expensive first."""
    times = defaultdict[tuple[str, bool], list[_Time]](list)
    for response in _timed(connection, interned, session):
        is_of_sub_agents = response.is_of_sub_agent and not response.operation
        times[response.operation, is_of_sub_agents].append(response.time)
    rows = connection.execute(_OPERATIONS, {"session": interned.sessions.find(session)})
    totals = (
        OperationTotal(name, bool(sub), from_columns(columns), _latency(times[name, bool(sub)]))
        for name, sub, *columns in rows
    )
    used = [one for one in totals if one.amount.requests or one.amount.total_tokens or one.amount.cost]
    return tuple(sorted(used, key=lambda one: (-one.amount.cost, -one.amount.total_tokens, one.operation)))


def prompts(connection: sqlite3.Connection, interned: InternTables, session: SessionKey) -> tuple[PromptTotal, ...]:
    """Return the last prompts of a session's main chain with what was spent from each until the next, the latest
    first; what came before the first one is a prompt without text at time 0."""
    keys = {
        "session": interned.sessions.find(session),
        "main": interned.agents.find((session, MAIN)),
        "since": _EVER,
    }
    amounts = _amounts(connection, keys)
    calls = dict(connection.execute(_CALLS, keys))
    rows = connection.execute(_PROMPTS, keys).fetchall()
    totals = [
        PromptTotal(at, _text(session, at, data), amounts.get(number, ZERO), calls.get(number, 0))
        for number, (at, data) in list(enumerate(rows, 1))[-MAX_PROMPTS:]
    ]
    if 0 in amounts or 0 in calls:
        totals.insert(0, PromptTotal(0, "", amounts.get(0, ZERO), calls.get(0, 0)))
    return tuple(reversed(totals))


def prompt_amounts(connection: sqlite3.Connection, interned: InternTables, session: SessionKey) -> dict[int, Amount]:
    """Return what was spent from each of the last prompts of a session's main chain until the next, by the prompt's
    time; of prompts at the same time only the last has any."""
    keys = {"session": interned.sessions.find(session), "main": interned.agents.find((session, MAIN))}
    times = sorted(at for (at,) in connection.execute(_LAST_PROMPTS, keys))
    if not times:
        return {}
    amounts = _amounts(connection, {**keys, "since": times[0]})
    skipped = connection.execute(f"SELECT count(*) {_PROMPT_TIMES} AND at = :since", {**keys, "since": times[0]})
    number_of_first = 1 + skipped.fetchone()[0] - times.count(times[0])
    return {at: amounts.get(number, ZERO) for number, at in enumerate(times, number_of_first)}


def _amounts(connection: sqlite3.Connection, keys: Mapping[str, int | None]) -> dict[int, Amount]:
    """Return what was spent from each prompt until the next, by the prompt's number: lower bounds where the session has
    spent more than its responses, or may have, as nobody knows for which prompt."""
    amounts = {prompt: from_columns(columns) for prompt, *columns in connection.execute(_AMOUNTS, keys)}
    if not connection.execute(_MAY_BE_MORE, keys).fetchone()[0]:
        return amounts
    return {prompt: amount._replace(lower_bound=amount.lower_bound + 1) for prompt, amount in amounts.items()}


def _text(session: SessionKey, at: int, data: str | bytes) -> str:
    event = decode_event("prompt", session, MAIN, at, data)
    return event.text[:MAX_PROMPT] if isinstance(event, Prompt) else ""


def _timed(connection: sqlite3.Connection, interned: InternTables, session: SessionKey) -> Iterable[_TimedResponse]:
    rows = connection.execute(_TIMES, {"session": interned.sessions.find(session), "since": _EVER})
    for model, provider, operation, sub_agent, duration, first_token, output, is_exact in rows:
        time = _Time(duration, first_token, output, bool(is_exact))
        yield _TimedResponse(model, provider, operation, bool(sub_agent), time)


def _latency(times: list[_Time]) -> Latency:
    if not times:
        return UNTIMED
    durations = sorted(time.duration_ms for time in times if time.duration_ms is not None)
    firsts = sorted(time.first_token_ms for time in times if time.first_token_ms is not None)
    exact = [(time.output, time.duration_ms) for time in times if time.is_exact and time.duration_ms and time.output]
    seconds = sum(duration for _, duration in exact) / 1000
    return Latency(
        len(durations),
        _percentile(durations, 50),
        _percentile(durations, 95),
        _percentile(firsts, 50),
        sum(output for output, _ in exact) / seconds if seconds else None,
    )


def _percentile(ascending: list[int], share: int) -> int | None:
    """Return the shortest that is no shorter than that share of them."""
    return ascending[-(-len(ascending) * share // 100) - 1] if ascending else None
