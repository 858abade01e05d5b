"""A spend as a row of its table, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tui_monitor.events import Rank, Tokens
from tui_monitor.ledger import BUCKET_MS, Sighting, Spend
from tui_monitor.store.names import Names
from tui_monitor.store.sql import Row, marks, saturated

_COLUMNS = """
    id, session, agent, at, shared, model, provider, operation,
    input, output, cache_read, cache_creation, cache_creation_1h, reasoning, web_searches,
    rank, anchored, reported_cost, rates, terms, cost, engine, plan, task, duration_ms, ttft_ms
"""
LOAD = f"SELECT {_COLUMNS} FROM spends WHERE id IN"
SAVE = f"REPLACE INTO spends ({_COLUMNS}) VALUES ({marks(_COLUMNS.split(','))})"


class AccountKey(NamedTuple):
    """An account of the ledger, in numbers."""

    session: int
    agent: int
    model: int
    provider: int
    operation: int
    bucket: int


class Peak(NamedTuple):
    """How large a response is, and on which account."""

    account: AccountKey
    prompt: int
    output: int


class Circumstances(NamedTuple):
    """What is told of a response beside what it counts. Where two sources differ the greater stands."""

    engine: str | None = None
    plan: str | None = None
    task: str | None = None
    duration_ms: int | None = None
    ttft_ms: int | None = None

    def join(self, other: Circumstances) -> Circumstances:
        """Both as one, whichever was first."""
        pairs = zip(self, other, strict=True)
        return Circumstances._make(max((told for told in pair if told is not None), default=None) for pair in pairs)


def spend_of(row: Row, shared: Iterable[Row], names: Names) -> Spend:
    """The spend of a row; ``shared`` are its sightings (spend, session, agent, at) if it is shared."""
    spend_id, session, agent, at, _, model, provider, operation, *counts = row
    return Spend(
        tokens=Tokens(*counts[:6]),
        web_searches=counts[6],
        rank=Rank(counts[7]),
        has_strong_id=bool(counts[8]),
        reported_cost=counts[9],
        rates=None if counts[10] is None else names.rates.value(counts[10]),
        terms=counts[11],
        model=names.texts.value(model),
        provider=names.texts.value(provider),
        operation=names.texts.value(operation),
        sightings={
            names.sessions.value(teller): Sighting(when, names.agent_name(whose))
            for _, teller, whose, when in shared or [(spend_id, session, agent, at)]
        },
        owner=names.sessions.value(session),
        id=spend_id,
    )


def row_of(spend: Spend, around: Circumstances, names: Names) -> Row:
    """The row of a spend, in the order of its columns."""
    account, tokens, cost = spend.account(), spend.tokens, spend.cost
    return (
        spend.id,
        names.sessions.number(account.session),
        names.agent(account.session, account.agent),
        spend.at,
        int(spend.shared),
        names.texts.number(account.model),
        names.texts.number(account.provider),
        names.texts.number(account.operation),
        tokens.input,
        tokens.output,
        tokens.cache_read,
        tokens.cache_creation,
        tokens.cache_creation_1h,
        tokens.reasoning,
        spend.web_searches,
        int(spend.rank),
        int(spend.has_strong_id),
        spend.reported_cost,
        None if spend.rates is None else names.rates.number(spend.rates),
        spend.terms,
        None if cost is None else saturated(cost),
        *around,
    )


def circumstances_of(row: Row) -> Circumstances:
    """What a row keeps of the circumstances."""
    return Circumstances(*row[-5:])


def peak_of(row: Row) -> Peak:
    """How large the response of a row is."""
    _, session, agent, at, _, model, provider, operation, sent, output, cache_read, cache_creation, *_ = row
    bucket = at // BUCKET_MS * BUCKET_MS
    account = AccountKey(session, agent, model, provider, operation, bucket)
    return Peak(account, sent + cache_read + cache_creation, output)
