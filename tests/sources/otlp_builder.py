"""Builder of OTLP JSON exports as agents send them, and helpers that parse them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from tui_monitor.events import Event, SessionKey, SourceRef
from tui_monitor.sources.base import Record
from tui_monitor.sources.otlp.parser import OtlpParser

PATH = Path("/data/otlp/2026-03-01.jsonl")
CLAUDE = SessionKey("claude-code", "11111111-2222-4333-8444-555555555555")
CODEX = SessionKey("codex", "0199aaaa-0000-7000-8000-000000000001")
GEMINI = SessionKey("gemini", "aaaa1111-2222-4333-8444-555555555555")
PROCESS = SessionKey("otlp", "process-1")
START_MS = 1_772_359_200_000
SECOND = 1000

Kind = TypeVar("Kind", bound=Event)


def value(content: object) -> Record:
    """Return an ``AnyValue`` as most writers do: integers as text."""
    match content:
        case bool():
            return {"boolValue": content}
        case int():
            return {"intValue": str(content)}
        case float():
            return {"doubleValue": content}
        case list():
            return {"arrayValue": {"values": [value(item) for item in content]}}
        case dict():
            return {"kvlistValue": {"values": pairs(content)}}
    return {"stringValue": content}


def pairs(fields: Record) -> list[Record]:
    """Return attributes as key-value pairs."""
    return [{"key": key, "value": value(item)} for key, item in fields.items()]


def _nanoseconds(at: float) -> str:
    """Return the time of this number of seconds after the start."""
    return str(round((START_MS + at * SECOND) * 1_000_000))


def _resource(service: str, **attributes: str) -> Record:
    return {"attributes": pairs({"service.name": service, "service.version": "1.2.3", **attributes})}


def logs(*records: Record, service: str = "claude-code") -> Record:
    """Return an export of log records."""
    scope = {"scope": {"name": "events"}, "logRecords": list(records)}
    return {"resourceLogs": [{"resource": _resource(service), "scopeLogs": [scope]}]}


def spans(*records: Record, service: str = "reviewer", **resource: str) -> Record:
    """Return an export of spans."""
    scope = {"scope": {"name": "tracer"}, "spans": list(records)}
    return {"resourceSpans": [{"resource": _resource(service, **resource), "scopeSpans": [scope]}]}


def metrics(*records: Record, service: str = "claude-code", **resource: str) -> Record:
    """Return an export of metrics."""
    scope = {"scope": {"name": "meter"}, "metrics": list(records)}
    return {"resourceMetrics": [{"resource": _resource(service, **resource), "scopeMetrics": [scope]}]}


def log(name: str, at: float, attributes: Record, body: str = "", **fields: object) -> Record:
    """Return a log record; with a ``body``, its full name is there."""
    return {
        "timeUnixNano": _nanoseconds(at),
        **({"body": {"stringValue": body}} if body else {}),
        "attributes": pairs({"event.name": name, **attributes}),
        **fields,
    }


def span(name: str, number: int, at: float, attributes: Record, seconds: float = 1.0, **fields: object) -> Record:
    """Return a span, identified by its number."""
    return {
        "traceId": "0123456789abcdef0123456789abcdef",
        "spanId": f"{number:016x}",
        "name": name,
        "startTimeUnixNano": _nanoseconds(at),
        "endTimeUnixNano": _nanoseconds(at + seconds),
        "attributes": pairs(attributes),
        "status": {},
        **fields,
    }


def claude(name: str, at: float, **fields: object) -> Record:
    """Return an event of Claude Code."""
    attributes = {key.replace("__", "."): item for key, item in fields.items()}
    return log(name, at, {"session.id": CLAUDE.id, **attributes}, body=f"claude_code.{name}")


def claude_request(request: str, at: float, source: str = "repl_main_thread", **fields: object) -> Record:
    """Return a response of Claude Code: 3 input tokens, 15,000 cache reads, 400 cache writes, 20 output tokens."""
    counts = {"input_tokens": 3, "output_tokens": 20, "cache_read_tokens": 15_000, "cache_creation_tokens": 400}
    facts = {"model": "claude-opus-4-6", "request_id": request, "query_source": source, "cost_usd": 0.0125}
    return claude("api_request", at, **{**counts, **facts, "duration_ms": "900", **fields})


def claude_span(kind: str, number: int, at: float, **attributes: object) -> Record:
    """Return a span of Claude Code."""
    return span(f"claude_code.{kind}", number, at, {"session.id": CLAUDE.id, **attributes})


def codex(name: str, at: float, **attributes: object) -> Record:
    """Return an event of Codex: its values are text, and its record has only the time of observation."""
    record = log(f"codex.{name}", at, {"conversation.id": CODEX.id, "model": "gpt-5.3-codex", **attributes})
    record["observedTimeUnixNano"], record["timeUnixNano"] = record["timeUnixNano"], "0"
    return record


def codex_response(
    at: float, fresh: int = 100, cached: int = 900, output: int = 50, reasoning: int = 20, **fields: str
) -> Record:
    """Return the end of a response, with its counts."""
    counts = {"input": fresh + cached, "cached": cached, "output": output, "reasoning": reasoning}
    token_counts = {f"{name}_token_count": str(count) for name, count in counts.items()}
    kind = {"event.kind": "response.completed", "tool_token_count": str(fresh + cached + output)}
    return codex("sse_event", at, **kind, **token_counts, **fields)


def gemini(name: str, at: float, **attributes: object) -> Record:
    """Return an event of Gemini CLI."""
    when = datetime.fromtimestamp(START_MS / SECOND + at, UTC).isoformat()
    return log(f"gemini_cli.{name}", at, {"session.id": GEMINI.id, "event.timestamp": when, **attributes})


def chat(number: int, at: float, fresh: int = 300, read: int = 900, output: int = 45, **fields: object) -> Record:
    """Return a response in the GenAI conventions."""
    extra = {key.replace("__", "."): item for key, item in fields.items()}
    usage = {"input_tokens": fresh + read, "output_tokens": output, "cache_read.input_tokens": read}
    facts = {"operation.name": "chat", "provider.name": "openai", "response.model": "gpt-4o", **extra}
    counts = {f"gen_ai.usage.{name}": count for name, count in usage.items()}
    return span("chat gpt-4o", number, at, {f"gen_ai.{name}": fact for name, fact in facts.items()} | counts)


def series(name: str, *points: tuple[float, Record, float], cumulative: bool = False, kind: str = "sum") -> Record:
    """Return a metric; each point has its end, attributes and value. Deltas begin at the end of the one before,
    cumulative values at the start."""
    data = []
    for at, attributes, number in points:
        point = {"sum": number, "count": "1"} if kind == "histogram" else {"asDouble": number}
        start = _nanoseconds(0 if cumulative else at - 10)
        times = {"startTimeUnixNano": start, "timeUnixNano": _nanoseconds(at)}
        data.append({**times, "attributes": pairs(attributes), **point})
    return {"name": name, kind: {"dataPoints": data, "aggregationTemporality": 2 if cumulative else 1}}


def read(*exports: Record) -> list[Event]:
    """Return the events of all exports, as lines of one file."""
    parser = OtlpParser(PATH, "")
    return [event for at, export in enumerate(exports) for event in parser.parse(export, _ref(at))]


def read_resuming(exports: Iterable[Record]) -> list[Event]:
    """Return the events of all exports, each read by a new parser with the state of the one before."""
    events: list[Event] = []
    state = ""
    for at, export in enumerate(exports):
        parser = OtlpParser(PATH, state)
        events += parser.parse(export, _ref(at))
        state = parser.state()
    return events


def only(events: Iterable[Event], kind: type[Kind]) -> list[Kind]:
    """Return the events of one kind."""
    return [event for event in events if isinstance(event, kind)]


def _ref(at: int) -> SourceRef:
    return SourceRef(str(PATH), at, 1)
