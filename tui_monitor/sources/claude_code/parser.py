"""Turns the lines of one Claude Code transcript into events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from tui_monitor.events import Event, SourceRef
from tui_monitor.sources.base import Record, UnknownRecord, UnreadableRecord
from tui_monitor.sources.claude_code.files import agent_of, operation_of, session_id_of
from tui_monitor.sources.claude_code.kinds import SILENT
from tui_monitor.sources.claude_code.line import Line
from tui_monitor.sources.claude_code.progress import AGENTS_AT_WORK, progress
from tui_monitor.sources.claude_code.prompts import passages
from tui_monitor.sources.claude_code.session import Facts
from tui_monitor.sources.claude_code.state import State
from tui_monitor.sources.claude_code.talk import Talk
from tui_monitor.sources.claude_code.turns import retried
from tui_monitor.sources.claude_code.usage import session_total, usages
from tui_monitor.sources.shared.fields import number, table, text
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints

Handler: TypeAlias = Callable[[Line], Iterable[Event]]


class TranscriptParser:
    """Reads the file of a session, or of one of its sub-agents: finds whose each line is, and who reads its kind."""

    def __init__(self, path: Path, state: str) -> None:
        self._owner = agent_of(path)
        self._state = State.restored(state) if state else State(Facts(session=session_id_of(path)))
        talk = Talk(self._state)
        self._handlers: dict[str, Handler] = {
            "assistant": talk.assistant,
            "user": talk.user,
            "attachment": talk.attachment,
            "queue-operation": talk.queue,
            "progress": self._progress,
            "summary": self._state.facts.summary,
            "ai-title": self._state.facts.title,
            "custom-title": self._state.facts.title,
            "relocated": self._state.facts.relocated,
            "cost-state": lambda line: session_total(line, line.record.get("totalCostUSD")),
            "system/local_command": talk.local_command,
            "system/turn_duration": self._turn_duration,
            "system/stop_hook_summary": self._stop_hooks,
            "system/compact_boundary": self._state.contexts.compacted,
            "system/microcompact_boundary": self._state.contexts.trimmed,
            "system/api_error": lambda line: [retried(line)],
        }

    def parse(self, record: Record, ref: SourceRef) -> list[Event]:
        """The events of one line; see `tui_monitor.sources.base.Parser`."""
        handler = self._handler(record)
        line = self._state.facts.place(record, ref, self._state.agents.of(record, self._owner))
        if not line.where["session"].id:
            return []
        if line.main:
            return [*self._state.facts.envelope(line), *handler(line)]
        own_doing = operation_of(line.where["agent"])
        return [*self._about_agent(line), *(self._overhead(line, own_doing) if own_doing else handler(line))]

    def state(self) -> str:
        """What is needed to go on from here."""
        return self._state.kept()

    def _handler(self, record: Record) -> Handler:
        """Who reads a record; raises before anything of it is remembered."""
        kind = text(record.get("type"))
        if kind == "system":
            kind = f"system/{text(record.get('subtype'))}"
        elif kind in ("assistant", "user") and not isinstance(record.get("message"), dict):
            raise UnreadableRecord(f"{kind} without a message")
        if kind in SILENT:
            return _nothing
        if kind not in self._handlers:
            raise UnknownRecord(kind or "no type")
        return self._handlers[kind]

    def _about_agent(self, line: Line) -> Iterator[Event]:
        agents, calls = self._state.agents, self._state.calls
        if line.where["agent"] not in agents.calls:
            call = "" if self._owner else calls.asking("\n".join(passages(line.message.get("content"))))
            yield from agents.appeared(line, self._owner, call, calls.get(call))
        if self._owner:
            yield from agents.describe(line)

    def _overhead(self, line: Line, operation: str) -> Iterator[Event]:
        """A line of the program's own agent: it spends, all else is a copy of what the main chain said."""
        kind = line.record["type"]
        if kind == "assistant":
            yield from usages(line, ResponseFingerprints(self._state.alike))
        elif kind == "user" and operation == "compact" and not line.record.get("isMeta"):
            yield from self._state.contexts.compacting(line)

    def _progress(self, line: Line) -> Iterator[Event]:
        data, call = table(line.record.get("data")), text(line.record.get("parentToolUseID"))
        if data.get("type") in AGENTS_AT_WORK:
            asked = self._state.calls.get(call)
            yield from self._state.agents.link(line, text(data.get("agentId")), call, asked)
        yield from progress(line, data)

    def _turn_duration(self, line: Line) -> Iterator[Event]:
        yield from self._state.turns.done(line, number(line.record.get("durationMs")))

    def _stop_hooks(self, line: Line) -> Iterator[Event]:
        if line.record.get("preventedContinuation") is False:
            yield from self._state.turns.done(line)


def _nothing(line: Line) -> Iterable[Event]:
    return ()
