"""Follows the alerts of all sessions over time, so that each fires once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from typing import TypeAlias

from tui_monitor.events import SessionKey
from tui_monitor.live.alerts.agent_rules import (
    Situation,
    api_error,
    done,
    failing,
    rate_limited,
    silent,
    stuck,
    waiting,
)
from tui_monitor.live.alerts.limit_rules import budget, context, context_level
from tui_monitor.live.alerts.model import Alert, AlertKind, AlertSettings
from tui_monitor.live.liveness import MINUTE
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import StatusWord, status
from tui_monitor.live.succession import is_answered_elsewhere

RECENT_MS = 12 * 60 * MINUTE
"""Silence after which a session without a known process calls nobody any more."""
REST_MS = 5_000
"""Time for which a session that rests, and in which nothing changes, is not judged again."""
MAX_SESSIONS = 2000
"""Sessions whose past alerts are remembered."""

_RESTING = (StatusWord.DONE, StatusWord.INTERRUPTED, StatusWord.IDLE, StatusWord.ENDED)

_Rule: TypeAlias = Callable[[Situation, Alert | None], Alert | None]

_RULES: dict[AlertKind, _Rule] = {
    AlertKind.WAITING: waiting,
    AlertKind.STUCK: stuck,
    AlertKind.API_ERROR: api_error,
    AlertKind.RATE_LIMITED: rate_limited,
    AlertKind.SILENT: silent,
    AlertKind.DONE: done,
    AlertKind.FAILING: failing,
    AlertKind.BUDGET: budget,
    AlertKind.CONTEXT: context,
    AlertKind.CONTEXT_LEVEL: context_level,
}
"""By its kind the rule that returns the alert of a situation, given the one that held before."""


@dataclass(frozen=True, slots=True)
class AlertUpdate:
    """The alerts that hold, and those of them that have fired now; both the most urgent first."""

    active: tuple[Alert, ...] = ()
    fired: tuple[Alert, ...] = ()


@dataclass(slots=True)
class _Track:
    """One kind of alert of one session: the one that holds, when any held last, and the level that has fired."""

    active: Alert | None = None
    last_at: int = -1
    level: int = 0

    def update(self, alert: Alert | None, now: int) -> bool:
        """Take note of the alert that holds now; return True if it fires."""
        before, self.active = self.active, alert
        if alert is None:
            return False
        is_new = alert.since > self.last_at and (before is None or alert.kind is AlertKind.WAITING)
        fires = is_new or alert.level > self.level
        self.last_at = max(self.last_at, now)
        self.level = alert.level if fires else self.level
        return fires


@dataclass(slots=True)
class _SessionAlerts:
    """The alerts of one session by kind, when a person looked at it last, and when and in which revision it was judged
    to be in a state that lasts (-1: it is not)."""

    tracks: dict[AlertKind, _Track] = field(default_factory=dict)
    looked_at: int = 0
    seen_at: int = 0
    rests_from: int = 0
    resting_revision: int = -1

    def holds(self, state: SessionState, now: int) -> bool:
        """Return True if what was judged last still holds."""
        is_recent = self.looked_at < self.rests_from <= now < self.rests_from + REST_MS
        return is_recent and self.resting_revision == state.revision

    def active(self) -> list[Alert]:
        """Return the alerts that hold."""
        return [track.active for track in self.tracks.values() if track.active]


class AlertTracker:
    """Turns states of sessions into alerts: `update` it about once per second, `look` while somebody looks."""

    def __init__(self, settings: AlertSettings | None = None) -> None:
        self._settings = settings or AlertSettings()
        self._sessions: dict[SessionKey, _SessionAlerts] = {}

    def look(self, session: SessionKey, now: int) -> None:
        """Take note that somebody looks at a session at ``now`` (epoch ms)."""
        self._of(session).looked_at = now

    def update(self, sessions: Iterable[SessionState], now: int) -> AlertUpdate:
        """Judge the sessions at ``now``, in whatever order."""
        active: list[Alert] = []
        fired: list[Alert] = []
        for state in sessions:
            for alert, fires in self._judge(state, now):
                active.append(alert)
                fired.extend([alert] if fires else [])
        self._forget()
        return AlertUpdate(tuple(sorted(active, key=_order)), tuple(sorted(fired, key=_order)))

    def _judge(self, state: SessionState, now: int) -> Iterator[tuple[Alert, bool]]:
        own = self._of(state.key)
        own.seen_at = now
        if own.holds(state, now):
            yield from ((alert, False) for alert in own.active())
            return
        situation = Situation(state, status(state, now), now, self._settings, own.looked_at)
        is_at_rest = situation.status.certain and situation.status.word in _RESTING
        own.rests_from, own.resting_revision = now, state.revision if is_at_rest else -1
        for kind, rule in _RULES.items():
            track = own.tracks.setdefault(kind, _Track())
            fires = track.update(rule(situation, track.active), now)
            if track.active:
                yield track.active, fires

    def _of(self, session: SessionKey) -> _SessionAlerts:
        return self._sessions.setdefault(session, _SessionAlerts())

    def _forget(self) -> None:
        if len(self._sessions) > MAX_SESSIONS:
            newest = nlargest(MAX_SESSIONS // 2, self._sessions.items(), key=lambda item: item[1].seen_at)
            self._sessions = dict(newest)


def alerts_at(sessions: Iterable[SessionState], now: int, settings: AlertSettings | None = None) -> tuple[Alert, ...]:
    """Return the alerts of sessions at one moment (epoch ms), the most urgent first."""
    return AlertTracker(settings).update(sessions, now).active


def recent_sessions(sessions: Iterable[SessionState], now: int) -> list[SessionState]:
    """Return those that can still call somebody: a process runs them, or they were active within some hours and did not
    go on under another id."""
    recent = [state for state in sessions if state.process or now - state.last_at <= RECENT_MS]
    return [state for state in recent if state.process or not is_answered_elsewhere(state, recent)]


def _order(alert: Alert) -> tuple[int, bool, int, SessionKey]:
    return alert.order
