"""Tool calls that wait for their results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import put_bounded

MAX_OPEN = 256
MAX_ANSWERED = 64

OpenCallT = TypeVar("OpenCallT")
"""The facts of a call's start that its result needs."""


class OpenCalls(Generic[OpenCallT]):
    """The open calls of one source by id, in order of their start, and the ids of those answered last.

    Both are bounded; the oldest go first. An answer may be provisional: a better account of the same result can follow.
    """

    def __init__(
        self,
        calls: Mapping[str, OpenCallT] | None = None,
        answered: Mapping[str, bool] | None = None,
        *,
        max_open: int = MAX_OPEN,
    ) -> None:
        """Continue with the open ``calls`` and the ``answered`` ids (True: finally) of an earlier `state`."""
        self._calls = dict(calls or {})
        self._answered = dict(answered or {})
        self._max_open = max_open

    def state(self) -> Record:
        """Return the calls (``open``) and the answers (``answered``) to go on with, ready for JSON if the calls are."""
        return {"open": self._calls, "answered": self._answered}

    def add(self, call_id: str, call: OpenCallT) -> bool:
        """Open a call. Return False, and change nothing, if it is already answered: lines may be repeated."""
        if call_id in self._answered:
            return False
        put_bounded(self._calls, call_id, call, self._max_open)
        return True

    def get(self, call_id: str) -> OpenCallT | None:
        """Return an open call."""
        return self._calls.get(call_id)

    def items(self) -> Iterator[tuple[str, OpenCallT]]:
        """Iterate over a copy of the open calls, the oldest first."""
        return iter(list(self._calls.items()))

    def answer(self, call_id: str, *, final: bool = True) -> OpenCallT | None:
        """Close a call. Return it, or None if it was not open: its start is unknown, or it was answered before."""
        put_bounded(self._answered, call_id, final, MAX_ANSWERED)
        return self._calls.pop(call_id, None)

    def reopen(self, call_id: str) -> None:
        """Forget that a call was answered: its answer came before its start."""
        self._answered.pop(call_id, None)

    def discard(self, call_id: str) -> None:
        """Remove a call without an answer, as if it had never been opened."""
        self._calls.pop(call_id, None)

    def is_answered(self, call_id: str) -> bool:
        """Return whether the call has an answer, provisional or final."""
        return call_id in self._answered

    def is_final(self, call_id: str) -> bool:
        """Return whether the call has an answer that no later one improves."""
        return self._answered.get(call_id, False)
