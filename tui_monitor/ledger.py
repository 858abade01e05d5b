"""What counts, and for whom: sightings of model responses become spends, spends become signed amounts.

The same response is told many times: by each line of a transcript, by a fork's copied history, by a hook, by
the agent's telemetry. A `Ledger` joins these sightings into one `Spend`, keeps the best numbers, and answers
with the differences by which totals have to move. Spends themselves live in a `Book`.

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
    def has_no_price(self) -> bool:
        """Whether nothing of it has a known price, though it was spent."""
        return self.unpriced >= max(1, self.requests) and not self.cost


ZERO = Amount()


@dataclass(frozen=True, slots=True)
class Sighting:
    """That a session's lines tell of a response: when first, and by which of its agents."""

    at: int
    agent: str

    def join(self, other: Sighting) -> Sighting:
        """The two as one: the earlier time, and the main chain before an agent that repeats it."""
        times = [at for at in (self.at, other.at) if at]
        return Sighting(min(times, default=0), min(self.agent, other.agent))


@dataclass(slots=True)
class Spend:
    """One model response as it is known so far. ``owner`` is decided when the ledger settles. ``terms`` tells how
    well the terms of the request are known for which these ``rates`` are: the more, the better."""

    tokens: Tokens = Tokens()
    rank: Rank = Rank.PLACEHOLDER
    model: str = ""
    provider: str = ""
    operation: str = ""
    web_searches: int = 0
    reported_cost: int | None = None
    rates: Rates | None = None
    terms: int = 0
    has_strong_id: bool = False
    sightings: dict[SessionKey, Sighting] = field(default_factory=dict)
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
        return min((seen.at for seen in self.sightings.values() if seen.at), default=0)

    @property
    def shared(self) -> bool:
        """Whether more than one session's lines tell of it."""
        return len(self.sightings) > 1

    def account(self) -> Account:
        """Where it is booked: with its owner."""
        owner = self.owner or min(self.sightings)
        bucket = self.at // BUCKET_MS * BUCKET_MS
        return Account(owner, self.sightings[owner].agent, self.model, self.provider, self.operation, bucket)

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


class Book(Protocol):
    """Where spends live. It sees what was added, saved, named and merged at once."""

    def find(self, names: Iterable[str]) -> list[Spend]:
        """The spends for which any of these names stands, oldest first, each once."""

    def name(self, spend: Spend, names: Iterable[str]) -> None:
        """Let these names stand for ``spend`` too."""

    def add(self, spend: Spend) -> None:
        """Keep a new spend, and give it its id."""

    def save(self, spend: Spend) -> None:
        """Keep what has changed."""

    def merge(self, spend: Spend, gone: Spend) -> None:
        """Let all names of ``gone`` stand for ``spend``, and forget ``gone``."""

    def shared_by(self, session: SessionKey) -> list[Spend]:
        """All spends that this session shares with another."""

    def first_unshared(self, session: SessionKey) -> int | None:
        """When the earliest spend that this session alone tells of was told; None where there is none."""

    def places(self) -> dict[SessionKey, int]:
        """The places that are kept."""

    def keep_place(self, session: SessionKey, place: int) -> None:
        """Keep a session's place in the order of those that share (see `Seniority`)."""


class Seniority:
    """The order in which sessions own what they share: one with nothing of its own is the parent, then the one
    whose own history began first. The book keeps the places by which owners were last decided."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._places = book.places()

    def place(self, session: SessionKey) -> tuple[int, SessionKey]:
        """The session's place: the least is the owner. From now on it is known to share."""
        first = self._book.first_unshared(session)
        place = -1 if first is None else first
        if self._places.get(session) != place:
            self._places[session] = place
            self._book.keep_place(session, place)
        return place, session

    def moved(self, sessions: Iterable[SessionKey]) -> frozenset[SessionKey]:
        """Those of the sessions that have changed places with another, known to share, since they were last asked
        for: who owns what they share is to be decided anew."""
        before = dict(self._places)
        for session in sessions:
            if session in before:
                self.place(session)
        changed = [session for session, place in self._places.items() if place != before[session]]
        return frozenset(session for session in changed if self._overtakes(session, before))

    def _overtakes(self, session: SessionKey, before: dict[SessionKey, int]) -> bool:
        then, now = (before[session], session), (self._places[session], session)
        return any(((before[other], other) < then) != ((place, other) < now) for other, place in self._places.items())


class Ledger:
    """Books usages: `record` each, then `settle` once, which answers with what has moved.

    ``seniority`` is the order in which sessions own. Of the last `settle`, ``reordered`` are the sessions that changed
    places in it, ``concerned`` those that tell of a response whose owner or numbers may have changed.
    After a rollback of its book, or when somebody else has written there, take a new one.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._touched: dict[int, Spend] = {}
        self._booked: dict[int, tuple[Account, Amount]] = {}
        self.seniority = Seniority(book)
        self.reordered: frozenset[SessionKey] = frozenset()
        self.concerned: frozenset[SessionKey] = frozenset()

    def record(self, usage: Usage) -> None:
        """Take one sighting into account."""
        spend, *same = self._same(usage) or [self._new()]
        for other in same:
            self._absorb(spend, other)
        _learn(spend, usage)
        _sight(spend, usage.session, Sighting(usage.at, usage.agent))
        self._book.name(spend, (*usage.strong_ids, *usage.weak_ids))

    def settle(self) -> dict[Account, Amount]:
        """Decide who owns what was touched, save it, and return by how much each account moves."""
        self._save()
        self._decide_owners()
        moved: dict[Account, Amount] = {}
        for account, amount in self._movements():
            moved[account] = moved.get(account, ZERO).plus(amount)
        self.concerned = frozenset(session for spend in self._touched.values() for session in spend.sightings)
        self._touched.clear()
        self._booked.clear()
        return {account: amount for account, amount in moved.items() if amount != ZERO}

    def _same(self, usage: Usage) -> list[Spend]:
        same = [self._touch(spend) for spend in self._book.find(usage.strong_ids)]
        has_strong_id = usage.has_strong_id or any(spend.has_strong_id for spend in same)
        for spend in self._book.find(usage.weak_ids) if usage.weak_ids else ():
            if all(spend.id != known.id for known in same) and not (has_strong_id and spend.has_strong_id):
                same.append(self._touch(spend))
                has_strong_id |= spend.has_strong_id
        return same

    def _new(self) -> Spend:
        spend = Spend()
        self._book.add(spend)
        self._touched[spend.id] = spend
        return spend

    def _touch(self, spend: Spend) -> Spend:
        if spend.id not in self._touched:
            self._touched[spend.id] = spend
            self._booked[spend.id] = (spend.account(), spend.amount())
        return self._touched[spend.id]

    def _absorb(self, spend: Spend, gone: Spend) -> None:
        for session, sighting in gone.sightings.items():
            _sight(spend, session, sighting)
        _learn(spend, gone)
        del self._touched[gone.id]
        self._book.merge(spend, gone)

    def _save(self) -> None:
        for spend in self._touched.values():
            if not spend.shared:
                spend.owner = next(iter(spend.sightings))
            self._book.save(spend)

    def _decide_owners(self) -> None:
        disputed = [spend for spend in self._touched.values() if spend.shared]
        self.reordered = self.seniority.moved(
            {session for spend in self._touched.values() for session in spend.sightings}
        )
        for session in self.reordered:
            disputed += (self._touch(spend) for spend in self._book.shared_by(session))
        place = cache(self.seniority.place)
        for spend in disputed:
            spend.owner = min(spend.sightings, key=place)
            self._book.save(spend)

    def _movements(self) -> Iterator[tuple[Account, Amount]]:
        for account, amount in self._booked.values():
            yield account, ZERO.minus(amount)
        for spend in self._touched.values():
            yield spend.account(), spend.amount()


def _sight(spend: Spend, session: SessionKey, sighting: Sighting) -> None:
    known = spend.sightings.get(session)
    spend.sightings[session] = known.join(sighting) if known else sighting


def _learn(spend: Spend, told: Usage | Spend) -> None:
    """Take over what is better: the better source's numbers, the largest output, what the better leaves out."""
    better, other = (told, spend) if _standing(told) > _standing(spend) else (spend, told)
    priced = max(better, other, key=_pricing)
    counts, others = better.tokens, other.tokens
    spend.tokens = Tokens(
        counts.input,
        max(counts.output, others.output),
        counts.cache_read,
        counts.cache_creation,
        max(counts.cache_creation_1h, others.cache_creation_1h),
        max(counts.reasoning, others.reasoning),
    )
    spend.reported_cost = _largest(spend.reported_cost, told.reported_cost)
    spend.web_searches = max(spend.web_searches, told.web_searches)
    spend.operation = _operation(spend, told)
    spend.model, spend.provider, spend.rates, spend.terms, spend.rank, spend.has_strong_id = (
        better.model or other.model,
        better.provider or other.provider,
        priced.rates,
        _terms(priced),
        better.rank,
        spend.has_strong_id or told.has_strong_id,
    )


def _operation(spend: Spend, told: Usage | Spend) -> str:
    """What the response was for: an aside that repeats the main chain's responses does not make them its own."""
    if spend.has_strong_id == told.has_strong_id:
        return max(spend.operation, told.operation)
    return spend.operation if spend.has_strong_id else told.operation


def _standing(told: Usage | Spend) -> tuple[int, int, int, int, str]:
    """How good the numbers are. The output is left out: a spend has the largest of all, not the best source's own."""
    tokens = told.tokens
    return (told.rank, tokens.prompt, tokens.cache_read, tokens.cache_creation, told.model)


def _pricing(told: Usage | Spend) -> tuple[bool, int]:
    """How well it tells by which rates the response is priced: who knows its terms does better than who counts best."""
    return told.rates is not None, _terms(told)


def _terms(told: Usage | Spend) -> int:
    """The tier changes a price more often than the speed, the speed more often than the region."""
    if isinstance(told, Spend):
        return told.terms
    return 4 * bool(told.service_tier) + 2 * bool(told.speed) + bool(told.region)


def _largest(one: int | None, other: int | None) -> int | None:
    return max((cost for cost in (one, other) if cost is not None), default=None)
