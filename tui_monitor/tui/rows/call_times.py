"""The times of a call: how long it ran, and apart from that how long it waited for a person or was held."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.live.entries import Call
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.units import SECOND, duration_forms

_MIN_WAIT = 2 * SECOND
"""Shorter waiting is not reported: progress is recorded once per second."""


@dataclass(frozen=True, slots=True)
class CallTimes:
    """Run time and waiting time in milliseconds, None where unknown; ``awaits`` is who or what it waited for."""

    ran: int | None
    waited: int | None
    awaits: str = ""

    def waiting(self, word_for_person: str) -> tuple[str, ...]:
        """Return forms of the waiting time with its word, empty without any."""
        if self.waited is None:
            return ()
        word = self.awaits or word_for_person
        return tuple(f"{form} {word}" for form in duration_forms(self.waited))


def call_times(call: Call, context: RowContext) -> CallTimes:
    """Return the times of ``call``, in the end or so far; the whole time where its parts are unknown."""
    until = call.ended or (context.now if not call.state.ended else 0)
    total = max(0, until - call.started) if until and call.started else None
    ran = _run_time(call, until, total)
    if ran is None or total is None or total - ran < _MIN_WAIT:
        return CallTimes(total if ran is None else ran, None)
    return CallTimes(ran, total - ran, "held" if call.waiting_ms is None else "")


def _run_time(call: Call, until: int, total: int | None) -> int | None:
    """Return the time that it ran as far as that is recorded."""
    if call.measured_ms is not None:
        return call.measured_ms
    if call.elapsed_ms is not None:
        return call.elapsed_ms + (max(0, until - call.progress_at) if until else 0)
    if call.waited_ms is not None and total is not None:
        return max(0, total - call.waited_ms)
    return None
