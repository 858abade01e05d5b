"""Alerts of one invented session over time, by kind."""

from __future__ import annotations

from tests.live.events_builder import SESSION, T0, apply_all
from tui_monitor.events import Event
from tui_monitor.live.alerts import Alert, AlertKind, AlertSettings, AlertTracker
from tui_monitor.live.session import SessionState

SECOND = 1000
MINUTE = 60 * SECOND


class AlertBench:
    """A tracker with one session; times are seconds after T0."""

    def __init__(self, settings: AlertSettings | None = None) -> None:
        self.state = SessionState(SESSION)
        self.tracker = AlertTracker(settings)

    def apply(self, *events: Event) -> None:
        """Let something happen."""
        apply_all(self.state, *events)

    def fired(self, at: float) -> list[AlertKind]:
        """Update; return the kinds that fire."""
        return [alert.kind for alert in self.tracker.update([self.state], T0 + round(at * SECOND)).fired]

    def active(self, at: float) -> list[Alert]:
        """Update; return the alerts that hold."""
        return list(self.tracker.update([self.state], T0 + round(at * SECOND)).active)

    def kinds(self, at: float) -> list[AlertKind]:
        """Update; return the kinds that hold."""
        return [alert.kind for alert in self.active(at)]

    def look(self, at: float) -> None:
        """Let a person look at the session."""
        self.tracker.look(SESSION, T0 + round(at * SECOND))
