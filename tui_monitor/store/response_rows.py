"""A spend as a row of its table, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tui_monitor.events import Rank, Tokens
from tui_monitor.ledger import BUCKET_MS, BilledResponse, Observation
from tui_monitor.store.intern import InternTables
from tui_monitor.store.sql import SqlRow, placeholders, saturate

_COLUMNS = """
    id, session, agent, at, shared, model, provider, operation,
    input, output, cache_read, cache_creation, cache_creation_1h, reasoning, web_searches,
    rank, has_strong_id, reported_cost, rates, rate_specificity, cost, engine, plan, task, duration_ms, ttft_ms
"""
LOAD = f"SELECT {_COLUMNS} FROM responses WHERE id IN"
SAVE = f"REPLACE INTO responses ({_COLUMNS}) VALUES ({placeholders(_COLUMNS.split(','))})"


class AccountKey(NamedTuple):
    """An account of the ledger, in numbers."""

    session: int
    agent: int
    model: int
    provider: int
    operation: int
    bucket: int


class MaxSizes(NamedTuple):
    """How large a response is, and on which account."""

    account: AccountKey
    prompt: int
    output: int


class ResponseMetadata(NamedTuple):
    """What is told of a response beside what it counts. Where two sources differ the greater stands."""

    engine: str | None = None
    plan: str | None = None
    task: str | None = None
    duration_ms: int | None = None
    ttft_ms: int | None = None

    def join(self, other: ResponseMetadata) -> ResponseMetadata:
        """Both as one, whichever was first."""
        pairs = zip(self, other, strict=True)
        return ResponseMetadata._make(max((told for told in pair if told is not None), default=None) for pair in pairs)


def response_of(row: SqlRow, shared: Iterable[SqlRow], interned: InternTables) -> BilledResponse:
    """The spend of a row; ``shared`` are its sightings (spend, session, agent, at) if it is shared."""
    spend_id, session, agent, at, _, model, provider, operation, *counts = row
    return BilledResponse(
        tokens=Tokens(*counts[:6]),
        web_searches=counts[6],
        rank=Rank(counts[7]),
        has_strong_id=bool(counts[8]),
        reported_cost=counts[9],
        rates=None if counts[10] is None else interned.rates.value_of(counts[10]),
        rate_specificity=counts[11],
        model=interned.strings.value_of(model),
        provider=interned.strings.value_of(provider),
        operation=interned.strings.value_of(operation),
        observations={
            interned.sessions.value_of(teller): Observation(when, interned.agent_name(whose))
            for _, teller, whose, when in shared or [(spend_id, session, agent, at)]
        },
        owner=interned.sessions.value_of(session),
        id=spend_id,
    )


def row_of(response: BilledResponse, metadata: ResponseMetadata, interned: InternTables) -> SqlRow:
    """The row of a spend, in the order of its columns."""
    account, tokens, cost = response.account(), response.tokens, response.cost
    return (
        response.id,
        interned.sessions.id_of(account.session),
        interned.agent(account.session, account.agent),
        response.at,
        int(response.shared),
        interned.strings.id_of(account.model),
        interned.strings.id_of(account.provider),
        interned.strings.id_of(account.operation),
        tokens.input,
        tokens.output,
        tokens.cache_read,
        tokens.cache_creation,
        tokens.cache_creation_1h,
        tokens.reasoning,
        response.web_searches,
        int(response.rank),
        int(response.has_strong_id),
        response.reported_cost,
        None if response.rates is None else interned.rates.id_of(response.rates),
        response.rate_specificity,
        None if cost is None else saturate(cost),
        *metadata,
    )


def metadata_of(row: SqlRow) -> ResponseMetadata:
    """What a row keeps of the circumstances."""
    return ResponseMetadata(*row[-5:])


def max_sizes_of(row: SqlRow) -> MaxSizes:
    """How large the response of a row is."""
    _, session, agent, at, _, model, provider, operation, sent, output, cache_read, cache_creation, *_ = row
    bucket = at // BUCKET_MS * BUCKET_MS
    account = AccountKey(session, agent, model, provider, operation, bucket)
    return MaxSizes(account, sent + cache_read + cache_creation, output)
