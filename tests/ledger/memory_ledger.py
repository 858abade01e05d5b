"""A repository of the ledger in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tui_monitor.events import SessionKey
from tui_monitor.ledger import BilledResponse, Provenance


class MemoryLedger:
    """Keeps copies of responses, so that a change that is not saved is not seen."""

    def __init__(self) -> None:
        self._responses: dict[int, BilledResponse] = {}
        self._aliases: dict[str, set[int]] = {}
        self._ranks: dict[SessionKey, int] = {}
        self._next = 1

    def find(self, aliases: Iterable[str]) -> list[BilledResponse]:
        matches = {response for alias in aliases for response in self._aliases.get(alias, ())}
        return [_copy(self._responses[response]) for response in sorted(matches)]

    def add_aliases(self, response: BilledResponse, aliases: Iterable[str]) -> None:
        for alias in aliases:
            self._aliases.setdefault(alias, set()).add(response.id)
        self._responses[response.id] = _copy(response)

    def add(self, response: BilledResponse) -> None:
        response.id, self._next = self._next, self._next + 1

    def save(self, response: BilledResponse) -> None:
        self._responses[response.id] = _copy(response)

    def merge_into(self, response: BilledResponse, duplicate: BilledResponse) -> None:
        del self._responses[duplicate.id]
        for responses in self._aliases.values():
            if duplicate.id in responses:
                responses.remove(duplicate.id)
                responses.add(response.id)

    def shared_by(self, session: SessionKey) -> list[BilledResponse]:
        return [
            _copy(response)
            for response in self._responses.values()
            if response.shared and session in response.observations
        ]

    def first_unshared(self, session: SessionKey) -> int | None:
        own = [response for response in self._responses.values() if list(response.observations) == [session]]
        return min((response.observations[session].at for response in own), default=None)

    def is_unread(self, session: SessionKey) -> bool:
        own = (response.observations.get(session) for response in self._responses.values())
        return all(one is None or one.provenance is Provenance.ASCRIBED for one in own)

    def ownership_ranks(self) -> dict[SessionKey, int]:
        return dict(self._ranks)

    def save_ownership_rank(self, session: SessionKey, rank: int) -> None:
        self._ranks[session] = rank


def _copy(response: BilledResponse) -> BilledResponse:
    return replace(response, observations=dict(response.observations))
