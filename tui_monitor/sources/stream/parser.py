"""Lines of the stream, read by their types; bare objects, read by their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import orjson

from tui_monitor.events import (
    MAIN,
    AgentStatus,
    AgentUpdate,
    CallProgress,
    ContextUpdate,
    EndpointRequest,
    Event,
    LogLine,
    MetricSample,
    SessionUpdate,
    SourceRef,
    Turn,
    TurnUpdate,
    custom_events,
)
from tui_monitor.sources.base import Record, UnknownRecord, UnreadableRecord
from tui_monitor.sources.shared.fields import number, put_bounded, seconds_to_epoch_ms, table, text, to_epoch_ms
from tui_monitor.sources.stream import conversation, model_calls, tools, usage
from tui_monitor.sources.stream.contexts import StreamContexts
from tui_monitor.sources.stream.conversation import OpenWaits
from tui_monitor.sources.stream.model_calls import OpenGenerations
from tui_monitor.sources.stream.origin import MAX_ENTRIES, LineOrigin, OriginResolver
from tui_monitor.sources.stream.processes import StatedProcesses

VERSION = 1
MAX_OUTPUT = 4096
"""Characters that are kept of the output of a running call, the last ones."""
MAX_OUTPUTS = 16
_MAX_FLOAT = 1e300
_FACTS = ("cwd", "branch", "version", "title", "client")

_TURNS: Mapping[AgentStatus, Turn] = {
    AgentStatus.STARTING: Turn.STARTED,
    AgentStatus.RUNNING: Turn.STARTED,
    AgentStatus.COMPLETED: Turn.DONE,
    AgentStatus.FAILED: Turn.FAILED,
    AgentStatus.TERMINATED: Turn.INTERRUPTED,
}


class StreamParser:
    """Turns the lines of one stream into events."""

    def __init__(self, path: Path, state: str) -> None:
        saved = orjson.loads(state) if state else {}
        self._path = path
        self._origins = OriginResolver(path.stem, **saved.get("origins", {}))
        self._sessions: dict[str, bool] = saved.get("sessions", {})
        self._contexts = StreamContexts.restored(saved.get("contexts", {}))
        self.processes = StatedProcesses.restored(saved.get("processes", {}))
        self._generations = OpenGenerations(saved.get("generations", {}), saved.get("failures", {}))
        self._outputs: dict[str, tuple[str, int]] = {
            call: (printed, lines) for call, (printed, lines) in saved.get("outputs", {}).items()
        }
        self._waits = OpenWaits(saved.get("waits", {}))
        self._readers: dict[str, _LineReader] = {
            **_READERS,
            "tool_start": self._tool_start,
            "tool": self._tool,
            "output": self._output,
            "generation_start": self._generations.start,
            "generation": self._generations.end,
            "retry": self._generations.retry,
            "wait": self._waits.apply,
        }

    def state(self) -> str:
        """Return the last agents, calls, lines, sessions and processes, and what is under way, as JSON text."""
        state = {
            "processes": self.processes.state(),
            "origins": self._origins.state(),
            "sessions": self._sessions,
            "generations": self._generations.calls,
            "failures": self._generations.failures,
            "waits": self._waits.waits,
            "outputs": self._outputs,
            "contexts": self._contexts.state(),
        }
        return orjson.dumps(state).decode()

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """Yield the events of one line (see `base.Parser`)."""
        line_type = record_type(record)
        reader = self._readers.get(line_type)
        if reader is None or record.get("v") not in (None, VERSION):
            raise UnknownRecord(f"type {line_type}, version {record.get('v')}")
        if line_type == "agent":
            record = _with_agent_id(record)
            self._origins.set_parent(record["agent_id"], text(record.get("parent_id")), text(record.get("session_id")))
        origin = self._origins.resolve(record, _time_of_record(line_type, record), ref)
        if line_type == "agent":
            self.processes.update(record, origin, _status_of(record))
        yield from self._session_updates(record, origin)
        for event in reader(record, origin):
            yield from self._contexts.completed(event)
        if line_type in ("agent", "usage"):
            place = Event(session=origin.session, agent=origin.agent, at=origin.at)
            yield from custom_events(place, "" if line_type == "agent" else origin.uid, table(record.get("custom")))

    def _tool_start(self, record: Record, origin: LineOrigin) -> Iterator[Event]:
        call, parent = self._origins.call_id(record, origin), self._origins.parent_call(record, origin)
        yield tools.started(record, call, parent, origin)

    def _tool(self, record: Record, origin: LineOrigin) -> Iterator[Event]:
        finished = tools.finished(record, self._origins.call_id(record, origin), origin)
        self._outputs.pop(self._origins.call_id(record, origin), None)
        yield from self._tool_start(record, origin)
        yield finished

    def _output(self, record: Record, origin: LineOrigin) -> Iterator[Event]:
        """Read what a running call has printed since its last such line."""
        call = self._origins.call_id(record, origin)
        outputs = self._outputs
        printed, lines = outputs.get(call, ("", 0))
        lines += text(record.get("text")).count("\n")
        printed = (printed + text(record.get("text")))[-MAX_OUTPUT:]
        put_bounded(outputs, call, (printed, lines), MAX_OUTPUTS)
        yield CallProgress(
            session=origin.session,
            agent=origin.agent,
            at=origin.at,
            call=call,
            doing="running",
            lines=lines + (not printed.endswith("\n")),
            output=printed,
        )

    def _session_updates(self, record: Record, origin: LineOrigin) -> Iterator[Event]:
        """Yield the session with its first line, and with every line that has facts."""
        facts = {fact: value for fact in _FACTS if (value := text(record.get(fact)))} if origin.agent == MAIN else {}
        if facts or origin.session.id not in self._sessions:
            put_bounded(self._sessions, origin.session.id, True, MAX_ENTRIES)
            yield SessionUpdate(session=origin.session, at=origin.at, path=str(self._path), **facts)


def record_type(record: Record) -> str:
    """Return the type of a line; for an object without one the type that its fields imply, else empty."""
    if "type" in record:
        return text(record["type"])
    if "input_tokens" in record or "tool_args" in record:
        return "usage" if "timestamp" in record else ""
    return "tool" if "tool_name" in record and "started_at" in record else ""


def _time_of_record(line_type: str, record: Record) -> int:
    if line_type in ("tool", "tool_start"):
        return to_epoch_ms(record.get("started_at")) or seconds_to_epoch_ms(record.get("timestamp"))
    if line_type == "agent":
        candidates = (record.get("end_time"), record.get("timestamp"), record.get("start_time"))
        return next(filter(None, map(seconds_to_epoch_ms, candidates)), 0)
    return seconds_to_epoch_ms(record.get("timestamp"))


def _with_agent_id(record: Record) -> Record:
    """Return the record with ``agent_id``: an agent's line has it as ``id``, as the agents table does, or as all lines
    do."""
    agent = text(record.get("agent_id")) or text(record.get("id"))
    if not agent:
        raise UnreadableRecord("an agent without an id")
    return {**record, "agent_id": agent}


def _status_of(record: Record) -> AgentStatus | None:
    return next((status for status in AgentStatus if status == text(record.get("status")).lower()), None)


def _agent(record: Record, origin: LineOrigin) -> Iterator[Event]:
    status = _status_of(record)
    started_at, ended_at = seconds_to_epoch_ms(record.get("start_time")), seconds_to_epoch_ms(record.get("end_time"))
    parent = text(record.get("parent_id"))
    yield AgentUpdate(
        session=origin.session,
        agent=origin.agent,
        at=origin.at,
        parent=None if origin.agent == MAIN or not parent else MAIN if parent == origin.session.id else parent,
        type=text(record.get("agent_type")),
        description=text(record.get("description")),
        model=text(record.get("model")),
        status=status,
        started=started_at or None,
        ended=ended_at or None,
        exit_code=record["exit_code"] if isinstance(record.get("exit_code"), int) else None,
        error=text(record.get("error_message")),
        log_file=text(record.get("log_file")),
        process_id=number(record.get("process_id")),
        plan=text(record.get("plan_id")),
        task=text(record.get("task_id")),
        category=text(record.get("category")),
    )
    if origin.agent == MAIN and status:
        reason = text(record.get("error_message"))
        yield TurnUpdate(session=origin.session, at=origin.at, turn=_TURNS[status], reason=reason)


def _context(record: Record, origin: LineOrigin) -> Iterator[Event]:
    yield ContextUpdate(
        session=origin.session,
        agent=origin.agent,
        at=origin.at,
        tokens=number(record.get("current")),
        limit=number(record.get("limit")),
        model=text(record.get("model")),
    )


def _request(record: Record, origin: LineOrigin) -> Iterator[Event]:
    seconds = _to_float(record.get("duration"))
    yield EndpointRequest(
        session=origin.session,
        agent=origin.agent,
        at=origin.at,
        uid=origin.uid,
        endpoint=text(record.get("endpoint")),
        method=text(record.get("method")),
        status=number(record.get("status_code")),
        duration_ms=None if seconds is None else seconds * 1000,
        model=text(record.get("model")),
        tokens=number(record.get("tokens_used")),
        error=text(record.get("error")),
    )


def _metric(record: Record, origin: LineOrigin) -> Iterator[Event]:
    value = _to_float(record.get("value"))
    if value is None:
        raise UnreadableRecord("a metric without a value")
    yield MetricSample(
        session=origin.session,
        agent=origin.agent,
        at=origin.at,
        uid=origin.uid,
        name=text(record.get("name")),
        value=value,
        tags=tuple((name, str(tag)) for name, tag in table(record.get("tags")).items()),
    )


def _to_float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) < _MAX_FLOAT else None


def _log(record: Record, origin: LineOrigin) -> Iterator[Event]:
    yield LogLine(
        session=origin.session,
        agent=origin.agent,
        at=origin.at,
        uid=origin.uid,
        text=text(record.get("message")),
        level=text(record.get("level")),
    )


_LineReader: TypeAlias = Callable[[Record, LineOrigin], Iterable[Event]]

_READERS: dict[str, _LineReader] = {
    "agent": _agent,
    "usage": usage.usage_events,
    "context": _context,
    "request": _request,
    "metric": _metric,
    "log": _log,
    "prompt": conversation.prompt,
    "message": conversation.message,
    "todos": conversation.todos,
    "end": conversation.end,
    "compaction": model_calls.compaction,
}
TYPES = frozenset((*_READERS, "tool_start", "tool", "output", "generation_start", "generation", "retry", "wait"))
