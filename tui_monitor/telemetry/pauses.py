"""Pauses in an agent's work: it waits for a person, or compacts its context."""

from __future__ import annotations

import time
from collections.abc import Mapping

from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.json_codec import error_text
from tui_monitor.telemetry.recorder.record import never_raises, write_event
from tui_monitor.telemetry.recorder.runtime import new_uid
from tui_monitor.telemetry.recorder.scope import add_waited_ms, current_execution, current_scope, use_scope
from tui_monitor.telemetry.recorder.validation import check_count

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from types import TracebackType


class Waiting:
    """Context manager of an agent that waits for a person; made by `waiting`."""

    __slots__ = ("_call", "_id", "_question", "_scope", "_start")

    def __init__(self, question: str) -> None:
        self._question = question

    def __enter__(self) -> None:
        self._id, self._call, self._scope = new_uid(), current_execution(), current_scope()
        self._start = time.perf_counter()
        self._record({"waiting": True}, {"reason": self._question} if self._question else {})

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._call is not None:
            add_waited_ms(self._call, _elapsed_ms(self._start))
        with use_scope(self._scope):
            self._record({"waiting": False}, {})

    @never_raises
    def _record(self, facts: Mapping[str, object], content: Mapping[str, object]) -> None:
        write_event("wait", {"id": self._id, "call_id": self._call, **facts}, content)


def waiting(question: str = "") -> Waiting:
    """Record the block as time in which the agent waits for a person: the monitor shows ``WAITS FOR YOU``.

        with waiting("Delete the old table?"):
            answer = input()

    Within an `execution` it is that tool which waits; the time is kept apart from its run time.

    Args:
        question: What the person is asked, or what the agent waits for; by default the call that waits is shown.
    """
    return Waiting(question)


class RunningCompaction:
    """A compaction under way; made by `compaction`.

    Attributes:
        before: Tokens in the context before; None if unknown.
        after: Tokens in the context after; None if unknown until the next response.
        trigger: Cause: ``auto`` or ``manual``.
    """

    __slots__ = ("_scope", "_start", "after", "before", "trigger")

    def __init__(self, before: int | None, trigger: str) -> None:
        self.before = before
        self.after: int | None = None
        self.trigger = trigger

    def __enter__(self) -> RunningCompaction:
        self._scope, self._start = current_scope(), time.perf_counter()
        self._record({"finished": False, "before": _known(self.before)}, {})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        facts = {
            "finished": True,
            "before": _known(self.before),
            "after": _known(self.after),
            "duration_ms": _elapsed_ms(self._start),
        }
        with use_scope(self._scope):
            self._record(facts, {"error": error_text(error)} if error is not None else {})

    @never_raises
    def _record(self, facts: Mapping[str, object], content: Mapping[str, object]) -> None:
        write_event("compaction", {"trigger": self.trigger, **facts}, content)


def compaction(before: int | None = None, *, trigger: str = "auto") -> RunningCompaction:
    """Record the block as a compaction: the agent summarises its context to make room.

        with compaction(before=180_000) as compacting:
            messages = summarise(messages)
            compacting.after = count_tokens(messages)

    If the block raises, the compaction has failed, and the context is as before.

    Args:
        before: Tokens in the context before; None if unknown.
        trigger: Cause: ``auto`` if the agent itself decided, ``manual`` if a person asked for it.
    """
    return RunningCompaction(before, trigger)


def _known(tokens: object) -> object:
    """Return a number of tokens; None for anything else, which must not hide that the compaction has ended."""
    try:
        check_count("tokens", tokens)
    except ValidationError:
        return None
    return tokens


def _elapsed_ms(start: float) -> int:
    """Return whole milliseconds, cut as an execution's are: what it waited is never more than it took."""
    return int((time.perf_counter() - start) * 1000)
