"""What counts, and for whom: sightings of model responses become spends, spends become signed amounts.

The same response is told many times: by each line of a transcript, by a fork's copied history, by a hook, by
the agent's telemetry. A `Ledger` joins these sightings into one `BilledResponse`, keeps the best numbers, and answers
with the differences by which totals have to move. Spends themselves live in a `LedgerRepository`.

Every result is a pure function of the set of sightings, whatever the order in which they are read, as long as a hint
names one response only, and those who tell of a response agree on its model or say nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from operator import add, sub
from typing import NamedTuple, Protocol

from tui_monitor.events import Rank, Rates, SessionKey, Tokens, Usage

BUCKET_MS = 15 * 60 * 1000
"""Roll-ups are cut into quarters of an hour, so that any time zone can cut its days from them."""

UNATTRIBUTED = "unattributed"
"""The operation under which is booked what a session is said to have cost beyond all its responses."""


class Account(NamedTuple):
    """Where a spend is booked."""

    session: SessionKey
    agent: str
    model: str
    provider: str
    operation: str
    bucket: int


class Amount(NamedTuple):
    """What is booked, or (signed) by how much a total moves. ``cost`` is in picodollars."""

    requests: int = 0
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_creation: int = 0
    cache_creation_1h: int = 0
    reasoning: int = 0
    web_searches: int = 0
    cost: int = 0
    unpriced: int = 0
    lower_bound: int = 0

    def plus(self, other: Amount) -> Amount:
        """The sum, count by count."""
        return Amount._make(map(add, self, other))

    def minus(self, other: Amount) -> Amount:
        """The difference, count by count."""
        return Amount._make(map(sub, self, other))

    @property
    def total_tokens(self) -> int:
        """Input, output, cache reads and cache writes."""
        return self.input + self.output + self.cache_read + self.cache_creation

    @property
    def is_unpriced(self) -> bool:
        """Whether nothing of it has a known price, though it was spent."""
        return self.unpriced >= max(1, self.requests) and not self.cost


ZERO = Amount()


@dataclass(frozen=True, slots=True)
class Observation:
    """That a session's lines tell of a response: when first, and by which of its agents."""

    at: int
    agent: str

    def join(self, other: Observation) -> Observation:
        """The two as one: the earlier time, and the main chain before an agent that repeats it."""
        times = [at for at in (self.at, other.at) if at]
        return Observation(min(times, default=0), min(self.agent, other.agent))


@dataclass(slots=True)
class BilledResponse:
    """One model response, merged from its observations.

    ``owner`` is assigned by `Ledger.reconcile`; ``rate_specificity`` counts the request's terms that ``rates`` are for.
    """

    tokens: Tokens = Tokens()
    rank: Rank = Rank.PLACEHOLDER
    model: str = ""
    provider: str = ""
    operation: str = ""
    web_searches: int = 0
    reported_cost: int | None = None
    rates: Rates | None = None
    rate_specificity: int = 0
    has_strong_id: bool = False
    observations: dict[SessionKey, Observation] = field(default_factory=dict)
    owner: SessionKey | None = None
    id: int = 0

    @property
    def cost(self) -> int | None:
        """Picodollars: what a source says, else the price of the tokens; None when nobody knows."""
        if self.reported_cost is not None:
            return self.reported_cost
        return self.rates.cost(self.tokens, self.web_searches) if self.rates else None

    @property
    def _searches_left_out(self) -> bool:
        priced = self.reported_cost is not None or self.rates is None or self.rates.searches_known
        return self.web_searches > 0 and not priced

    @property
    def at(self) -> int:
        """When it was first told."""
        return min((seen.at for seen in self.observations.values() if seen.at), default=0)

    @property
    def shared(self) -> bool:
        """Whether more than one session's lines tell of it."""
        return len(self.observations) > 1

    def account(self) -> Account:
        """Where it is booked: with its owner."""
        owner = self.owner or min(self.observations)
        bucket = self.at // BUCKET_MS * BUCKET_MS
        return Account(owner, self.observations[owner].agent, self.model, self.provider, self.operation, bucket)

    def amount(self) -> Amount:
        """What is booked there."""
        tokens, cost = self.tokens, self.cost
        return Amount(
            requests=1,
            input=tokens.input,
            output=tokens.output,
            cache_read=tokens.cache_read,
            cache_creation=tokens.cache_creation,
            cache_creation_1h=min(tokens.cache_creation_1h, tokens.cache_creation),
            reasoning=min(tokens.reasoning, tokens.output),
            web_searches=self.web_searches,
            cost=cost or 0,
            unpriced=int(cost is None),
            lower_bound=int(self.rank < Rank.FINAL or self._searches_left_out),
        )


class LedgerRepository(Protocol):
    """Where spends live. It sees what was added, saved, named and merged at once."""

    def find(self, names: Iterable[str]) -> list[BilledResponse]:
        """The spends for which any of these names stands, oldest first, each once."""

    def add_alias(self, response: BilledResponse, names: Iterable[str]) -> None:
        """Let these names stand for ``response`` too."""

    def add(self, response: BilledResponse) -> None:
        """Keep a new spend, and give it its id."""

    def save(self, response: BilledResponse) -> None:
        """Keep what has changed."""

    def merge(self, response: BilledResponse, merged: BilledResponse) -> None:
        """Let all names of ``merged`` stand for ``response``, and forget ``merged``."""

    def shared_by(self, session: SessionKey) -> list[BilledResponse]:
        """All spends that this session shares with another."""

    def first_unshared(self, session: SessionKey) -> int | None:
        """When the earliest spend that this session alone tells of was told; None where there is none."""

    def ownership_ranks(self) -> dict[SessionKey, int]:
        """The places that are kept."""

    def save_ownership_rank(self, session: SessionKey, ownership_rank: int) -> None:
        """Keep a session's place in the order of those that share (see `OwnershipOrder`)."""


class OwnershipOrder:
    """The order in which sessions own what they share: one with nothing of its own is the parent, then the one
    whose own history began first. The book keeps the places by which owners were last decided."""

    def __init__(self, repository: LedgerRepository) -> None:
        self._repository = repository
        self._ranks = repository.ownership_ranks()

    def ownership_rank(self, session: SessionKey) -> tuple[int, SessionKey]:
        """The session's place: the least is the owner. From now on it is known to share."""
        first = self._repository.first_unshared(session)
        ownership_rank = -1 if first is None else first
        if self._ranks.get(session) != ownership_rank:
            self._ranks[session] = ownership_rank
            self._repository.save_ownership_rank(session, ownership_rank)
        return ownership_rank, session

    def moved(self, sessions: Iterable[SessionKey]) -> frozenset[SessionKey]:
        """Those of the sessions that have changed places with another, known to share, since they were last asked
        for: who owns what they share is to be decided anew."""
        before = dict(self._ranks)
        for session in sessions:
            if session in before:
                self.ownership_rank(session)
        changed = [session for session, ownership_rank in self._ranks.items() if ownership_rank != before[session]]
        return frozenset(session for session in changed if self._overtakes(session, before))

    def _overtakes(self, session: SessionKey, before: dict[SessionKey, int]) -> bool:
        then, now = (before[session], session), (self._ranks[session], session)
        return any(
            ((before[other], other) < then) != ((ownership_rank, other) < now)
            for other, ownership_rank in self._ranks.items()
        )


class Ledger:
    """Merges usages into responses: `record` each, then `reconcile` once.

    After `reconcile`, ``reranked`` are the sessions whose order of ownership changed, ``affected`` those with an
    observation of a response whose owner or numbers may have changed. Make a new ledger after a rollback of its
    repository, or when another process has written there.
    """

    def __init__(self, repository: LedgerRepository) -> None:
        self._repository = repository
        self._touched: dict[int, BilledResponse] = {}
        self._booked: dict[int, tuple[Account, Amount]] = {}
        self.ownership = OwnershipOrder(repository)
        self.reranked: frozenset[SessionKey] = frozenset()
        self.affected: frozenset[SessionKey] = frozenset()

    def record(self, usage: Usage) -> None:
        """Take one sighting into account."""
        response, *same = self._same(usage) or [self._new()]
        for other in same:
            self._merge_into(response, other)
        _merge(response, usage)
        _sight(response, usage.session, Observation(usage.at, usage.agent))
        self._repository.add_alias(response, (*usage.strong_ids, *usage.weak_ids))

    def reconcile(self) -> dict[Account, Amount]:
        """Decide who owns what was touched, save it, and return by how much each account moves."""
        self._save()
        self._decide_owners()
        moved: dict[Account, Amount] = {}
        for account, amount in self._movements():
            moved[account] = moved.get(account, ZERO).plus(amount)
        self.affected = frozenset(session for response in self._touched.values() for session in response.observations)
        self._touched.clear()
        self._booked.clear()
        return {account: amount for account, amount in moved.items() if amount != ZERO}

    def _same(self, usage: Usage) -> list[BilledResponse]:
        same = [self._touch(response) for response in self._repository.find(usage.strong_ids)]
        has_strong_id = usage.has_strong_id or any(response.has_strong_id for response in same)
        for response in self._repository.find(usage.weak_ids) if usage.weak_ids else ():
            if all(response.id != known.id for known in same) and not (has_strong_id and response.has_strong_id):
                same.append(self._touch(response))
                has_strong_id |= response.has_strong_id
        return same

    def _new(self) -> BilledResponse:
        response = BilledResponse()
        self._repository.add(response)
        self._touched[response.id] = response
        return response

    def _touch(self, response: BilledResponse) -> BilledResponse:
        if response.id not in self._touched:
            self._touched[response.id] = response
            self._booked[response.id] = (response.account(), response.amount())
        return self._touched[response.id]

    def _merge_into(self, response: BilledResponse, merged: BilledResponse) -> None:
        for session, observation in merged.observations.items():
            _sight(response, session, observation)
        _merge(response, merged)
        del self._touched[merged.id]
        self._repository.merge(response, merged)

    def _save(self) -> None:
        for response in self._touched.values():
            if not response.shared:
                response.owner = next(iter(response.observations))
            self._repository.save(response)

    def _decide_owners(self) -> None:
        disputed = [response for response in self._touched.values() if response.shared]
        self.reranked = self.ownership.moved(
            {session for response in self._touched.values() for session in response.observations}
        )
        for session in self.reranked:
            disputed += (self._touch(response) for response in self._repository.shared_by(session))
        ownership_rank = cache(self.ownership.ownership_rank)
        for response in disputed:
            response.owner = min(response.observations, key=ownership_rank)
            self._repository.save(response)

    def _movements(self) -> Iterator[tuple[Account, Amount]]:
        for account, amount in self._booked.values():
            yield account, ZERO.minus(amount)
        for response in self._touched.values():
            yield response.account(), response.amount()


def _sight(response: BilledResponse, session: SessionKey, observation: Observation) -> None:
    known = response.observations.get(session)
    response.observations[session] = known.join(observation) if known else observation


def _merge(response: BilledResponse, told: Usage | BilledResponse) -> None:
    """Take over what is better: the better source's numbers, the largest output, what the better leaves out."""
    better, other = (told, response) if _standing(told) > _standing(response) else (response, told)
    priced = max(better, other, key=_pricing)
    counts, others = better.tokens, other.tokens
    response.tokens = Tokens(
        counts.input,
        max(counts.output, others.output),
        counts.cache_read,
        counts.cache_creation,
        max(counts.cache_creation_1h, others.cache_creation_1h),
        max(counts.reasoning, others.reasoning),
    )
    response.reported_cost = _largest(response.reported_cost, told.reported_cost)
    response.web_searches = max(response.web_searches, told.web_searches)
    response.operation = _operation(response, told)
    (
        response.model,
        response.provider,
        response.rates,
        response.rate_specificity,
        response.rank,
        response.has_strong_id,
    ) = (
        better.model or other.model,
        better.provider or other.provider,
        priced.rates,
        _rate_specificity(priced),
        better.rank,
        response.has_strong_id or told.has_strong_id,
    )


def _operation(response: BilledResponse, told: Usage | BilledResponse) -> str:
    """What the response was for: an aside that repeats the main chain's responses does not make them its own."""
    if response.has_strong_id == told.has_strong_id:
        return max(response.operation, told.operation)
    return response.operation if response.has_strong_id else told.operation


def _standing(told: Usage | BilledResponse) -> tuple[int, int, int, int, str]:
    """How good the numbers are. The output is left out: a spend has the largest of all, not the best source's own."""
    tokens = told.tokens
    return (told.rank, tokens.prompt, tokens.cache_read, tokens.cache_creation, told.model)


def _pricing(told: Usage | BilledResponse) -> tuple[bool, int]:
    """How well it tells by which rates the response is priced: who knows its terms does better than who counts best."""
    return told.rates is not None, _rate_specificity(told)


def _rate_specificity(told: Usage | BilledResponse) -> int:
    """The tier changes a price more often than the speed, the speed more often than the region."""
    if isinstance(told, BilledResponse):
        return told.rate_specificity
    return 4 * bool(told.service_tier) + 2 * bool(told.speed) + bool(told.region)


def _largest(one: int | None, other: int | None) -> int | None:
    return max((cost for cost in (one, other) if cost is not None), default=None)
