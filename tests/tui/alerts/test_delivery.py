"""New alerts reach the person once, in the ways that are set, and quietly while somebody looks."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tui.alerts.others import asking, done
from tests.tui.live_builder import EIGHT_PM
from tests.tui.test_programs import failures
from tui_monitor.config import AlertsConfig
from tui_monitor.events import PICO, SessionKey
from tui_monitor.live.alerts import Alert, AlertKind, BudgetAlert, alerts_at
from tui_monitor.tui.alerts.calls import calls_somebody
from tui_monitor.tui.alerts.delivery import MAX_NOTICES, AlertDelivery

STATES = {live.state.key: live.state for live in (asking("shop", EIGHT_PM, 20), done("docs", EIGHT_PM))}
SHOP, DOCS = STATES
ALERTS = alerts_at(STATES.values(), EIGHT_PM)
FOOT = {"TERM": "foot"}


class Person:
    """Notes what reaches the terminal and the screen."""

    def __init__(self, config: AlertsConfig | None = None, started: int = 0) -> None:
        self.sequences: list[str] = []
        self.notices: list[str] = []
        ways = (self.sequences.append, self.notices.append)
        self.delivery = AlertDelivery(config or AlertsConfig(), FOOT, *ways, started)

    def deliver(self, displayed: SessionKey | None = None, is_present: bool = False) -> None:
        self.delivery.deliver(ALERTS, STATES, displayed, is_present)


def test_nobody_there_is_called_by_bell_and_by_a_notice_for_each_alert() -> None:
    person = Person()
    person.deliver()
    assert person.sequences == [
        "\x07",
        "\x1b]777;notify;tui-monitor;shop waits for you: “Which currencies do you need?”\x07",
        "\x1b]777;notify;tui-monitor;docs is done: “All tests pass.”\x07",
    ]
    assert person.notices == ["shop waits for you: “Which currencies do you need?” (and 1 more alert)"]


def test_somebody_there_sees_a_short_notice_about_other_sessions_only() -> None:
    person = Person()
    person.deliver(displayed=SHOP, is_present=True)
    assert (person.sequences, person.notices) == ([], ["docs is done: “All tests pass.”"])


def test_each_way_can_be_left_out() -> None:
    person = Person(AlertsConfig(toast=False, bell=False, notify="off", title=False))
    person.deliver()
    person.delivery.show_count(2)
    person.delivery.end()
    assert (person.sequences, person.notices) == ([], [])


@pytest.mark.parametrize(
    ("kind", "level", "calls"),
    [
        (AlertKind.WAITING, 1, True),
        (AlertKind.STUCK, 1, True),
        (AlertKind.DONE, 1, True),
        (AlertKind.BUDGET, 80, False),
        (AlertKind.BUDGET, 100, True),
        (AlertKind.CONTEXT, 2, False),
        (AlertKind.CONTEXT_LEVEL, 4, False),
        (AlertKind.FAILING, 1, False),
    ],
)
def test_not_every_alert_calls_somebody_who_is_elsewhere(kind: AlertKind, level: int, calls: bool) -> None:
    assert calls_somebody(Alert(kind, SHOP, 0, "", level=level)) is calls


def test_words_about_a_context_are_no_notice() -> None:
    person = Person()
    person.delivery.deliver([Alert(AlertKind.CONTEXT_LEVEL, SHOP, 0, "")], STATES, None, False)
    assert (person.sequences, person.notices) == ([], [])


def test_many_alerts_at_once_are_a_few_notices() -> None:
    person = Person()
    alerts = [replace(ALERTS[0], since=since) for since in range(9)]
    person.delivery.deliver(alerts, STATES, None, False)
    assert len(person.sequences) == 1 + MAX_NOTICES
    assert len(person.notices) == 1


def test_title_counts_and_is_given_back() -> None:
    person = Person()
    for count in (0, 0, 2, 2, 1, 0):
        person.delivery.show_count(count)
    person.delivery.end()
    person.delivery.end()
    assert person.sequences == [
        "\x1b[22;2t\x1b]2;(2) tui-monitor\x07",
        "\x1b]2;(1) tui-monitor\x07",
        "\x1b]2;tui-monitor\x07",
        "\x1b[23;2t",
    ]


def test_own_command_has_the_text_as_arguments_and_variables(tmp_path: Path) -> None:
    code = (
        "import os, sys; names = ('KIND', 'TEXT', 'SESSION', 'FOLDER');"
        "print(sys.argv[2:], *(os.environ['TUI_MONITOR_ALERT_' + name] for name in names), file=open(sys.argv[1], 'a'))"
    )
    record = tmp_path / "record"
    person = Person(AlertsConfig(command=(sys.executable, "-c", code, str(record))))
    person.delivery.deliver(ALERTS[:1], STATES, None, False)
    assert failures(person.delivery._calls._programs) == []
    text = "shop waits for you: “Which currencies do you need?”"
    assert record.read_text(encoding="utf-8").splitlines() == [
        f"['tui-monitor', '{text}'] waiting {text} s-shop /home/ada/shop"
    ]


def test_failing_command_is_reported_once() -> None:
    person = Person(AlertsConfig(command=("/no/such/program",)))
    person.deliver(displayed=SHOP)
    person.deliver(displayed=SHOP)
    reports = [notice for notice in person.notices if "command" in notice]
    assert reports == ["The command for alerts: /no/such/program cannot be started: No such file or directory."]


USED_UP = BudgetAlert("daily", "", 100, 21 * PICO, 20 * PICO, EIGHT_PM)


def test_budget_of_a_day_is_a_notice_and_calls_once_it_is_used_up() -> None:
    person = Person()
    person.delivery.deliver_budgets([replace(USED_UP, level=80, spent=16 * PICO)], False)
    assert (person.sequences, person.notices) == ([], ["the daily budget is 80 % used: $16.00 of $20.00"])
    person.delivery.deliver_budgets([USED_UP], True)
    assert person.sequences == []
    person.delivery.deliver_budgets([USED_UP], False)
    assert len(person.sequences) == 2


def test_budget_that_was_used_up_before_the_start_calls_nobody() -> None:
    person = Person()
    person.delivery.deliver_budgets([replace(USED_UP, is_old=True)], False)
    assert (person.sequences, person.notices) == ([], ["the daily budget is used up: $21.00 of $20.00"])


def test_webhook_gets_what_has_begun_since_the_start(web: list[dict[str, object]], address: str) -> None:
    since = {alert.kind: alert.since for alert in ALERTS}
    person = Person(AlertsConfig(webhook=address), started=since[AlertKind.WAITING])
    person.deliver(is_present=True)
    person.delivery.deliver_budgets([USED_UP, replace(USED_UP, is_old=True)], True)
    person.delivery.end()
    assert [body["text"] for body in web] == [
        "shop waits for you: “Which currencies do you need?”",
        "the daily budget is used up: $21.00 of $20.00",
    ]
