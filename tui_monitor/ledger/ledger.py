"""The ledger: finds the response that a usage is an observation of, assigns owners, and answers with differences.

The same response is recorded many times: by each line of a transcript, by a fork's copied history, by a hook, by
the agent's telemetry. A `Ledger` merges these usages into one `BilledResponse`, and returns the differences by which
totals have to move. The responses themselves live in a `LedgerRepository`.

Every result is a pure function of the set of usages, whatever the order in which they are read, as long as a weak id
stands for one response only, all sources of a response that name its model name the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Protocol

from tui_monitor.events import MAIN, Rank, SessionKey, Tokens, Usage
from tui_monitor.ledger.model import ZERO, Account, Amount, BilledResponse, Observation, Provenance
from tui_monitor.ledger.ownership import OwnershipOrder, OwnershipRanks

_content_of = attrgetter(*(field.name for field in fields(Usage) if field.name not in ("at", "rates")))
"""All of a usage but its time, and the rates that follow from it: those of the earliest are kept."""


def _observe(response: BilledResponse, usage: Usage) -> None:
    provenance = Provenance.COPIED if usage.copied_from else Provenance.RECORDED
    response.observe(usage.session, Observation(usage.at, usage.agent, provenance))
    if usage.copied_from:
        response.observe(usage.copied_from, Observation(0, MAIN, Provenance.ASCRIBED))


class LedgerRepository(OwnershipRanks, Protocol):
    """Storage of responses. Every change is visible to the next query."""

    def find(self, aliases: Iterable[str]) -> list[BilledResponse]:
        """Return the responses with any of these aliases, oldest first, each once."""

    def add_aliases(self, response: BilledResponse, aliases: Iterable[str]) -> None:
        """Add these aliases to ``response``."""

    def add(self, response: BilledResponse) -> None:
        """Store a new response and set its id."""

    def save(self, response: BilledResponse) -> None:
        """Store the changes of a response."""

    def merge_into(self, response: BilledResponse, duplicate: BilledResponse) -> None:
        """Move all aliases of ``duplicate`` to ``response``, and delete ``duplicate``."""

    def shared_by(self, session: SessionKey) -> list[BilledResponse]:
        """Return all responses that this session shares with another."""


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
        self._last: Usage | None = None
        self.ownership = OwnershipOrder(repository)
        self.reranked: frozenset[SessionKey] = frozenset()
        self.affected: frozenset[SessionKey] = frozenset()

    def record(self, usage: Usage) -> None:
        """Merge one usage into its response, and responses into one that it proves to be the same. A sum changes no
        response."""
        if self._repeats_last(usage):
            return
        matches = self._matches(usage)
        if usage.rank is Rank.SUM and any(match.rank is not Rank.SUM for match in matches):
            return
        response, *duplicates = matches or [self._new()]
        for duplicate in duplicates:
            self._merge_into(response, duplicate)
        response.merge(usage)
        _observe(response, usage)
        self._repository.add_aliases(response, (*usage.strong_ids, *usage.weak_ids))

    def unite(self, strong_ids: Iterable[str]) -> None:
        """Merge the responses with these ids, which prove to be the same, into one."""
        responses = [self._touch(response) for response in self._repository.find(strong_ids)]
        for duplicate in responses[1:]:
            self._merge_into(responses[0], duplicate)

    def set_sum(self, strong_id: str, tokens: Tokens) -> None:
        """Let a sum count these tokens alone: what the responses do not have that it repeats."""
        for response in self._repository.find([strong_id]):
            if response.rank is Rank.SUM and response.tokens != tokens:
                self._touch(response).tokens = tokens

    def reconcile(self) -> dict[Account, Amount]:
        """Assign owners, save the responses recorded since the last time, and return by how much each account moves."""
        self._assign_owners(self._save())
        deltas: dict[Account, Amount] = {}
        for account, amount in self._movements():
            deltas[account] = deltas.get(account, ZERO).plus(amount)
        self._touched.clear()
        self._booked.clear()
        return {account: amount for account, amount in deltas.items() if amount != ZERO}

    def _repeats_last(self, usage: Usage) -> bool:
        """Return True if a usage only repeats the last one at a later time, as each line of a response does: merged
        with its response it would change nothing."""
        last, self._last = self._last, usage
        if last is None or last.strong_ids != usage.strong_ids or not 0 < last.at <= usage.at:
            return False
        is_same = _content_of(last) == _content_of(usage)
        self._last = last if is_same else usage
        return is_same

    def _matches(self, usage: Usage) -> list[BilledResponse]:
        """Find responses with a common strong id; a common weak id matches unless both sides have a strong id."""
        matches = [self._touch(response) for response in self._repository.find(usage.strong_ids)]
        has_strong_id = usage.has_strong_id or any(response.has_strong_id for response in matches)
        for response in self._repository.find(usage.weak_ids) if usage.weak_ids else ():
            is_new = all(response.id != match.id for match in matches)
            if is_new and not (has_strong_id and response.has_strong_id):
                matches.append(self._touch(response))
                has_strong_id |= response.has_strong_id
        return matches

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

    def _merge_into(self, response: BilledResponse, duplicate: BilledResponse) -> None:
        for session, observation in duplicate.observations.items():
            response.observe(session, observation)
        response.merge(duplicate)
        del self._touched[duplicate.id]
        self._repository.merge_into(response, duplicate)

    def _save(self) -> list[BilledResponse]:
        """Save the responses touched since the last `reconcile`, and return those that sessions share."""
        shared = []
        for response in self._touched.values():
            if response.shared:
                shared.append(response)
            else:
                response.owner = next(iter(response.observations))
            self._repository.save(response)
        return shared

    def _assign_owners(self, shared: list[BilledResponse]) -> None:
        sessions = self._sessions()
        self.reranked = self.ownership.rerank(sessions)
        for session in self.reranked:
            shared += (self._touch(response) for response in self._repository.shared_by(session))
        self.affected = self._sessions() if self.reranked else sessions
        rank, is_unread = cache(self.ownership.ownership_rank), cache(self.ownership.is_unread)
        for response in shared:
            response.owner = min(response.candidates(is_unread), key=rank)
            self._repository.save(response)

    def _sessions(self) -> frozenset[SessionKey]:
        """Return the sessions with an observation of a response touched since the last `reconcile`."""
        touched = (session for response in self._touched.values() for session in response.observations)
        return frozenset(touched)

    def _movements(self) -> Iterator[tuple[Account, Amount]]:
        for account, amount in self._booked.values():
            yield account, ZERO.minus(amount)
        for response in self._touched.values():
            yield response.account(), response.amount()
