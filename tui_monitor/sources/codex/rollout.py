"""A Codex rollout: lines ``{"timestamp", "type", "payload"}``, one file a thread, of versions 0.60 to 0.169.

A fork's file begins with its own ``session_meta`` and may go on with a copy of its parent's history, the parent's
``session_meta`` first: only the first one names the session.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tui_monitor.events import Event, SourceRef
from tui_monitor.sources import times
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.codex import agents, events, requests, silent
from tui_monitor.sources.codex.line import Line
from tui_monitor.sources.codex.thread import Thread
from tui_monitor.sources.fields import text

TYPES = frozenset(("session_meta", "turn_context", "response_item", "event_msg", "compacted", "token_usage_record"))
"""The types of lines that tell something."""

_TURNS = ("task_started", "turn_started", "task_complete", "turn_complete", "turn_aborted")


class RolloutParser:
    """Turns the lines of one rollout into events."""

    def __init__(self, path: Path, state: str) -> None:
        self._thread = Thread(path, state)

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """The events of one line (see `base.Parser`)."""
        kind = text(record.get("type"))
        if kind in silent.LINES:
            return
        if kind not in TYPES:
            raise UnknownRecord(kind)
        payload, thread = record["payload"], self._thread
        at = times.of_millis(record.get("timestamp")) or thread.talk.last_at
        if kind == "session_meta":
            if thread.facts.meet(payload):
                yield from self._introduce(payload, Line(thread.facts.session, at, ref))
        elif not thread.facts.is_copy(record):
            line = Line(thread.facts.session, at, ref, thread.facts.model)
            yield from self._read(kind, payload, line)
            if payload.get("type") in _TURNS:
                yield from thread.tree.look(line)
        thread.talk.last_at = at

    def state(self) -> str:
        """What the thread remembers."""
        return self._thread.state()

    def _introduce(self, meta: Record, line: Line) -> Iterator[Event]:
        yield from self._thread.facts.introduce(meta, line)
        yield from agents.itself(meta, line)
        yield from self._thread.tree.look(line)

    def _read(self, kind: str, payload: Record, line: Line) -> Iterable[Event]:
        thread = self._thread
        match kind:
            case "event_msg":
                return events.read(thread, payload, line)
            case "response_item":
                return requests.read(thread, payload, line)
            case "turn_context":
                return thread.facts.settle(payload, line)
            case "token_usage_record":
                return thread.meter.record(payload, line)
        thread.meter.told_by_id |= bool(payload.get("latest_token_usage_record"))
        return events.compacted(thread, "line", line)
