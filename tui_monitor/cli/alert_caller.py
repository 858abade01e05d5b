"""Alerts without a screen: calls by the user's command and webhook, and budgets that have reached a level."""

from __future__ import annotations

from tui_monitor.cli.follower import SessionFollower
from tui_monitor.cli.output import write_error
from tui_monitor.live.alerts import USED_UP, AlertSettings, AlertTracker, BudgetAlert, BudgetWatch, recent_sessions
from tui_monitor.tui.alerts.calls import AlertMessage, OutsideCalls, calls_somebody


class AlertCaller:
    """Judges the sessions that are followed, and calls somebody about what has begun since ``started`` (epoch ms)."""

    def __init__(self, settings: AlertSettings, started: int) -> None:
        self._tracker = AlertTracker(settings)
        self._budgets = BudgetWatch(settings)
        self._calls = OutsideCalls(settings.thresholds)
        self._started = started

    def update(self, follower: SessionFollower, now: int) -> tuple[BudgetAlert, ...]:
        """Call somebody about what is new, and return the new alerts about budgets of many sessions."""
        if not follower.has_caught_up:
            return ()
        self._call_about_sessions(follower, now)
        if periods := self._budgets.periods_due(now):
            follower.source.request_periods(periods)
        alerts = self._budgets.update(follower.live.period_totals, now)
        self._call([AlertMessage.of_budget(one) for one in alerts if one.level >= USED_UP and not one.is_old])
        for failure in self._calls.failures():
            write_error(failure)
        return alerts

    def close(self) -> None:
        """Wait a moment for what is to be sent."""
        self._calls.close()

    def _call_about_sessions(self, follower: SessionFollower, now: int) -> None:
        states = follower.live.sessions
        fired = self._tracker.update(recent_sessions(states.values(), now), now).fired
        calling = [alert for alert in fired if calls_somebody(alert) and alert.since >= self._started]
        self._call([AlertMessage.of(alert, states[alert.session]) for alert in calling])

    def _call(self, messages: list[AlertMessage]) -> None:
        for message in messages:
            self._calls.run(message)
            self._calls.post(message)
