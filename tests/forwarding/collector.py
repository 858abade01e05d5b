"""A collector for tests: it keeps what it is sent, and refuses when it is told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tui_monitor.forwarding.delivery import NOTHING_REJECTED, DeliveryError, Rejection, UnsupportedSignal
from tui_monitor.forwarding.model import ForwardedLog, ForwardedMetric, ForwardedSpan


@dataclass
class Collector:
    """Accepts ``room`` more requests, None: any number; with ``is_for_traces`` nothing but spans. Of each request it
    says that it ``rejects`` something."""

    room: int | None = None
    is_for_traces: bool = False
    rejects: Rejection = NOTHING_REJECTED
    spans: list[ForwardedSpan] = field(default_factory=list)
    logs: list[ForwardedLog] = field(default_factory=list)
    metrics: list[ForwardedMetric] = field(default_factory=list)

    def send_spans(self, spans: Sequence[ForwardedSpan]) -> Rejection:
        """Keep spans."""
        self._accept()
        self.spans += spans
        return self.rejects

    def send_logs(self, logs: Sequence[tuple[ForwardedSpan, ForwardedLog]]) -> Rejection:
        """Keep log records."""
        self._accept(is_trace=False)
        self.logs += [log for _, log in logs]
        return self.rejects

    def send_metrics(self, metrics: Sequence[ForwardedMetric], now: int) -> Rejection:
        """Keep the metrics of now."""
        self._accept(is_trace=False)
        self.metrics = list(metrics)
        return self.rejects

    def ids(self) -> list[int]:
        """Return the ids of all spans."""
        return [span.id for span in self.spans]

    def _accept(self, *, is_trace: bool = True) -> None:
        if self.is_for_traces and not is_trace:
            raise UnsupportedSignal("status 405 Method Not Allowed")
        if self.room == 0:
            raise DeliveryError("it cannot be reached")
        if self.room is not None:
            self.room -= 1
