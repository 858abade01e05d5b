"""Ownership of responses and calls that several sessions share, because a fork copies its parent's history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from tui_monitor.events import SessionKey


class OwnershipRanks(Protocol):
    """The stored ranks of sessions that share history, and the times they are derived from."""

    def first_unshared(self, session: SessionKey) -> int | None:
        """Return the earliest time of a response that only this session observed; None without such a response."""

    def is_unread(self, session: SessionKey) -> bool:
        """Return True if the session has no observation but those that other sessions ascribe to it."""

    def ownership_ranks(self) -> dict[SessionKey, int]:
        """Return the stored ranks."""

    def save_ownership_rank(self, session: SessionKey, rank: int) -> None:
        """Store the rank of a session (see `OwnershipOrder`)."""


_UNREAD = -2


class OwnershipOrder:
    """The order in which sessions own shared history: those of which only others report, then parents, which have
    nothing of their own, then the session whose own history began earliest. The stored ranks are those by which owners
    were last assigned."""

    def __init__(self, repository: OwnershipRanks) -> None:
        self._repository = repository
        self._ranks = repository.ownership_ranks()

    def ownership_rank(self, session: SessionKey) -> tuple[int, SessionKey]:
        """Return the rank of a session that shares history, and store it. The smallest rank of several owns."""
        first = self._repository.first_unshared(session)
        rank = self._rank_of_parent(session) if first is None else first
        if self._ranks.get(session) != rank:
            self._ranks[session] = rank
            self._repository.save_ownership_rank(session, rank)
        return rank, session

    def _rank_of_parent(self, session: SessionKey) -> int:
        return _UNREAD if self._repository.is_unread(session) else -1

    def is_unread(self, session: SessionKey) -> bool:
        """Return True if the files of a session that shares history are not read."""
        return self.ownership_rank(session)[0] == _UNREAD

    def rerank(self, sessions: Iterable[SessionKey]) -> frozenset[SessionKey]:
        """Update the ranks of the sharing ones among ``sessions``.

        Returns:
            The sessions whose order relative to another sharing session has changed, or whose own files are read now:
            the owners of all that they share must be assigned again.
        """
        before = dict(self._ranks)
        for session in sessions:
            if session in before:
                self.ownership_rank(session)
        changed = [session for session, rank in self._ranks.items() if rank != before[session]]
        return frozenset(session for session in changed if self._overtakes(session, before))

    def _overtakes(self, session: SessionKey, before: dict[SessionKey, int]) -> bool:
        then, now = (before[session], session), (self._ranks[session], session)
        return _UNREAD in (then[0], now[0]) or any(
            ((before[other], other) < then) != ((rank, other) < now) for other, rank in self._ranks.items()
        )
