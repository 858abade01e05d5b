"""The way to a collector: OTLP over HTTP by the exporters of OpenTelemetry's SDK, which is an extra."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from logging import Handler, getLogger
from logging import LogRecord as LoggedLine
from typing import Self

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExportResult
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricExportResult,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from tui_monitor.forwarding.delivery import DeliveryError, Rejection, UnsupportedSignal
from tui_monitor.forwarding.direct_session import CollectorAnswer, DirectSession, direct_session
from tui_monitor.forwarding.model import Attributes, ForwardedLog, ForwardedMetric, ForwardedSpan, Value
from tui_monitor.sources.otlp.forwarded_names import SCOPE

SERVICE = "tui-monitor"
NANOSECONDS = 1_000_000

_LOGGER = "opentelemetry"
_NOT_TAKEN = (404, 405, 501)
"""Statuses of a path that is not served."""
_STATUS = re.compile(r"code: (\d{3}), reason: (.*)")


class OtlpExporter:
    """Sends to the collector at ``url``, whose paths of the signals are added. ``headers`` are in addition to those of
    the environment; ``instance`` names this machine's store, ``version`` that of the program.

    Each method returns what was rejected, and raises a `DeliveryError` unless the rest was accepted.
    """

    def __init__(self, url: str, headers: Mapping[str, str], instance: str, version: str = "") -> None:
        base, gzip = url.rstrip("/"), Compression.Gzip
        own = dict(headers) or None
        self._for_spans, self._for_logs, self._for_metrics = direct_session(), direct_session(), direct_session()
        self._spans = OTLPSpanExporter(f"{base}/v1/traces", headers=own, compression=gzip, session=self._for_spans)
        self._logs = OTLPLogExporter(f"{base}/v1/logs", headers=own, compression=gzip, session=self._for_logs)
        self._metrics = OTLPMetricExporter(
            f"{base}/v1/metrics", headers=own, compression=gzip, session=self._for_metrics
        )
        self._instance = instance
        self._scope = InstrumentationScope(SCOPE, version)
        self._resources: dict[str, Resource] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        for exporter in (self._spans, self._logs, self._metrics):
            exporter.shutdown()

    def send_spans(self, spans: Sequence[ForwardedSpan]) -> Rejection:
        """Send spans."""
        with _reasons(self._for_spans) as reasons:
            result = self._spans.export([self._span(span) for span in spans])
        return _check(result is SpanExportResult.SUCCESS, reasons)

    def send_logs(self, logs: Sequence[tuple[ForwardedSpan, ForwardedLog]]) -> Rejection:
        """Send the log records about spans."""
        with _reasons(self._for_logs) as reasons:
            result = self._logs.export([self._log(span, log) for span, log in logs])
        return _check(result is LogRecordExportResult.SUCCESS, reasons)

    def send_metrics(self, metrics: Sequence[ForwardedMetric], now: int) -> Rejection:
        """Send metrics as they are at ``now`` (epoch ms)."""
        scope = ScopeMetrics(self._scope, [_metric(metric, now * NANOSECONDS) for metric in metrics], "")
        data = MetricsData([ResourceMetrics(self._resource(SERVICE), [scope], "")])
        with _reasons(self._for_metrics) as reasons:
            result = self._metrics.export(data)
        return _check(result is MetricExportResult.SUCCESS, reasons)

    def _resource(self, service: str) -> Resource:
        if service not in self._resources:
            attributes = {"service.name": _text(service), "service.instance.id": self._instance}
            self._resources[service] = Resource.create(attributes)
        return self._resources[service]

    def _span(self, span: ForwardedSpan) -> ReadableSpan:
        return ReadableSpan(
            _text(span.name),
            _context(span.trace, span.id),
            _context(span.trace, span.parent) if span.parent else None,
            self._resource(span.service),
            _encodable(span.attributes),
            kind=SpanKind.CLIENT if span.is_request else SpanKind.INTERNAL,
            status=Status(StatusCode.ERROR, _text(span.error)) if span.error else Status(StatusCode.UNSET),
            start_time=span.start * NANOSECONDS,
            end_time=span.end * NANOSECONDS,
            instrumentation_scope=self._scope,
        )

    def _log(self, span: ForwardedSpan, log: ForwardedLog) -> ReadableLogRecord:
        record = LogRecord(
            timestamp=span.end * NANOSECONDS,
            observed_timestamp=span.end * NANOSECONDS,
            context=set_span_in_context(NonRecordingSpan(_context(span.trace, span.id))),
            severity_number=SeverityNumber.INFO,
            severity_text="INFO",
            body=_text(log.name),
            attributes=_encodable(log.attributes),
            event_name=_text(log.name),
        )
        return ReadableLogRecord(record, self._resource(span.service), self._scope)


def _context(trace: int, span: int) -> SpanContext:
    return SpanContext(trace, span, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _metric(metric: ForwardedMetric, now: int) -> Metric:
    data: Sum | Histogram
    if metric.sums:
        numbers = [
            NumberDataPoint(_encodable(own), since * NANOSECONDS, now, value) for own, since, value in metric.sums
        ]
        data = Sum(numbers, AggregationTemporality.CUMULATIVE, is_monotonic=True)
    else:
        data = Histogram(list(_points(metric, now)), AggregationTemporality.CUMULATIVE)
    return Metric(metric.name, metric.description, metric.unit, data)


def _points(metric: ForwardedMetric, now: int) -> Iterator[HistogramDataPoint]:
    for attributes, since, values in metric.distributions:
        bounds = [bound * metric.scale for bound in values.bounds]
        filled = [place for place, count in enumerate(values.counts) if count]
        least = bounds[filled[0] - 1] if filled and filled[0] else 0.0
        most = bounds[min(filled[-1], len(bounds) - 1)] if filled else 0.0
        total = values.total * metric.scale
        yield HistogramDataPoint(
            _encodable(attributes), since * NANOSECONDS, now, values.count, total, values.counts, bounds, least, most
        )


class _Reasons(Handler):
    """Keeps why the library has failed, from what it logs, and what the answer says beyond that."""

    def __init__(self) -> None:
        super().__init__()
        self.text = "it cannot be reached"
        self.status = 0
        self.answer = CollectorAnswer()

    def emit(self, record: LoggedLine) -> None:
        if match := _STATUS.search(record.getMessage()):
            self.status = int(match[1])
            self.text = f"status {match[1]} {match[2]}"
        elif record.exc_info or "encode" in record.getMessage():
            self.text = record.getMessage()


@contextmanager
def _reasons(session: DirectSession | None) -> Iterator[_Reasons]:
    """Keep what the library logs from standard error, for its reasons."""
    logger, reasons = getLogger(_LOGGER), _Reasons()
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(reasons)
    try:
        yield reasons
        reasons.answer = session.answer if session else CollectorAnswer()
    finally:
        logger.removeHandler(reasons)
        logger.propagate = propagate


def _check(is_accepted: bool, reasons: _Reasons) -> Rejection:
    answer = reasons.answer
    if answer.redirection:
        raise DeliveryError(answer.redirection)
    if not is_accepted and reasons.status in _NOT_TAKEN:
        raise UnsupportedSignal(reasons.text)
    if not is_accepted:
        raise DeliveryError(answer.failure or reasons.text, answer.retry_after_s)
    return answer.rejection


def _encodable(attributes: Attributes) -> dict[str, Value]:
    """Return attributes without lone surrogates, which protobuf cannot hold."""
    return {name: _text(value) if isinstance(value, str) else value for name, value in attributes.items()}


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
