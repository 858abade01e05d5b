"""Rows of the tables of responses, and their conversion from and to the ledger's model."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from tui_monitor.events import Rank, Tokens, Usage
from tui_monitor.ledger import BUCKET_MS, BilledResponse, Observation, PriceBasis, Provenance
from tui_monitor.store.intern import InternTables
from tui_monitor.store.sql import MAX_INTEGER, placeholders


class ResponseRow(NamedTuple):
    """A row of ``responses``: the fields are its columns."""

    id: int
    session: int
    agent: int
    at: int
    shared: int
    model: int
    provider: int
    operation: int
    input: int
    output: int
    cache_read: int
    cache_creation: int
    cache_creation_1h: int
    reasoning: int
    web_searches: int
    rank: int
    has_strong_id: int
    reported_cost: int | None
    exported_cost: int | None
    rates: int | None
    terms: int
    priced_at: int | None
    priced_prompt: int | None
    rate_specificity: int
    cost: float | None
    engine: str | None
    plan: str | None
    task: str | None
    duration_ms: int | None
    ttft_ms: int | None


class ObservationRow(NamedTuple):
    """A row of ``observations``, which has those of shared responses."""

    response: int
    session: int
    agent: int
    at: int
    provenance: int = Provenance.RECORDED


class AccountKey(NamedTuple):
    """A ledger account by the numbers of its session, agent and strings."""

    session: int
    agent: int
    model: int
    provider: int
    operation: int
    bucket: int


class ResponseSize(NamedTuple):
    """A response's contribution to the maxima of its account: tokens of its prompt and output."""

    account: AccountKey
    prompt: int
    output: int


class ResponseMetadata(NamedTuple):
    """Columns of a response that are not counted. Where two sources differ, the greater value wins."""

    engine: str | None = None
    plan: str | None = None
    task: str | None = None
    duration_ms: int | None = None
    ttft_ms: int | None = None

    @classmethod
    def of(cls, usage: Usage) -> ResponseMetadata:
        """Return the metadata of a usage."""
        return cls(usage.engine or None, usage.plan or None, usage.task or None, usage.duration_ms, usage.ttft_ms)

    def merge(self, other: ResponseMetadata) -> ResponseMetadata:
        """Return both as one, whichever was first."""
        pairs = zip(self, other, strict=True)
        return ResponseMetadata._make(max((one for one in pair if one is not None), default=None) for pair in pairs)


SELECT_RESPONSES = f"SELECT {', '.join(ResponseRow._fields)} FROM responses"
SAVE_RESPONSE = (
    f"REPLACE INTO responses ({', '.join(ResponseRow._fields)}) VALUES ({placeholders(ResponseRow._fields)})"
)
SELECT_OBSERVATIONS = f"SELECT {', '.join(ObservationRow._fields)} FROM observations"
SAVE_OBSERVATION = (
    f"REPLACE INTO observations ({', '.join(ObservationRow._fields)}) VALUES ({placeholders(ObservationRow._fields)})"
)
_METADATA = attrgetter(*ResponseMetadata._fields)


def response_of(row: ResponseRow, observations: Iterable[ObservationRow], interned: InternTables) -> BilledResponse:
    """Return the response of a row; ``observations`` are empty unless it is shared."""
    return BilledResponse(
        tokens=Tokens(row.input, row.output, row.cache_read, row.cache_creation, row.cache_creation_1h, row.reasoning),
        web_searches=row.web_searches,
        rank=Rank(row.rank),
        has_strong_id=bool(row.has_strong_id),
        reported_cost=row.reported_cost,
        exported_cost=row.exported_cost,
        rates=None if row.rates is None else interned.rates.value_of(row.rates),
        basis=price_basis_of(row, interned),
        rate_specificity=row.rate_specificity,
        model=interned.strings.value_of(row.model),
        provider=interned.strings.value_of(row.provider),
        operation=interned.strings.value_of(row.operation),
        observations={
            interned.sessions.value_of(one.session): Observation(
                one.at, interned.agent_name(one.agent), Provenance(one.provenance)
            )
            for one in observations or [ObservationRow(row.id, row.session, row.agent, row.at)]
        },
        owner=interned.sessions.value_of(row.session),
        id=row.id,
    )


def row_of(response: BilledResponse, metadata: ResponseMetadata, interned: InternTables) -> ResponseRow:
    """Return the row of a response, which has an owner."""
    owner, tokens, cost, basis = response.booked_for, response.tokens, response.cost, response.basis
    return ResponseRow(
        id=response.id,
        session=interned.sessions.id_of(owner),
        agent=interned.agent(owner, response.observations[owner].agent),
        at=response.at,
        shared=int(response.shared),
        model=interned.strings.id_of(response.model),
        provider=interned.strings.id_of(response.provider),
        operation=interned.strings.id_of(response.operation),
        input=tokens.input,
        output=tokens.output,
        cache_read=tokens.cache_read,
        cache_creation=tokens.cache_creation,
        cache_creation_1h=tokens.cache_creation_1h,
        reasoning=tokens.reasoning,
        web_searches=response.web_searches,
        rank=int(response.rank),
        has_strong_id=int(response.has_strong_id),
        reported_cost=response.reported_cost,
        exported_cost=response.exported_cost,
        rates=None if response.rates is None else interned.rates.id_of(response.rates),
        terms=interned.terms.id_of(basis.terms),
        priced_at=_unless(response.at, basis.at),
        priced_prompt=_unless(tokens.prompt, basis.prompt),
        rate_specificity=response.rate_specificity,
        cost=cost_column(cost),
        engine=metadata.engine,
        plan=metadata.plan,
        task=metadata.task,
        duration_ms=metadata.duration_ms,
        ttft_ms=metadata.ttft_ms,
    )


def price_basis_of(row: ResponseRow, interned: InternTables) -> PriceBasis:
    """Return what the rates of a row's response depend on."""
    at = row.at if row.priced_at is None else row.priced_at
    prompt = row.input + row.cache_read + row.cache_creation if row.priced_prompt is None else row.priced_prompt
    return PriceBasis(interned.terms.value_of(row.terms), at, prompt)


def cost_column(cost: int | None) -> float | None:
    """Return picodollars as the column ``cost``: a float if they exceed 64 bits."""
    return cost if cost is None or abs(cost) <= MAX_INTEGER else float(cost)


def _unless(usual: int, value: int) -> int | None:
    return None if value == usual else value


def metadata_of(row: ResponseRow) -> ResponseMetadata:
    """Return the metadata columns of a row."""
    return ResponseMetadata._make(_METADATA(row))


def response_size_of(row: ResponseRow) -> ResponseSize:
    """Return the size of a row's response, and its account."""
    bucket = row.at // BUCKET_MS * BUCKET_MS
    account = AccountKey(row.session, row.agent, row.model, row.provider, row.operation, bucket)
    return ResponseSize(account, row.input + row.cache_read + row.cache_creation, row.output)
