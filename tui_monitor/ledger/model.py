"""Billed responses, the rules by which observations are merged into one, and the accounts and amounts they come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from operator import add, sub
from typing import NamedTuple, TypeAlias

from tui_monitor.events import PICO, Rank, Rates, SessionKey, Tokens, Usage

BUCKET_MS = 15 * 60 * 1000
"""Width of a roll-up bucket: a quarter of an hour, so that the days of any time zone can be cut from them."""

UNATTRIBUTED = "unattributed"
"""The operation of usage that was reported for a session beyond its responses."""


class Account(NamedTuple):
    """Key of a total: who used which model for what, in which quarter of an hour."""

    session: SessionKey
    agent: str
    model: str
    provider: str
    operation: str
    bucket: int


class Amount(NamedTuple):
    """Counts and cost (picodollars) on an account, or the signed difference by which a total moves.

    ``unpriced`` and ``lower_bound`` count responses without a known price and with incomplete numbers.
    """

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
        """Return the sum, field by field."""
        return Amount._make(map(add, self, other))

    def minus(self, other: Amount) -> Amount:
        """Return the difference, field by field."""
        return Amount._make(map(sub, self, other))

    @property
    def cost_usd(self) -> float:
        """Cost in US dollars; a lower bound if any response is one or has no known price."""
        return self.cost / PICO

    @property
    def total_tokens(self) -> int:
        """Input, output, cache reads and cache writes."""
        return self.input + self.output + self.cache_read + self.cache_creation

    @property
    def is_unpriced(self) -> bool:
        """True if there was usage, but a price is known for none of it."""
        return self.unpriced >= max(1, self.requests) and not self.cost


ZERO = Amount()


class Provenance(IntEnum):
    """Where a session's record of a response is from."""

    RECORDED = 0  # the session's own files, whose history may be a copy
    COPIED = 1  # the same, where it is marked as a copy from another session
    ASCRIBED = 2  # the files of another session, which say that they have it from this one


@dataclass(frozen=True, slots=True)
class Observation:
    """A session's record of a response: the earliest time, the agent that sent it, and where it is from."""

    at: int
    agent: str
    provenance: Provenance = Provenance.RECORDED

    def merge(self, other: Observation) -> Observation:
        """Return the earlier known time, the main chain rather than an agent that repeats it, and the best evidence."""
        times = [at for at in (self.at, other.at) if at]
        provenance = min(self.provenance, other.provenance)
        return Observation(min(times, default=0), min(self.agent, other.agent), provenance)


class BilledTerms(NamedTuple):
    """The model of a request, who runs it, and the terms that change its price."""

    model: str = ""
    provider: str = ""
    engine: str = ""
    service_tier: str = ""
    speed: str = ""
    region: str = ""


NO_TERMS = BilledTerms()


class PriceBasis(NamedTuple):
    """All that the rates of a response depend on, as the source that supplied them reports it: the ``terms``, the time,
    and the tokens of the prompt."""

    terms: BilledTerms = NO_TERMS
    at: int = 0
    prompt: int = 0


NO_BASIS = PriceBasis()


@dataclass(slots=True)
class BilledResponse:
    """One model response, merged from its observations.

    ``owner`` is assigned by `Ledger.reconcile`; ``rate_specificity`` ranks the source of ``rates`` and ``basis``.
    Costs are picodollars: ``reported_cost`` from the agent's files, ``exported_cost`` from telemetry.
    """

    tokens: Tokens = Tokens()
    rank: Rank = Rank.PLACEHOLDER
    model: str = ""
    provider: str = ""
    operation: str = ""
    web_searches: int = 0
    reported_cost: int | None = None
    exported_cost: int | None = None
    rates: Rates | None = None
    basis: PriceBasis = NO_BASIS
    rate_specificity: int = 0
    has_strong_id: bool = False
    observations: dict[SessionKey, Observation] = field(default_factory=dict)
    owner: SessionKey | None = None
    id: int = 0

    @property
    def cost(self) -> int | None:
        """Picodollars: the source's own figure, otherwise the price of the tokens; None if neither is known."""
        if self._adds_nothing:
            return 0
        if (reported := self._reported) is not None:
            return reported
        return self.rates.cost(self.tokens, self.web_searches) if self.rates else None

    @property
    def _reported(self) -> int | None:
        """The reported cost in effect: that of telemetry counts only where the agent's files leave the price open."""
        is_open = self.rank < Rank.FINAL or self.rates is None
        return self.exported_cost if self.reported_cost is None and is_open else self.reported_cost

    @property
    def at(self) -> int:
        """The earliest known time of any observation; 0 if none is known."""
        times = [observation.at for observation in self.observations.values() if observation.at]
        return min(times) if times else 0

    @property
    def shared(self) -> bool:
        """True if more than one session has an observation of it."""
        return len(self.observations) > 1

    @property
    def booked_for(self) -> SessionKey:
        """Its owner; the first session while none is assigned."""
        return self.owner or min(self.observations)

    def candidates(self, is_unread: Callable[[SessionKey], bool]) -> list[SessionKey]:
        """Return the sessions of which one is the owner: those that recorded it. If all have marked it as a copy, it is
        one that they have it from, of those whose own files nobody has read: else these would have shown it."""
        sessions: dict[Provenance, list[SessionKey]] = {kind: [] for kind in Provenance}
        for session, observation in self.observations.items():
            sessions[observation.provenance].append(session)
        unread = [] if sessions[Provenance.RECORDED] else list(filter(is_unread, sessions[Provenance.ASCRIBED]))
        return unread or sessions[Provenance.RECORDED] + sessions[Provenance.COPIED]

    def account(self) -> Account:
        """Return the account of its owner that it is booked on."""
        owner = self.booked_for
        bucket = self.at // BUCKET_MS * BUCKET_MS
        return Account(owner, self.observations[owner].agent, self.model, self.provider, self.operation, bucket)

    def amount(self) -> Amount:
        """Return the amount that is booked."""
        tokens, cost = self.tokens, self.cost
        return Amount(
            requests=int(not self._adds_nothing),
            input=tokens.input,
            output=tokens.output,
            cache_read=tokens.cache_read,
            cache_creation=tokens.cache_creation,
            cache_creation_1h=min(tokens.cache_creation_1h, tokens.cache_creation),
            reasoning=min(tokens.reasoning, tokens.output),
            web_searches=self.web_searches,
            cost=cost or 0,
            unpriced=int(cost is None),
            lower_bound=int(self._is_lower_bound),
        )

    def reprice(self, rates: Rates | None) -> Amount:
        """Replace the rates; return by how much the booked amount moves."""
        before = self._price()
        self.rates = rates
        return self._price().minus(before)

    def _price(self) -> Amount:
        cost = self.cost
        return Amount(cost=cost or 0, unpriced=int(cost is None), lower_bound=int(self._is_lower_bound))

    def observe(self, session: SessionKey, observation: Observation) -> None:
        """Add a session's observation, merged with an earlier one of the same session."""
        existing = self.observations.get(session)
        self.observations[session] = existing.merge(observation) if existing else observation

    def merge(self, other: Usage | BilledResponse) -> None:
        """Merge the numbers of a usage, or of a response that proves to be the same.

        The better ranked source has the counts, but the largest search count and reported cost win, and without a final
        count the largest output; fields that it leaves empty come from the other. The rates are of the source that
        knows most terms of the request, of an agent's file before telemetry.
        """
        better: _Source
        worse: _Source
        if not self.observations:
            better, worse, priced = other, self, other
        else:
            better, worse = (other, self) if _precedence(other) > _precedence(self) else (self, other)
            priced = max(better, worse, key=_rate_precedence)
        is_settled = better.rank is Rank.FINAL is not worse.rank
        self.tokens = better.tokens if is_settled else _merge_tokens(better.tokens, worse.tokens)
        reported_cost, exported_cost = _costs(other)
        self.reported_cost = _largest(self.reported_cost, reported_cost)
        self.exported_cost = _largest(self.exported_cost, exported_cost)
        self.web_searches = max(self.web_searches, other.web_searches)
        self.operation = _operation(self, other)
        self.model, self.provider, self.rates, self.basis, self.rate_specificity, self.rank, self.has_strong_id = (
            better.model or worse.model,
            better.provider or worse.provider,
            priced.rates,
            _basis(priced),
            _rate_specificity(priced),
            better.rank,
            self.has_strong_id or other.has_strong_id,
        )

    @property
    def _adds_nothing(self) -> bool:
        """True for a sum that only repeats responses."""
        return self.rank is Rank.SUM and not self.tokens.total

    @property
    def _is_lower_bound(self) -> bool:
        return self.rank < Rank.EXPORTED or self._costs_more

    @property
    def _costs_more(self) -> bool:
        """True if something of it has no known price, so that it costs at least what its rates say."""
        if self.rates is None or self._reported is not None:
            return False
        return not self.rates.terms_known or (self.web_searches > 0 and not self.rates.searches_known)


_Source: TypeAlias = Usage | BilledResponse


def _merge_tokens(better: Tokens, worse: Tokens) -> Tokens:
    return Tokens(
        better.input,
        max(better.output, worse.output),
        better.cache_read,
        better.cache_creation,
        max(better.cache_creation_1h, worse.cache_creation_1h),
        max(better.reasoning, worse.reasoning),
    )


def _operation(response: BilledResponse, other: _Source) -> str:
    """Keep the main chain's operation when a side conversation replays its responses."""
    if response.has_strong_id == other.has_strong_id:
        return max(response.operation, other.operation)
    return response.operation if response.has_strong_id else other.operation


def _precedence(source: _Source) -> tuple[int, int, int, int, str, str]:
    """Rank the quality of the counts, without the output: a response has the largest of all, not the best source's.

    Between equal ones the names decide, so that it is not the order of reading.
    """
    tokens = source.tokens
    return (source.rank, tokens.prompt, tokens.cache_read, tokens.cache_creation, source.model, source.provider)


def _rate_precedence(source: _Source) -> tuple[bool, int, tuple[str, ...], int, int]:
    """Rank who supplies the rates, whatever they are: new prices must not change the choice.

    Between equal ones the terms decide, then the earlier time, so that it is not the order of reading.
    """
    basis = _basis(source)
    terms = (basis.terms.service_tier, basis.terms.speed, basis.terms.region, basis.terms.model, basis.terms.provider)
    return bool(basis.terms.model), _rate_specificity(source), terms, -basis.at, basis.prompt


def _rate_specificity(source: _Source) -> int:
    """Weigh the source and the terms that it knows: a tier changes a price more often than the speed, the speed more
    often than the region."""
    if isinstance(source, BilledResponse):
        return source.rate_specificity
    is_final = source.rank is Rank.FINAL
    return 8 * is_final + 4 * bool(source.service_tier) + 2 * bool(source.speed) + bool(source.region)


def _basis(source: _Source) -> PriceBasis:
    if isinstance(source, BilledResponse):
        return source.basis
    terms = BilledTerms(source.model, source.provider, source.engine, source.service_tier, source.speed, source.region)
    return PriceBasis(terms, source.at, source.priced_prompt)


def _costs(source: _Source) -> tuple[int | None, int | None]:
    """Return the cost reported by the agent's files, and that reported by telemetry."""
    if isinstance(source, BilledResponse):
        return source.reported_cost, source.exported_cost
    return (None, source.reported_cost) if source.rank is Rank.EXPORTED else (source.reported_cost, None)


def _largest(one: int | None, other: int | None) -> int | None:
    return max((cost for cost in (one, other) if cost is not None), default=None)
