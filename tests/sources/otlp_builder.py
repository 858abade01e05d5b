"""Builds exports of OTLP JSON as agents send them, and reads what a parser makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from tui_monitor.events import Event, SessionKey, SourceRef
from tui_monitor.sources.base import Record
from tui_monitor.sources.otlp.adapter import OtlpParser

PATH = Path("/data/otlp/2026-03-01.jsonl")
CLAUDE = SessionKey("claude-code", "11111111-2222-4333-8444-555555555555")
CODEX = SessionKey("codex", "0199aaaa-0000-7000-8000-000000000001")
GEMINI = SessionKey("gemini", "aaaa1111-2222-4333-8444-555555555555")
PROCESS = SessionKey("otlp", "process-1")
START_MS = 1_772_359_200_000
SECOND = 1000

Kind = TypeVar("Kind", bound=Event)


def value(told: object) -> Record:
    """An ``AnyValue`` as most writers spell it: whole numbers as text."""
    match told:
        case bool():
            return {"boolValue": told}
        case int():
            return {"intValue": str(told)}
        case float():
            return {"doubleValue": told}
        case list():
            return {"arrayValue": {"values": [value(item) for item in told]}}
        case dict():
            return {"kvlistValue": {"values": pairs(told)}}
    return {"stringValue": told}


def pairs(told: Record) -> list[Record]:
    """Attributes."""
    return [{"key": key, "value": value(item)} for key, item in told.items()]


def _nanoseconds(at: float) -> str:
    """So many seconds after the start."""
    return str(round((START_MS + at * SECOND) * 1_000_000))


def _resource(service: str, **told: str) -> Record:
    return {"attributes": pairs({"service.name": service, "service.version": "1.2.3", **told})}


def logs(*records: Record, service: str = "claude-code") -> Record:
    """An export of log records."""
    scope = {"scope": {"name": "events"}, "logRecords": list(records)}
    return {"resourceLogs": [{"resource": _resource(service), "scopeLogs": [scope]}]}


def spans(*records: Record, service: str = "reviewer", **resource: str) -> Record:
    """An export of spans."""
    scope = {"scope": {"name": "tracer"}, "spans": list(records)}
    return {"resourceSpans": [{"resource": _resource(service, **resource), "scopeSpans": [scope]}]}


def metrics(*records: Record, service: str = "claude-code", **resource: str) -> Record:
    """An export of measurements."""
    scope = {"scope": {"name": "meter"}, "metrics": list(records)}
    return {"resourceMetrics": [{"resource": _resource(service, **resource), "scopeMetrics": [scope]}]}


def log(name: str, at: float, told: Record, body: str = "", **fields: object) -> Record:
    """A log record; one with a ``body`` tells its full name there."""
    return {
        "timeUnixNano": _nanoseconds(at),
        **({"body": {"stringValue": body}} if body else {}),
        "attributes": pairs({"event.name": name, **told}),
        **fields,
    }


def span(name: str, number: int, at: float, told: Record, seconds: float = 1.0, **fields: object) -> Record:
    """A span, known by its number."""
    return {
        "traceId": "0123456789abcdef0123456789abcdef",
        "spanId": f"{number:016x}",
        "name": name,
        "startTimeUnixNano": _nanoseconds(at),
        "endTimeUnixNano": _nanoseconds(at + seconds),
        "attributes": pairs(told),
        "status": {},
        **fields,
    }


def claude(name: str, at: float, **told: object) -> Record:
    """An event of Claude Code."""
    named = {key.replace("__", "."): item for key, item in told.items()}
    return log(name, at, {"session.id": CLAUDE.id, **named}, body=f"claude_code.{name}")


def claude_request(request: str, at: float, source: str = "repl_main_thread", **told: object) -> Record:
    """A response that Claude Code tells of: 3 fresh tokens, 15,000 read, 400 written, 20 of output."""
    counts = {"input_tokens": 3, "output_tokens": 20, "cache_read_tokens": 15_000, "cache_creation_tokens": 400}
    facts = {"model": "claude-opus-4-6", "request_id": request, "query_source": source, "cost_usd": 0.0125}
    return claude("api_request", at, **{**counts, **facts, "duration_ms": "900", **told})


def claude_span(kind: str, number: int, at: float, **told: object) -> Record:
    """A span of Claude Code."""
    return span(f"claude_code.{kind}", number, at, {"session.id": CLAUDE.id, **told})


def codex(name: str, at: float, **told: object) -> Record:
    """An event of Codex: its values are texts, and its record bears no time but when it was seen."""
    record = log(f"codex.{name}", at, {"conversation.id": CODEX.id, "model": "gpt-5.3-codex", **told})
    record["observedTimeUnixNano"], record["timeUnixNano"] = record["timeUnixNano"], "0"
    return record


def codex_response(at: float, fresh: int = 100, cached: int = 900, output: int = 50, reasoning: int = 20) -> Record:
    """The end of a response, with its counts."""
    counts = {"input": fresh + cached, "cached": cached, "output": output, "reasoning": reasoning}
    told = {f"{name}_token_count": str(count) for name, count in counts.items()}
    kind = {"event.kind": "response.completed", "tool_token_count": str(fresh + cached + output)}
    return codex("sse_event", at, **kind, **told)


def gemini(name: str, at: float, **told: object) -> Record:
    """An event of Gemini CLI."""
    when = datetime.fromtimestamp(START_MS / SECOND + at, UTC).isoformat()
    return log(f"gemini_cli.{name}", at, {"session.id": GEMINI.id, "event.timestamp": when, **told})


def chat(number: int, at: float, fresh: int = 300, read: int = 900, output: int = 45, **told: object) -> Record:
    """A response as the GenAI conventions tell it."""
    named = {key.replace("__", "."): item for key, item in told.items()}
    usage = {"input_tokens": fresh + read, "output_tokens": output, "cache_read.input_tokens": read}
    facts = {"operation.name": "chat", "provider.name": "openai", "response.model": "gpt-4o", **named}
    counts = {f"gen_ai.usage.{name}": count for name, count in usage.items()}
    return span("chat gpt-4o", number, at, {f"gen_ai.{name}": fact for name, fact in facts.items()} | counts)


def series(name: str, *points: tuple[float, Record, float], cumulative: bool = False, kind: str = "sum") -> Record:
    """A series of measurements: of each point when it ends, its attributes, and its value. Added ones begin where the
    one before ended, summed ones at the start."""
    data = []
    for at, told, number in points:
        held = {"sum": number, "count": "1"} if kind == "histogram" else {"asDouble": number}
        start = _nanoseconds(0 if cumulative else at - 10)
        times = {"startTimeUnixNano": start, "timeUnixNano": _nanoseconds(at)}
        data.append({**times, "attributes": pairs(told), **held})
    return {"name": name, kind: {"dataPoints": data, "aggregationTemporality": 2 if cumulative else 1}}


def read(*exports: Record) -> list[Event]:
    """All that the exports tell, in one file."""
    parser = OtlpParser(PATH, "")
    return [event for at, export in enumerate(exports) for event in parser.parse(export, _ref(at))]


def read_resuming(exports: Iterable[Record]) -> list[Event]:
    """The same, but each export is read by a new parser that goes on from the state of the one before."""
    events: list[Event] = []
    state = ""
    for at, export in enumerate(exports):
        parser = OtlpParser(PATH, state)
        events += parser.parse(export, _ref(at))
        state = parser.state()
    return events


def only(events: Iterable[Event], kind: type[Kind]) -> list[Kind]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]


def _ref(at: int) -> SourceRef:
    return SourceRef(str(PATH), at, 1)
