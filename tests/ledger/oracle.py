"""The ledger's totals computed from all usages at once: slowly, and regardless of their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from tui_monitor.events import Rank, Rates, SessionKey, Tokens, Usage
from tui_monitor.ledger import ZERO, Account, Amount, BilledResponse, Observation, Provenance

SESSIONS = [SessionKey("demo", name) for name in ("apple", "birch", "cedar")]
PARENTS = [*SESSIONS, SessionKey("demo", "elder")]
_DEAR = Rates(input=6, output=30)
_RATES = Rates(input=3, output=15, cache_read=1, cache_creation=4, cache_creation_1h=6, web_search=7, request=2)
_QUARTER = 15 * 60 * 1000


def expected_totals(usages: Sequence[Usage]) -> dict[Account, Amount]:
    """Return what is booked on each account after these usages."""
    totals: dict[Account, Amount] = defaultdict(lambda: ZERO)
    for response in owned_responses(usages):
        totals[response.account()] = totals[response.account()].plus(response.amount())
    return dict(totals)


def owned_responses(usages: Sequence[Usage]) -> list[BilledResponse]:
    """Return all responses, each with its owner."""
    responses = [_merged(group) for group in _groups(usages)]
    ownership = ExpectedOwnership(responses)
    for response in responses:
        response.owner = min(response.candidates(ownership.is_unread), key=ownership.rank)
    return responses


class ExpectedOwnership:
    """The order in which sessions own what they share."""

    def __init__(self, responses: Iterable[BilledResponse]) -> None:
        self._own: dict[SessionKey, list[int]] = defaultdict(list)
        self._read: set[SessionKey] = set()
        for response in responses:
            self._read.update(
                session for session, one in response.observations.items() if one.provenance is not Provenance.ASCRIBED
            )
            if not response.shared:
                ((session, observation),) = response.observations.items()
                self._own[session].append(observation.at)

    @classmethod
    def of(cls, usages: Sequence[Usage]) -> ExpectedOwnership:
        """Return the order that follows from these usages."""
        return cls(_merged(group) for group in _groups(usages))

    def is_unread(self, session: SessionKey) -> bool:
        """Return True if only other sessions have the session's responses."""
        return session not in self._read

    def rank(self, session: SessionKey) -> tuple[int, SessionKey]:
        """Return the session's rank; the smallest owns."""
        return min(self._own[session], default=-1), session


def _groups(usages: Sequence[Usage]) -> list[list[Usage]]:
    """Return the usages of each response: those that a chain of common ids connects."""
    groups: list[tuple[set[str], list[Usage]]] = []
    for usage in usages:
        ids, members = {*usage.strong_ids, *usage.weak_ids}, [usage]
        for group in [group for group in groups if group[0] & ids]:
            groups.remove(group)
            ids |= group[0]
            members += group[1]
        groups.append((ids, members))
    return [members for _, members in groups]


def _merged(group: Sequence[Usage]) -> BilledResponse:
    def precedence(usage: Usage) -> tuple[int, ...]:
        return usage.rank, usage.tokens.prompt, usage.tokens.cache_read, usage.tokens.cache_creation

    def rate_precedence(usage: Usage) -> tuple[bool, bool, str]:
        return usage.rates is not None, usage.rank is Rank.FINAL, usage.service_tier

    best = max(group, key=precedence).tokens
    final = [usage for usage in group if usage.rank is Rank.FINAL]
    exported = [usage.reported_cost for usage in group if usage.rank is Rank.EXPORTED]
    reported = [usage.reported_cost for usage in group if usage.rank is not Rank.EXPORTED]
    has_strong_id = [usage for usage in group if usage.has_strong_id]
    observations: dict[SessionKey, Observation] = {}
    for usage in group:
        provenance = Provenance.COPIED if usage.copied_from else Provenance.RECORDED
        observed = [(usage.session, Observation(usage.at, usage.agent, provenance))]
        if usage.copied_from:
            observed.append((usage.copied_from, Observation(0, "", Provenance.ASCRIBED)))
        for session, observation in observed:
            existing = observations.get(session)
            observations[session] = existing.merge(observation) if existing else observation
    return BilledResponse(
        tokens=Tokens(
            best.input,
            max(usage.tokens.output for usage in final or group),
            best.cache_read,
            best.cache_creation,
            max(usage.tokens.cache_creation_1h for usage in final or group),
            max(usage.tokens.reasoning for usage in final or group),
        ),
        rank=max(usage.rank for usage in group),
        model=max(usage.model for usage in group),
        provider=max(usage.provider for usage in group),
        operation=max(usage.operation for usage in has_strong_id or group),
        web_searches=max(usage.web_searches for usage in group),
        reported_cost=max((cost for cost in reported if cost is not None), default=None),
        exported_cost=max((cost for cost in exported if cost is not None), default=None),
        rates=max(group, key=rate_precedence).rates,
        observations=observations,
    )


_COUNT = st.integers(0, 5)


@st.composite
def any_usage(draw: st.DrawFn) -> Usage:
    """Draw a usage of one of a few responses, recorded by one of a few sessions.

    As with real sources, all usages of a response name the same model and tier, or none; and a weak id stands for one
    response.
    """
    response = draw(st.integers(0, 4))
    session = draw(st.sampled_from(SESSIONS))
    has_strong_id = draw(st.booleans())
    is_bare = draw(st.booleans())
    tier = draw(st.sampled_from(["", "priority"]))
    parent = draw(st.none() | st.none() | st.sampled_from([one for one in PARENTS if one != session]))
    line = draw(st.integers(0, 1))
    return Usage(
        session=session,
        agent=draw(st.sampled_from(["", "helper"])),
        at=draw(st.sampled_from([0, *range(1, 6 * _QUARTER, _QUARTER // 2)])),
        strong_ids=(f"response:{response}",) if has_strong_id else (f"line:{session.id}:{response}:{line}",),
        weak_ids=(f"message:{session.id}:{response}",),
        has_strong_id=has_strong_id,
        model="" if is_bare else f"model-{response % 2}",
        provider="" if is_bare else "acme",
        tokens=Tokens(*(draw(_COUNT) for _ in range(6))),
        rank=draw(st.sampled_from([rank for rank in Rank if rank is not Rank.SUM])),
        operation=draw(st.sampled_from(["", "compact"])),
        web_searches=draw(st.integers(0, 1)),
        reported_cost=draw(st.none() | st.integers(0, 100)),
        service_tier=tier,
        copied_from=parent,
        rates=None if is_bare or response == 0 else _DEAR if tier else _RATES,
    )
