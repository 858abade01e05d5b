"""What the ledger must come to, worked out from all sightings at once: slowly, and without regard to their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from tui_monitor.events import Rank, Rates, SessionKey, Tokens, Usage
from tui_monitor.ledger import ZERO, Account, Amount, BilledResponse, Observation

SESSIONS = [SessionKey("demo", name) for name in ("apple", "birch", "cedar")]
_DEAR = Rates(input=6, output=30)
_RATES = Rates(input=3, output=15, cache_read=1, cache_creation=4, cache_creation_1h=6, web_search=7, request=2)
_QUARTER = 15 * 60 * 1000


def expected(usages: Sequence[Usage]) -> dict[Account, Amount]:
    """What is booked where, when all these have been told."""
    booked: dict[Account, Amount] = defaultdict(lambda: ZERO)
    for response in owned(usages):
        booked[response.account()] = booked[response.account()].plus(response.amount())
    return dict(booked)


def owned(usages: Sequence[Usage]) -> list[BilledResponse]:
    """All responses, each with its owner."""
    responses = [_joined(group) for group in _groups(usages)]
    ownership = OwnershipOrder(responses)
    for response in responses:
        response.owner = min(response.observations, key=ownership.ownership_rank)
    return responses


class OwnershipOrder:
    """The order in which sessions own what they share."""

    def __init__(self, responses: Iterable[BilledResponse]) -> None:
        self._own: dict[SessionKey, list[int]] = defaultdict(list)
        for response in responses:
            if not response.shared:
                ((session, seen),) = response.observations.items()
                self._own[session].append(seen.at)

    @classmethod
    def of(cls, usages: Sequence[Usage]) -> OwnershipOrder:
        """The order that follows from these observations."""
        return cls(_joined(group) for group in _groups(usages))

    def ownership_rank(self, session: SessionKey) -> tuple[int, SessionKey]:
        """The least is the owner."""
        return min(self._own[session], default=-1), session


def _groups(usages: Sequence[Usage]) -> list[list[Usage]]:
    """The sightings of each response: those that any chain of common names joins."""
    groups: list[tuple[set[str], list[Usage]]] = []
    for usage in usages:
        names, members = {*usage.strong_ids, *usage.weak_ids}, [usage]
        for group in [group for group in groups if group[0] & names]:
            groups.remove(group)
            names |= group[0]
            members += group[1]
        groups.append((names, members))
    return [members for _, members in groups]


def _joined(group: Sequence[Usage]) -> BilledResponse:
    def precedence(usage: Usage) -> tuple[int, ...]:
        return usage.rank, usage.tokens.prompt, usage.tokens.cache_read, usage.tokens.cache_creation

    best = max(group, key=precedence).tokens
    has_strong_id = [usage for usage in group if usage.has_strong_id]
    observations: dict[SessionKey, Observation] = {}
    for usage in group:
        seen = Observation(usage.at, usage.agent)
        known = observations.get(usage.session)
        observations[usage.session] = known.join(seen) if known else seen
    return BilledResponse(
        tokens=Tokens(
            best.input,
            max(usage.tokens.output for usage in group),
            best.cache_read,
            best.cache_creation,
            max(usage.tokens.cache_creation_1h for usage in group),
            max(usage.tokens.reasoning for usage in group),
        ),
        rank=max(usage.rank for usage in group),
        model=max(usage.model for usage in group),
        provider=max(usage.provider for usage in group),
        operation=max(usage.operation for usage in has_strong_id or group),
        web_searches=max(usage.web_searches for usage in group),
        reported_cost=max((usage.reported_cost for usage in group if usage.reported_cost is not None), default=None),
        rates=max(group, key=lambda usage: (usage.rates is not None, usage.service_tier)).rates,
        observations=observations,
    )


_COUNT = st.integers(0, 5)


@st.composite
def observations(draw: st.DrawFn) -> Usage:
    """A sighting of one of a few responses, by one of a few sessions.

    As with real sources, those that tell of the same response agree on its model and tier, or say nothing; and a weak
    name stands for one response.
    """
    response = draw(st.integers(0, 4))
    session = draw(st.sampled_from(SESSIONS))
    has_strong_id = draw(st.booleans())
    silent = draw(st.booleans())
    tier = draw(st.sampled_from(["", "priority"]))
    line = draw(st.integers(0, 1))
    return Usage(
        session=session,
        agent=draw(st.sampled_from(["", "helper"])),
        at=draw(st.sampled_from([0, *range(1, 6 * _QUARTER, _QUARTER // 2)])),
        strong_ids=(f"response:{response}",) if has_strong_id else (f"line:{session.id}:{response}:{line}",),
        weak_ids=(f"message:{session.id}:{response}",),
        has_strong_id=has_strong_id,
        model="" if silent else f"model-{response % 2}",
        provider="" if silent else "acme",
        tokens=Tokens(*(draw(_COUNT) for _ in range(6))),
        rank=draw(st.sampled_from(Rank)),
        operation=draw(st.sampled_from(["", "compact"])),
        web_searches=draw(st.integers(0, 1)),
        reported_cost=draw(st.none() | st.integers(0, 100)),
        service_tier=tier,
        rates=None if silent or response == 0 else _DEAR if tier else _RATES,
    )
