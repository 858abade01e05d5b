"""Delivers new alerts: as a notice on the screen, where nobody looks at it by the terminal or a program, and by a
webhook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tui_monitor.config import AlertsConfig
from tui_monitor.events import SessionKey
from tui_monitor.live.alerts import USED_UP, Alert, AlertKind, BudgetAlert
from tui_monitor.live.session import SessionState
from tui_monitor.tui.alerts.calls import AlertMessage, OutsideCalls, calls_somebody
from tui_monitor.tui.alerts.sequences import (
    BELL,
    RESTORE_TITLE,
    SAVE_TITLE,
    notice_kind,
    notice_sequence,
    title_sequence,
)
from tui_monitor.tui.alerts.texts import budget_sentence, summary

MAX_NOTICES = 3
"""Alerts of one moment that are delivered one by one."""


class AlertDelivery:
    """Reaches a person. ``send`` writes a sequence to the terminal, ``notify`` shows a notice on the screen,
    ``environment`` says which terminal it is. The webhook is for what has begun since ``started`` (epoch ms)."""

    def __init__(
        self,
        config: AlertsConfig,
        environment: Mapping[str, str],
        send: Callable[[str], None],
        notify: Callable[[str], None],
        started: int = 0,
    ) -> None:
        self._config = config
        self._environment = environment
        self._send = send
        self._notify = notify
        self._calls = OutsideCalls(config)
        self._started = started
        self._count: int | None = None

    def deliver(
        self,
        alerts: Sequence[Alert],
        states: Mapping[SessionKey, SessionState],
        displayed: SessionKey | None,
        is_present: bool,
    ) -> None:
        """Deliver new alerts, the most urgent first; ``is_present``: somebody looks at the screen."""
        others = [alert for alert in alerts if alert.session != displayed and alert.kind is not AlertKind.CONTEXT_LEVEL]
        if others and self._config.toast:
            self._notify(summary(others, states))
        calling = [alert for alert in alerts if calls_somebody(alert)][:MAX_NOTICES]
        messages = [AlertMessage.of(alert, states[alert.session]) for alert in calling]
        self._post([message for message in messages if message.since >= self._started])
        if messages and not is_present:
            self._call(messages)
        for failure in self._calls.failures():
            self._notify(failure)

    def deliver_budgets(self, alerts: Sequence[BudgetAlert], is_present: bool) -> None:
        """Deliver new alerts about budgets of many sessions."""
        for alert in alerts if self._config.toast else ():
            self._notify(budget_sentence(alert))
        messages = [AlertMessage.of_budget(alert) for alert in alerts if alert.level >= USED_UP and not alert.is_old]
        self._post(messages)
        if messages and not is_present:
            self._call(messages)

    def _post(self, messages: Sequence[AlertMessage]) -> None:
        """Send to the webhook, which is for those who never look at this screen."""
        for message in messages:
            self._calls.post(message)

    def show_count(self, count: int) -> None:
        """Show in the terminal's title how many sessions need somebody; it is left alone until there is one."""
        if not self._config.title or count == (self._count or 0):
            return
        save = SAVE_TITLE if self._count is None else ""
        self._count = count
        self._send(save + title_sequence(count))

    def end(self) -> None:
        """Give the terminal its title back, and wait a moment for what is to be sent."""
        self._calls.close()
        if self._count is not None:
            self._count = None
            self._send(RESTORE_TITLE)

    def _call(self, messages: Sequence[AlertMessage]) -> None:
        if self._config.bell:
            self._send(BELL)
        kind = notice_kind(self._config.notify, self._environment)
        for message in messages:
            if kind:
                self._send(notice_sequence(kind, message.text, self._environment))
            self._calls.run(message)
