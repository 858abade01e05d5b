"""Watches all sessions for what a person should learn of them, and says it once."""

from __future__ import annotations

from collections.abc import Callable

from tui_monitor.events import SessionKey
from tui_monitor.live.alerts import AlertSettings
from tui_monitor.live.session import SessionState
from tui_monitor.tui.alerts.attention import Attention
from tui_monitor.tui.alerts.delivery import AlertDelivery
from tui_monitor.tui.alerts.desk import AlertDesk, next_session
from tui_monitor.tui.alerts.notices import Notice, most_important_notice
from tui_monitor.tui.app_context import AppContext
from tui_monitor.tui.screens.model import MonitorModel


class AlertWatch:
    """Judges sessions by ``settings`` from now on. ``send`` writes a sequence to the terminal, ``notify`` shows a new
    alert on the screen."""

    def __init__(
        self,
        settings: AlertSettings,
        app_context: AppContext,
        attention: Attention,
        send: Callable[[str], None],
        notify: Callable[[str], None],
    ) -> None:
        self._attention = attention
        self._desk = AlertDesk(settings, attention, app_context.tz)
        self._delivery = AlertDelivery(settings.thresholds, app_context.environment, send, notify, app_context.clock())

    def update(self, model: MonitorModel) -> None:
        """Judge all sessions and budgets, and deliver the alerts that are new."""
        fired = self._desk.update(model.live, model.session, model.now())
        is_present = self._attention.is_present(model.now())
        self._delivery.deliver(fired, model.live.sessions, model.session, is_present)
        self._update_budgets(model, is_present=is_present)
        self._delivery.show_count(len(self._desk.needing(model.live)))

    def _update_budgets(self, model: MonitorModel, *, is_present: bool) -> None:
        """Judge the budgets of many sessions by what was last summed up of them, and have that done again."""
        budgets = self._desk.budgets
        model.request_periods(budgets.periods_due(model.now()))
        self._delivery.deliver_budgets(budgets.update(model.live.period_totals, model.now()), is_present)

    def notice(self, model: MonitorModel, displayed: SessionState) -> Notice:
        """Return the most important line that the displayed session does not show itself."""
        alerts, live = self._desk.existing(model.live), model.live.sessions
        budgets = self._desk.budgets.active
        return most_important_notice(alerts, live, displayed, model.feed_status, model.now(), budgets)

    def next_session(self, model: MonitorModel) -> SessionKey | None:
        """Return the session that needs somebody most, from there the next one; None if there is no other."""
        return next_session(self._desk.needing(model.live), model.session)

    def end(self) -> None:
        """Give the terminal its title back, and wait a moment for what is to be sent."""
        self._delivery.end()
