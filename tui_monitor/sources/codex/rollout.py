"""The lines of a Codex rollout: one thread, in one or several files.

The file of a forked thread begins with its own ``session_meta`` and may go on with a copy of its parent's history, with
the parent's ``session_meta`` first: only the first ``session_meta`` names the thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tui_monitor.events import Event, SourceRef, TurnUpdate
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.codex import agents, context_parts, event_messages, lines, response_items
from tui_monitor.sources.codex.inheritance import LineProvenance
from tui_monitor.sources.codex.lines import CodexLine
from tui_monitor.sources.codex.thread import ThreadState
from tui_monitor.sources.shared.fields import plausible_time, stated_time, table, text, to_epoch_ms

_TYPES = frozenset(("session_meta", "turn_context", "response_item", "event_msg", "compacted", "token_usage_record"))
_TURN_EVENTS = ("task_started", "turn_started", "task_complete", "turn_complete", "turn_aborted")


def is_rollout(record: Record) -> bool:
    """Return True for a line of a rollout."""
    return text(record.get("type")) in _TYPES and isinstance(record.get("payload"), dict) and "timestamp" in record


class RolloutParser:
    """Turns the lines of one rollout into events."""

    def __init__(self, path: Path, state: str) -> None:
        self._thread = ThreadState(path, state)

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """Yield the events of one line (see `base.Parser`)."""
        kind = text(record.get("type"))
        if kind in lines.IGNORED_LINES:
            return
        if kind not in _TYPES:
            raise UnknownRecord(kind)
        payload, thread = record["payload"], self._thread
        stamp = record.get("timestamp")
        stated_at = stated_time(stamp)
        at = plausible_time(stated_at) or to_epoch_ms(stamp) or thread.messages.last_at
        before = thread.facts.history.usual
        origin = thread.facts.history.judge(record, thread.facts.id, stated_at)
        if kind == "session_meta":
            if thread.facts.apply_meta(payload):
                yield from self._read_meta(payload, thread.facts.line(at, ref))
        else:
            line = thread.facts.line(at, ref)
            if before is LineProvenance.UNKNOWN and thread.facts.history.usual is not before:
                yield from thread.usage.settle_copies(line, are_copies=origin is LineProvenance.COPIED)
            yield from self._read_line(kind, payload, line, is_copy=origin is LineProvenance.COPIED)
        thread.messages.last_at = at

    def state(self) -> str:
        """Return the state of the thread as JSON text."""
        return self._thread.state()

    def _read_meta(self, meta: Record, line: CodexLine) -> Iterator[Event]:
        yield from self._thread.facts.session_updates(meta, line)
        yield from context_parts.base_parts(meta, line)
        yield from agents.own_agent_updates(meta, line)
        yield from self._thread.database.updates(line)

    def _read_line(self, kind: str, payload: Record, line: CodexLine, *, is_copy: bool) -> Iterable[Event]:
        """Return the events of a line. A fork repeats the history of its parent, as the agent does in its log; of what
        a sub-agent has from its parent, which is in the same session, only responses count."""
        if is_copy and line.agent:
            return self._read_copied_response(kind, payload, line)
        if line.agent or payload.get("type") in _TURN_EVENTS:
            return self._read_turn(kind, payload, line)
        return self._read(kind, payload, line)

    def _read_turn(self, kind: str, payload: Record, line: CodexLine) -> Iterator[Event]:
        """Yield the events of a line that may begin or end a turn, which is the life of a sub-agent."""
        for event in self._read(kind, payload, line):
            if isinstance(event, TurnUpdate) and line.agent:
                yield from agents.turn_updates(event, line)
            else:
                yield event
        if payload.get("type") in _TURN_EVENTS:
            yield from self._thread.database.updates(line)

    def _read_copied_response(self, kind: str, payload: Record, line: CodexLine) -> Iterator[Event]:
        """Yield the response in a copied line: its original may be gone. Where line numbers say that a line is a copy,
        its sums may be those of another thread still."""
        usage = self._thread.usage
        if kind == "token_usage_record":
            yield from usage.read_record(payload, line)
        elif payload.get("type") == "token_count" and not self._thread.facts.history.start_ordinal:
            yield from usage.count_response(table(payload.get("info")), table(payload.get("rate_limits")), line)
        elif kind == "turn_context":
            self._thread.facts.model = text(payload.get("model"))

    def _read(self, kind: str, payload: Record, line: CodexLine) -> Iterable[Event]:
        thread = self._thread
        match kind:
            case "event_msg":
                return event_messages.read_event(thread, payload, line)
            case "response_item":
                return response_items.read_response_item(thread, payload, line)
            case "turn_context":
                return thread.facts.apply_settings(payload, line, is_complete=False)
            case "token_usage_record":
                return thread.usage.read_record(payload, line)
        thread.usage.has_records |= bool(payload.get("latest_token_usage_record"))
        return [*context_parts.summary(payload, line), *event_messages.compaction(thread, "line", line)]
