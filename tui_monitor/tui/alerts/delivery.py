"""Delivers new alerts: as a notice on the screen, and where nobody looks at it by the terminal or a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tui_monitor.config import AlertsConfig
from tui_monitor.events import SessionKey
from tui_monitor.live.alerts import Alert, AlertKind
from tui_monitor.live.session import SessionState
from tui_monitor.tui.alerts.sequences import (
    BELL,
    RESTORE_TITLE,
    SAVE_TITLE,
    TITLE,
    notice_kind,
    notice_sequence,
    title_sequence,
)
from tui_monitor.tui.alerts.texts import sentence, summary
from tui_monitor.tui.programs import ProgramError, ProgramRunner
from tui_monitor.tui.spans import one_line

MAX_NOTICES = 3
"""Alerts of one moment that are delivered one by one."""
BUDGET_USED_UP = 3
"""Level of a budget from which somebody is called."""

_CALLING = (
    AlertKind.WAITING,
    AlertKind.STUCK,
    AlertKind.API_ERROR,
    AlertKind.RATE_LIMITED,
    AlertKind.DONE,
)


class AlertDelivery:
    """Reaches a person. ``send`` writes a sequence to the terminal, ``notify`` shows a notice on the screen,
    ``environment`` says which terminal it is."""

    def __init__(
        self,
        config: AlertsConfig,
        environment: Mapping[str, str],
        send: Callable[[str], None],
        notify: Callable[[str], None],
    ) -> None:
        self._config = config
        self._environment = environment
        self._send = send
        self._notify = notify
        self._programs = ProgramRunner()
        self._count: int | None = None
        self._has_failed = False

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
        calling = [alert for alert in alerts if calls_somebody(alert)]
        if calling and not is_present:
            self._call(calling[:MAX_NOTICES], states)
        self._report_failures()

    def show_count(self, count: int) -> None:
        """Show in the terminal's title how many sessions need somebody; it is left alone until there is one."""
        if not self._config.title or count == (self._count or 0):
            return
        save = SAVE_TITLE if self._count is None else ""
        self._count = count
        self._send(save + title_sequence(count))

    def end(self) -> None:
        """Give the terminal its title back."""
        if self._count is not None:
            self._count = None
            self._send(RESTORE_TITLE)

    def _call(self, alerts: Sequence[Alert], states: Mapping[SessionKey, SessionState]) -> None:
        if self._config.bell:
            self._send(BELL)
        kind = notice_kind(self._config.notify, self._environment)
        for alert in alerts:
            text = sentence(alert, states[alert.session])
            if kind:
                self._send(notice_sequence(kind, text, self._environment))
            if self._config.command:
                self._run(alert, text, states[alert.session])

    def _run(self, alert: Alert, text: str, state: SessionState) -> None:
        variables = {
            "TUI_MONITOR_ALERT_KIND": alert.kind.value,
            "TUI_MONITOR_ALERT_TEXT": text,
            "TUI_MONITOR_ALERT_SESSION": one_line(state.key.id),
            "TUI_MONITOR_ALERT_FOLDER": one_line(state.folder),
        }
        try:
            self._programs.start([*self._config.command, TITLE, text], variables)
        except ProgramError as error:
            self._report(str(error))

    def _report_failures(self) -> None:
        for failure in self._programs.failures():
            self._report(failure)

    def _report(self, failure: str) -> None:
        """Report the first failure only: a command that is wrong fails each time."""
        if not self._has_failed:
            self._has_failed = True
            self._notify(f"The command for alerts: {failure}")


def calls_somebody(alert: Alert) -> bool:
    """Return True if an alert is worth calling somebody who is elsewhere."""
    return alert.kind in _CALLING or (alert.kind is AlertKind.BUDGET and alert.level >= BUDGET_USED_UP)
