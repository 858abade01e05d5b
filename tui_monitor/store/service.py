"""Requests and metrics of the session that somebody looks at, read on from where the last look ended."""

from __future__ import annotations

import sqlite3

from tui_monitor.events import EndpointRequest, MetricSample, SessionKey
from tui_monitor.figures import EndpointTotal, MetricSeries, ServiceFigures
from tui_monitor.merge.service import EndpointKey, EndpointRecord, SeriesKey, SeriesRecord, ServiceRecord
from tui_monitor.store.event_log import decode_event
from tui_monitor.store.intern import InternTables

_NEW = """
    SELECT id, kind, at, data FROM event_log
    WHERE session = ? AND kind IN ('request', 'metric') AND id > ? ORDER BY id
"""
_LAST = "SELECT coalesce(max(id), 0) FROM event_log"


class ServiceReader:
    """Sums up the requests and metrics of one session at a time. An event has a number in the order of reading, which
    grows whatever program reads it, so that each is read once."""

    def __init__(self) -> None:
        self._session: SessionKey | None = None
        self._last = 0
        self._record = ServiceRecord()

    def read(self, connection: sqlite3.Connection, interned: InternTables, session: SessionKey) -> ServiceFigures:
        """Return the figures of a session, with all that is stored by now."""
        if session != self._session:
            self._session, self._last, self._record = session, 0, ServiceRecord()
        last: int = connection.execute(_LAST).fetchone()[0]
        if last > self._last:
            number = interned.sessions.find(session)
            for _, kind, at, data in connection.execute(_NEW, (number, self._last)):
                event = decode_event(kind, session, "", at, data)
                if isinstance(event, EndpointRequest | MetricSample):
                    self._record.apply(event)
            self._last = last
        return _figures(self._record)


def _figures(record: ServiceRecord) -> ServiceFigures:
    endpoints = (_endpoint(key, endpoint) for key, endpoint in record.endpoints.items())
    return ServiceFigures(
        tuple(sorted(endpoints, key=lambda one: (-one.requests, one.endpoint, one.method))),
        tuple(_series(key, record.series[key]) for key in sorted(record.series)),
        record.left_out,
    )


def _endpoint(key: EndpointKey, record: EndpointRecord) -> EndpointTotal:
    return EndpointTotal(
        *key,
        record.requests,
        record.failed,
        record.percentile_ms(50),
        record.percentile_ms(95),
        record.tokens,
        record.last_at,
        record.last_error,
    )


def _series(key: SeriesKey, record: SeriesRecord) -> MetricSeries:
    return MetricSeries(
        *key,
        record.count,
        record.least,
        record.greatest,
        record.total / record.count,
        tuple(value for _, value in record.recent),
        record.recent[-1][0],
    )
