"""Calls somebody who does not look at the screen: by a program of theirs, and by a webhook."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.config import AlertsConfig
from tui_monitor.live.alerts import USED_UP, Alert, AlertKind, BudgetAlert
from tui_monitor.live.session import SessionState
from tui_monitor.telemetry.recorder.masking import mask_text
from tui_monitor.tui.alerts.sequences import TITLE
from tui_monitor.tui.alerts.texts import budget_sentence, sentence
from tui_monitor.tui.alerts.webhook import Webhook
from tui_monitor.tui.programs import ProgramError, ProgramRunner
from tui_monitor.tui.spans import one_line
from tui_monitor.units import iso

_CALLING = (
    AlertKind.WAITING,
    AlertKind.STUCK,
    AlertKind.API_ERROR,
    AlertKind.RATE_LIMITED,
    AlertKind.DONE,
)


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """An alert for who is elsewhere. ``session`` and ``source`` are empty for a budget of many sessions; ``since`` is
    epoch ms."""

    kind: str
    text: str
    session: str
    source: str
    folder: str
    since: int
    level: int

    @classmethod
    def of(cls, alert: Alert, state: SessionState) -> AlertMessage:
        """Return the message about a session."""
        key, text = state.key, sentence(alert, state)
        place = (one_line(key.id), one_line(key.source), one_line(state.folder))
        return cls(alert.kind.value, text, *place, alert.since, alert.level)

    @classmethod
    def of_budget(cls, alert: BudgetAlert) -> AlertMessage:
        """Return the message about a budget."""
        text, folder = budget_sentence(alert), one_line(alert.folder)
        return cls(AlertKind.BUDGET.value, text, "", "", folder, alert.since, alert.level)

    def variables(self) -> dict[str, str]:
        """Return it as variables of the environment."""
        return {
            "TUI_MONITOR_ALERT_KIND": self.kind,
            "TUI_MONITOR_ALERT_TEXT": self.text,
            "TUI_MONITOR_ALERT_SESSION": self.session,
            "TUI_MONITOR_ALERT_FOLDER": self.folder,
        }

    def body(self) -> dict[str, str | int | None]:
        """Return it as a JSON object, in which secrets are masked; chats show its ``text``."""
        return {
            "text": mask_text(self.text),
            "kind": self.kind,
            "session": self.session or None,
            "source": self.source or None,
            "folder": self.folder or None,
            "since": iso(self.since),
            "level": self.level,
        }


class OutsideCalls:
    """Runs the command and sends to the webhook of a configuration, without waiting for either."""

    def __init__(self, config: AlertsConfig) -> None:
        self._command = config.command
        self._programs = ProgramRunner()
        self._webhook = Webhook(config.webhook)
        self._failures: list[str] = []
        self._failed: set[str] = set()

    def run(self, message: AlertMessage) -> None:
        """Run the command."""
        if not self._command:
            return
        try:
            self._programs.start([*self._command, TITLE, message.text], message.variables())
        except ProgramError as error:
            self._note("command", [str(error)])

    def post(self, message: AlertMessage) -> None:
        """Send to the webhook."""
        self._webhook.send(message.body())

    def failures(self) -> list[str]:
        """Return the first failure of each way, once: what is wrong fails each time."""
        self._note("command", self._programs.failures())
        self._note("webhook", self._webhook.failures())
        failures, self._failures = self._failures, []
        return failures

    def close(self) -> None:
        """Wait a moment for what is to be sent."""
        self._webhook.close()

    def _note(self, way: str, texts: list[str]) -> None:
        if texts and way not in self._failed:
            self._failed.add(way)
            self._failures.append(f"The command for alerts: {texts[0]}" if way == "command" else texts[0])


def calls_somebody(alert: Alert) -> bool:
    """Return True if an alert is worth calling somebody who is elsewhere."""
    return alert.kind in _CALLING or (alert.kind is AlertKind.BUDGET and alert.level >= USED_UP)
