"""Alerts are posted to an address in the background: bounded, never to another one, and without its secret in words."""

from __future__ import annotations

from threading import Event

import pytest

from tests.tui.alerts.others import asking
from tests.tui.live_builder import EIGHT_PM
from tui_monitor.config import AlertsConfig
from tui_monitor.live.alerts import Alert, AlertKind
from tui_monitor.tui.alerts.calls import AlertMessage, OutsideCalls
from tui_monitor.tui.alerts.webhook import MAX_WAITING, Webhook, WebhookError

STATE = asking("shop", EIGHT_PM, 20).state
KEY = "sk-ant-api03-" + "Abc1234567" * 8


def test_alert_is_posted_as_json(web: list[dict[str, object]], address: str) -> None:
    webhook = Webhook(address)
    webhook.send(AlertMessage.of(Alert(AlertKind.API_ERROR, STATE.key, EIGHT_PM, "overloaded"), STATE).body())
    webhook.close()
    assert webhook.failures() == []
    assert web == [
        {
            "text": "shop has an API error: overloaded",
            "kind": "api_error",
            "session": "s-shop",
            "source": "codex",
            "folder": "/home/ada/shop",
            "since": web[0]["since"],
            "level": 1,
        }
    ]


def test_secrets_are_masked() -> None:
    message = AlertMessage.of(Alert(AlertKind.API_ERROR, STATE.key, EIGHT_PM, f"wrong key {KEY}"), STATE)
    assert KEY not in str(message.body())


@pytest.mark.parametrize(
    ("path", "reason"), [("/gone", "answers with status 410"), ("/elsewhere", "answers with status 307")]
)
def test_refusal_is_told_by_the_name_of_the_host_alone(
    path: str, reason: str, web: list[dict[str, object]], address: str
) -> None:
    calls = OutsideCalls(AlertsConfig(webhook=f"{address.removesuffix('/hook')}{path}?token=secret"))
    message = AlertMessage.of(Alert(AlertKind.STUCK, STATE.key, EIGHT_PM, ""), STATE)
    for _ in range(3):
        calls.post(message)
    calls.close()
    assert calls.failures() == [f"The webhook 127.0.0.1 {reason}."]
    assert calls.failures() == []
    assert web == []


def test_address_that_cannot_be_reached_is_told() -> None:
    webhook = Webhook("http://127.0.0.1:1/secret")
    webhook.send({"text": ""})
    webhook.close()
    assert webhook.failures() == ["The webhook 127.0.0.1 cannot be reached."]


def test_slow_address_leaves_alerts_out_and_holds_nobody_up() -> None:
    goes_on, sent = Event(), []

    def post(address: str, data: bytes) -> None:
        goes_on.wait(30)
        sent.append(data)

    webhook = Webhook("https://hooks.example/secret", post)
    for _ in range(MAX_WAITING + 5):
        webhook.send({"text": ""})
    assert set(webhook.failures()) == {"The webhook hooks.example is too slow: alerts are left out."}
    goes_on.set()
    webhook.close()
    assert len(sent) == MAX_WAITING


def test_failure_does_not_end_it() -> None:
    sent = []

    def post(address: str, data: bytes) -> None:
        sent.append(data)
        if len(sent) == 1:
            raise WebhookError("does not answer")

    webhook = Webhook("https://hooks.example/secret", post)
    webhook.send({"text": "one"})
    webhook.send({"text": "two"})
    webhook.close()
    assert len(sent) == 2
    assert webhook.failures() == ["The webhook hooks.example does not answer."]


def test_without_an_address_nothing_is_sent() -> None:
    webhook = Webhook("")
    webhook.send({"text": ""})
    webhook.close()
    assert webhook.failures() == []
