"""The lines of the stream → events, by their types; bare objects of the documents by their shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import orjson

from tui_monitor.events import (
    MAIN,
    AgentStatus,
    AgentUpdate,
    ContextUpdate,
    EndpointRequest,
    Event,
    LogLine,
    MetricSample,
    SessionUpdate,
    SourceRef,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record, UnknownRecord, UnreadableRecord
from tui_monitor.sources.shared.fields import number, put_bounded, seconds_to_epoch_ms, table, text, to_epoch_ms
from tui_monitor.sources.stream import tools, usage
from tui_monitor.sources.stream.origin import MOST, Place, Places

VERSION = 1
_HUGE = 1e300
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
        told = orjson.loads(state) if state else {}
        self._path = path
        self._places = Places(path.stem, **told.get("places", {}))
        self._sessions: dict[str, bool] = told.get("sessions", {})

    def state(self) -> str:
        """The agents, calls, lines and sessions seen of late."""
        return orjson.dumps({"places": self._places.state(), "sessions": self._sessions}).decode()

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """The events of one line (see `base.Parser`)."""
        kind = kind_of(record)
        reader = _READERS.get(kind)
        if reader is None or record.get("v") not in (None, VERSION):
            raise UnknownRecord(f"type {kind}, version {record.get('v')}")
        if kind == "agent":
            record = _agent_of_itself(record)
            self._places.adopt(record["agent_id"], text(record.get("parent_id")), text(record.get("session_id")))
        place = self._places.find(record, _time(kind, record), ref)
        yield from self._session(record, place)
        yield from reader(self._places, record, place)

    def _session(self, record: Record, place: Place) -> Iterator[Event]:
        """A session is told when it is met first, and whenever a line brings facts."""
        facts = {fact: told for fact in _FACTS if (told := text(record.get(fact)))} if place.agent == MAIN else {}
        if facts or place.session.id not in self._sessions:
            put_bounded(self._sessions, place.session.id, True, MOST)
            yield SessionUpdate(session=place.session, at=place.at, path=str(self._path), **facts)


def kind_of(record: Record) -> str:
    """The type of a line; of an object without one the type that its fields show, empty if they show none."""
    if "type" in record:
        return text(record["type"])
    if "input_tokens" in record or "tool_args" in record:
        return "usage" if "timestamp" in record else ""
    return "tool" if "tool_name" in record and "started_at" in record else ""


def _time(kind: str, record: Record) -> int:
    if kind in ("tool", "tool_start"):
        return to_epoch_ms(record.get("started_at")) or seconds_to_epoch_ms(record.get("timestamp"))
    if kind == "agent":
        times_told = (record.get("end_time"), record.get("timestamp"), record.get("start_time"))
        return next(filter(None, map(seconds_to_epoch_ms, times_told)), 0)
    return seconds_to_epoch_ms(record.get("timestamp"))


def _agent_of_itself(record: Record) -> Record:
    """An agent's line names it by ``id``, as the table of agents does, or like all lines."""
    agent = text(record.get("agent_id")) or text(record.get("id"))
    if not agent:
        raise UnreadableRecord("an agent without an id")
    return {**record, "agent_id": agent}


def _agent(places: Places, record: Record, place: Place) -> Iterator[Event]:
    status = next((status for status in AgentStatus if status == text(record.get("status")).lower()), None)
    began, ended = seconds_to_epoch_ms(record.get("start_time")), seconds_to_epoch_ms(record.get("end_time"))
    parent = text(record.get("parent_id"))
    yield AgentUpdate(
        session=place.session,
        agent=place.agent,
        at=place.at,
        parent=None if place.agent == MAIN else MAIN if parent == place.session.id else parent,
        type=text(record.get("agent_type")),
        description=text(record.get("description")),
        model=text(record.get("model")),
        status=status,
        started=began or None,
        ended=ended or None,
        exit_code=record["exit_code"] if isinstance(record.get("exit_code"), int) else None,
        error=text(record.get("error_message")),
        log_file=text(record.get("log_file")),
        process_id=number(record.get("process_id")),
        plan=text(record.get("plan_id")),
        task=text(record.get("task_id")),
        category=text(record.get("category")),
    )
    if place.agent == MAIN and status:
        reason = text(record.get("error_message"))
        yield TurnUpdate(session=place.session, at=place.at, turn=_TURNS[status], reason=reason)


def _tool_start(places: Places, record: Record, place: Place) -> Iterator[Event]:
    yield tools.started(record, places.call(record, place), places.parent(record, place), place)


def _tool(places: Places, record: Record, place: Place) -> Iterator[Event]:
    call = places.call(record, place)
    finished = tools.finished(record, call, place)
    yield tools.started(record, call, places.parent(record, place), place)
    yield finished


def _usage(places: Places, record: Record, place: Place) -> Iterable[Event]:
    return usage.read(record, place)


def _context(places: Places, record: Record, place: Place) -> Iterator[Event]:
    yield ContextUpdate(
        session=place.session,
        agent=place.agent,
        at=place.at,
        tokens=number(record.get("current")),
        limit=number(record.get("limit")),
        model=text(record.get("model")),
    )


def _request(places: Places, record: Record, place: Place) -> Iterator[Event]:
    seconds = _float(record.get("duration"))
    yield EndpointRequest(
        session=place.session,
        agent=place.agent,
        at=place.at,
        uid=place.name,
        endpoint=text(record.get("endpoint")),
        method=text(record.get("method")),
        status=number(record.get("status_code")),
        duration_ms=None if seconds is None else seconds * 1000,
        model=text(record.get("model")),
        tokens=number(record.get("tokens_used")),
        error=text(record.get("error")),
    )


def _metric(places: Places, record: Record, place: Place) -> Iterator[Event]:
    value = _float(record.get("value"))
    if value is None:
        raise UnreadableRecord("a metric without a value")
    yield MetricSample(
        session=place.session,
        agent=place.agent,
        at=place.at,
        uid=place.name,
        name=text(record.get("name")),
        value=value,
        tags=tuple((name, str(tag)) for name, tag in table(record.get("tags")).items()),
    )


def _float(told: object) -> float | None:
    return float(told) if isinstance(told, int | float) and abs(told) < _HUGE else None


def _log(places: Places, record: Record, place: Place) -> Iterator[Event]:
    yield LogLine(
        session=place.session,
        agent=place.agent,
        at=place.at,
        uid=place.name,
        text=text(record.get("message")),
        level=text(record.get("level")),
    )


_Reader = Callable[[Places, Record, Place], Iterable[Event]]

_READERS: dict[str, _Reader] = {
    "agent": _agent,
    "usage": _usage,
    "tool_start": _tool_start,
    "tool": _tool,
    "context": _context,
    "request": _request,
    "metric": _metric,
    "log": _log,
}
TYPES = frozenset(_READERS)
