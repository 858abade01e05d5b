"""Amazon CloudWatch: what models have used, in quarters of an hour, by boto3, which is an extra.

CloudWatch adds up what it is sent for a time, so only what a sum has grown by is sent, and noted after it was accepted:
killed in between, the last request is sent again and counts twice there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tui_monitor.events import PICO
from tui_monitor.forwarding.delivery import Delivery, DeliveryError
from tui_monitor.forwarding.delivery_log import DeliveryLog
from tui_monitor.ledger import Amount
from tui_monitor.store import SpendingKey, SpendingScope, Store

KEPT_MS = 13 * 86_400_000
"""CloudWatch takes values of two weeks; older ones are not sent."""
MAX_DATA = 500
"""Values of one request."""
_METRICS = {
    "InputTokens": "input",
    "OutputTokens": "output",
    "CacheReadTokens": "cache_read",
    "CacheWriteTokens": "cache_creation",
    "Requests": "requests",
}
COST = "Cost"


@dataclass(frozen=True, slots=True)
class Datum:
    """What a metric of a model has grown by in a quarter of an hour from ``at`` (epoch ms) on, to ``total``; cost is in
    picodollars."""

    name: str
    model: str
    at: int
    grown: int
    total: int

    @property
    def key(self) -> str:
        """The name under which its total is noted."""
        return f"{self.at}/{self.name}/{self.model}"


class CloudWatchForwarder:
    """Sends to a ``namespace`` of CloudWatch by the ``client`` of boto3, which finds region and credentials itself."""

    def __init__(self, delivery_log: DeliveryLog, namespace: str, since: int = 0, client: Any = None) -> None:
        self.delivery_log = delivery_log
        self._namespace = namespace
        self._since = since
        self._client = client

    def run(self, store: Store, now: int, *, is_final: bool = False) -> Delivery:
        """Send what has changed at ``now`` (epoch ms)."""
        delivery, since = Delivery(), max(self._since, now - KEPT_MS)
        data = list(self._grown(store, since))
        try:
            for at in range(0, len(data), MAX_DATA):
                self._send(data[at : at + MAX_DATA])
                delivery.count.metrics += len(data[at : at + MAX_DATA])
        except DeliveryError as error:
            delivery.fault = str(error)
        else:
            self.delivery_log.forget_totals(since)
        return delivery

    def _grown(self, store: Store, since: int) -> Iterator[Datum]:
        """Yield what has grown since it was sent last."""
        totals = self.delivery_log.totals()
        for spent in store.spending(SpendingScope(since=since), [SpendingKey.AT, SpendingKey.MODEL]):
            for name, total in _values(spent.amount).items():
                datum = Datum(name, spent.model, spent.at, 0, total)
                grown = total - totals.get(datum.key, 0)
                if grown:
                    yield Datum(name, spent.model, spent.at, grown, total)

    def _send(self, data: Sequence[Datum]) -> None:
        try:
            self._client = self._client or boto3.client("cloudwatch")
            self._client.put_metric_data(Namespace=self._namespace, MetricData=[_datum(one) for one in data])
        except (BotoCoreError, ClientError) as error:
            raise DeliveryError(str(error)) from None
        self.delivery_log.note_totals({one.key: (one.at, one.total) for one in data})


def _values(amount: Amount) -> Mapping[str, int]:
    return {**{name: int(getattr(amount, kind)) for name, kind in _METRICS.items()}, COST: amount.cost}


def _datum(datum: Datum) -> dict[str, object]:
    is_cost = datum.name == COST
    return {
        "MetricName": datum.name,
        "Dimensions": [{"Name": "Model", "Value": datum.model[:255] or "unknown"}],
        "Timestamp": datetime.fromtimestamp(datum.at / 1000, UTC),
        "Value": datum.grown / PICO if is_cost else float(datum.grown),
        "Unit": "None" if is_cost else "Count",
    }
