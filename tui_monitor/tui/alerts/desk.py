"""The alerts of all sessions on the monitor screen: which hold, which are new, who is to be looked at next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from tui_monitor.events import SessionKey
from tui_monitor.live.alerts import Alert, AlertSettings, AlertTracker, BudgetWatch, recent_sessions
from tui_monitor.live.state import LiveState
from tui_monitor.tui.alerts.attention import Attention


class AlertDesk:
    """Keeps the alerts of a live state up to date. ``active`` are those that hold, the most urgent first; ``budgets``
    are those of many sessions, in days of ``tz`` (None: local)."""

    def __init__(self, settings: AlertSettings, attention: Attention, tz: tzinfo | None = None) -> None:
        self._tracker = AlertTracker(settings)
        self.budgets = BudgetWatch(settings, tz)
        self._attention = attention
        self.active: tuple[Alert, ...] = ()

    def update(self, live: LiveState, displayed: SessionKey | None, now: int) -> tuple[Alert, ...]:
        """Judge all sessions at ``now`` (epoch ms), and return the alerts that are new."""
        if displayed and self._attention.is_present(now):
            self._tracker.look(displayed, now)
        update = self._tracker.update(recent_sessions(live.sessions.values(), now), now)
        self.active = update.active
        return update.fired

    def existing(self, live: LiveState) -> list[Alert]:
        """Return the alerts whose session has not been evicted since."""
        return [alert for alert in self.active if alert.session in live.sessions]

    def needing(self, live: LiveState) -> list[SessionKey]:
        """Return the sessions that need a person, the most urgent first."""
        return list(dict.fromkeys(alert.session for alert in self.existing(live) if alert.needs_person))


def next_session(needing: Sequence[SessionKey], displayed: SessionKey | None) -> SessionKey | None:
    """Return the session to go to: the first that needs somebody, after the displayed one the next; None if that is
    displayed, or if there is none."""
    if displayed not in needing:
        return needing[0] if needing else None
    following = needing[(needing.index(displayed) + 1) % len(needing)]
    return None if following == displayed else following
