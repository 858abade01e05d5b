"""The spans of telemetry, by which what several of them describe counts once, whatever the order and the files."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple

from tui_monitor.events import SpanUpdate, Tokens
from tui_monitor.ledger import Ledger, Trace, TracedSpan
from tui_monitor.store.sql import SqlRow, placeholders

_COUNTS = ("input", "output", "cache_read", "cache_creation", "cache_creation_1h", "reasoning")
_COLUMNS = ("parent", "began", "ended", "is_sum", *_COUNTS)
_SAVE = f"REPLACE INTO spans (span, trace, {', '.join(_COLUMNS)}) VALUES (?, ?, {placeholders(_COLUMNS)})"
_LOAD = f"SELECT span, {', '.join(_COLUMNS)} FROM spans WHERE trace = ?"
_NO_COUNTS = (None,) * len(_COUNTS)


class Spans:
    """The table of spans."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._unsaved: list[SpanUpdate] = []

    def add(self, event: SpanUpdate) -> None:
        """Take a span of the batch into account."""
        self._unsaved.append(event)

    def flush(self, ledger: Ledger) -> None:
        """Save the spans of the batch, and let the ledger count once what those of their traces describe."""
        self._connection.executemany(_SAVE, map(_row_of, self._unsaved))
        for trace in dict.fromkeys(event.trace for event in self._unsaved):
            spans = Trace(dict(map(_span_of, self._connection.execute(_LOAD, (trace,)).fetchall())))
            for pair in spans.same_responses():
                ledger.unite(pair)
            for span, tokens in spans.remaining_sums():
                ledger.set_sum(span, tokens)
        self._unsaved.clear()


def _row_of(event: SpanUpdate) -> SqlRow:
    counts = astuple(event.tokens) if event.tokens else _NO_COUNTS
    return (event.span, event.trace, event.parent, event.began, event.ended, event.is_sum, *counts)


def _span_of(row: SqlRow) -> tuple[str, TracedSpan]:
    span, parent, began, ended, is_sum, *counts = row
    tokens = None if counts[0] is None else Tokens(*counts)
    return span, TracedSpan(parent, began, ended, tokens, bool(is_sum))
