"""When the figures that are on the screen are asked for again."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.events import SessionKey
from tui_monitor.figures import FigureKind, SessionFigures
from tui_monitor.live.session import SessionState
from tui_monitor.totals import SessionTotals

LEAST_MS = 1000
"""Time between two requests."""
AMOUNTS_MS = 200
"""That of what each prompt cost, which is on the screen all the time."""
MAX_SHARE = 10
"""The store answers at most this part of the time: a large session may take long to sum up."""
MAX_AGE_MS = {FigureKind.SPENDING: 10_000, FigureKind.STORE: 10_000}
"""Age at which figures of more than one session are old, though nothing of this one has changed."""
PATIENCE_MS = 30_000
"""Time after which an answer that did not come is asked for again."""


@dataclass(slots=True)
class _Request:
    """What was asked for and when, with the totals and figures of that time; ``answered_at`` is 0 until then."""

    session: SessionKey
    kind: FigureKind
    at: int
    totals: SessionTotals
    figures: SessionFigures
    answered_at: int = 0

    @property
    def is_answered(self) -> bool:
        return self.answered_at > 0

    def next_at(self, least_ms: int) -> int:
        """Return when the next one may follow, after ``least_ms`` or later."""
        return self.answered_at + max(least_ms, MAX_SHARE * (self.answered_at - self.at))


class FigureRequests:
    """Has figures asked for at once where another kind or session is looked at, then whenever they may have changed,
    ``least_ms`` after the last answer or later."""

    def __init__(self, least_ms: int = LEAST_MS) -> None:
        self._last: _Request | None = None
        self._least_ms = least_ms

    def is_due(self, state: SessionState, kind: FigureKind, now: int) -> bool:
        """Return True if figures of this kind are to be asked for now (epoch ms), and note that they are."""
        last = self._last
        if last and (last.session, last.kind) == (state.key, kind):
            if not last.is_answered and state.figures is not last.figures:
                last.answered_at = max(1, now)
            if not self._is_old(last, state, now):
                return False
        self._last = _Request(state.key, kind, now, state.totals, state.figures)
        return True

    def is_behind(self, state: SessionState) -> bool:
        """Return True if this session's totals have changed since its figures were asked for."""
        last = self._last
        return last is not None and last.session == state.key and last.totals is not state.totals

    def _is_old(self, last: _Request, state: SessionState, now: int) -> bool:
        if not last.is_answered:
            return now - last.at >= PATIENCE_MS
        max_age = MAX_AGE_MS.get(last.kind)
        has_changed = last.totals is not state.totals or (max_age is not None and now - last.at >= max_age)
        return has_changed and now >= last.next_at(self._least_ms)
