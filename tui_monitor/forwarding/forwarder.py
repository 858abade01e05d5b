"""Hands what is in a store on to a collector: each span, log record and metric at least once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from itertools import islice
from typing import Protocol

from tui_monitor.forwarding.delivery import (
    Delivery,
    DeliveryError,
    Rejection,
    UnsupportedSignal,
)
from tui_monitor.forwarding.delivery_log import DeliveryLog
from tui_monitor.forwarding.metrics import usage_metrics
from tui_monitor.forwarding.model import ForwardedLog, ForwardedMetric, ForwardedSpan
from tui_monitor.forwarding.spans import ContentReader, SessionSpans
from tui_monitor.store import SessionRecords, Store
from tui_monitor.totals import SessionSummary

BATCH = 256
"""Spans of one request."""
METRICS_EVERY_MS = 60_000
"""Time after which metrics are sent again although nothing has changed: collectors forget what is silent."""
_SESSIONS_AT_ONCE = 50


class Exporter(Protocol):
    """The way to a collector; each method returns what was rejected, and raises a `DeliveryError` unless the rest was
    accepted."""

    def send_spans(self, spans: Sequence[ForwardedSpan]) -> Rejection:
        """Send spans."""

    def send_logs(self, logs: Sequence[tuple[ForwardedSpan, ForwardedLog]]) -> Rejection:
        """Send the log records about spans."""

    def send_metrics(self, metrics: Sequence[ForwardedMetric], now: int) -> Rejection:
        """Send metrics as they are at ``now`` (epoch ms)."""


@dataclass(frozen=True, slots=True)
class ForwardingOptions:
    """What to hand on: what has happened ``since`` (epoch ms), and with ``has_content`` what was written."""

    since: int = 0
    has_content: bool = False


@dataclass(slots=True)
class SessionForwarder:
    """Hands the sessions of a store on, pass by pass."""

    delivery_log: DeliveryLog
    exporter: Exporter
    options: ForwardingOptions
    _metrics_sent_at: int = 0
    _not_taken: dict[str, None] = field(default_factory=dict)

    def run(self, store: Store, now: int, *, is_final: bool = False) -> Delivery:
        """Send what has changed at ``now`` (epoch ms). With ``is_final`` nothing is held back until it is settled."""
        delivery, marks = Delivery(), self.delivery_log.marks()
        changed = [one for one in reversed(store.sessions()) if marks.get(one.session) != self._mark(one)]
        delivery.waiting = len(changed)
        content = ContentReader(store.body) if self.options.has_content else None
        try:
            for summary, records in _records(store, changed):
                spans = SessionSpans(
                    summary, records, self.delivery_log.path_key, now, is_final, self.options.since, content
                )
                self._send(self.delivery_log.undelivered(spans.spans()), delivery)
                if spans.is_quiet:
                    self.delivery_log.mark(summary.session, self._mark(summary))
                delivery.waiting -= 1
            self._send_metrics(store, now, delivery, has_changed=bool(delivery.count.spans) or is_final)
        except DeliveryError as error:
            delivery.fault, delivery.retry_after_s = str(error), error.retry_after_s
        delivery.not_taken = tuple(self._not_taken)
        return delivery

    def _send(self, spans: Sequence[ForwardedSpan], delivery: Delivery) -> None:
        remaining = iter(spans)
        while batch := list(islice(remaining, BATCH)):
            rejected = self.exporter.send_spans(batch)
            logs = [(span, span.log) for span in batch if span.log]
            if logs and (refused := self._offer("logs", partial(self.exporter.send_logs, logs))):
                delivery.count.logs += max(0, len(logs) - refused.number)
                delivery.reject("log record", refused)
            self.delivery_log.confirm(batch)  # what was rejected, too: it must not be sent again
            delivery.count.spans += max(0, len(batch) - rejected.number)
            delivery.reject("span", rejected)

    def _send_metrics(self, store: Store, now: int, delivery: Delivery, *, has_changed: bool) -> None:
        if not has_changed and now - self._metrics_sent_at < METRICS_EVERY_MS:
            return
        if models := store.token_distributions():
            metrics = [metric for metric in usage_metrics(models) if metric.sums or metric.distributions]
            if rejected := self._offer("metrics", partial(self.exporter.send_metrics, metrics, now)):
                delivery.count.metrics += len(metrics)
                delivery.reject("data point", rejected)
        self._metrics_sent_at = now

    def _offer(self, signal: str, send: Callable[[], Rejection]) -> Rejection | None:
        """Send telemetry of a kind, and return what was rejected; None if the receiver does not take that kind."""
        if signal in self._not_taken:
            return None
        try:
            return send()
        except UnsupportedSignal:
            self._not_taken[signal] = None
            return None

    def _mark(self, summary: SessionSummary) -> str:
        """Return what changes whenever something of a session does."""
        text = repr((summary, self.options.since, self.options.has_content))
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _records(store: Store, summaries: Sequence[SessionSummary]) -> Iterator[tuple[SessionSummary, SessionRecords]]:
    """Yield the records of sessions, a few sessions at a time."""
    remaining = iter(summaries)
    while some := list(islice(remaining, _SESSIONS_AT_ONCE)):
        by_key = {summary.session: summary for summary in some}
        for records in store.records(list(by_key)):
            yield by_key[records.session], records
