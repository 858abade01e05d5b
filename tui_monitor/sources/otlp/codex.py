"""Codex's telemetry: events (log records).

They have no response ids, so responses are matched with the rollout by fingerprint. Its spans describe the inside of
the program and repeat the counts, its metrics do not name their session: neither is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tui_monitor.events import (
    CallFinished,
    CallStarted,
    ContextUpdate,
    Event,
    Rank,
    RetryUpdate,
    SessionKey,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex import results, tools
from tui_monitor.sources.codex.lines import SOURCE, CodexLine
from tui_monitor.sources.codex.token_counters import CodexUsageCounts
from tui_monitor.sources.otlp.export import LogRecord, is_true, to_count, to_int
from tui_monitor.sources.otlp.state import LogReader, ParserState
from tui_monitor.sources.shared.fields import put_bounded, text

PREFIX = "codex."

_FIRST_FAILURE = 400
_MAX_SESSIONS = 256


def _line(log: LogRecord, state: ParserState) -> CodexLine:
    attributes = log.attributes
    return CodexLine(
        SessionKey(SOURCE, text(attributes.get("conversation.id"))), log.at, state.ref, text(attributes.get("model"))
    )


def _conversation_start(log: LogRecord, state: ParserState) -> Iterator[Event]:
    attributes, session = log.attributes, _line(log, state).session
    put_bounded(state.providers, session.id, text(attributes.get("provider_name")).lower(), _MAX_SESSIONS)
    yield from state.session_updates(
        session,
        version=text(attributes.get("app.version")),
        client=text(attributes.get("originator")),
        mode=text(attributes.get("approval_policy")),
    )


def _prompt(log: LogRecord, state: ParserState) -> Iterator[Event]:
    yield TurnUpdate(session=_line(log, state).session, at=log.at, turn=Turn.STARTED)


def _response(log: LogRecord, state: ParserState) -> Iterator[Event]:
    """Yield the usage of a response, whose end has two events: the end of the stream, and the counts."""
    counts = _counts(log.attributes)
    if log.attributes.get("event.kind") != "response.completed" or not counts.has_tokens:
        return
    line = _line(log, state)
    yield Usage(
        session=line.session,
        at=line.at,
        strong_ids=(f"otlp/{line.session.id}+{log.uid}",),
        weak_ids=state.fingerprints.weak_ids(line.session, counts.tokens, line.at, log.uid),
        has_strong_id=False,
        model=line.model,
        provider=state.providers.get(line.session.id, ""),
        tokens=counts.tokens,
        service_tier=text(log.attributes.get("service_tier")),
        rank=Rank.EXPORTED,
        ttft_ms=to_int(log.attributes.get("ttft_ms")),
    )
    yield ContextUpdate(session=line.session, at=line.at, tokens=counts.total, model=line.model)


def _counts(attributes: Record) -> CodexUsageCounts:
    """Read the counts. ``tool_token_count`` is the total of a response, despite its name."""
    counts = CodexUsageCounts(
        input=to_count(attributes.get("input_token_count")),
        cached=to_count(attributes.get("cached_token_count")),
        cache_write=to_count(attributes.get("cache_write_token_count")),
        output=to_count(attributes.get("output_token_count")),
        reasoning=to_count(attributes.get("reasoning_token_count")),
    )
    return counts._replace(total=counts.input + counts.output)


def _request(log: LogRecord, state: ParserState) -> Iterator[Event]:
    attributes = log.attributes
    status = to_int(attributes.get("http.response.status_code"))
    reason = text(attributes.get("error.message"))
    if reason or (status or 0) >= _FIRST_FAILURE:
        attempt = to_count(attributes.get("attempt")) + 1
        yield RetryUpdate(
            session=_line(log, state).session, at=log.at, reason=reason, attempt=attempt, wait_ms=0, status=status
        )


def _tool_result(log: LogRecord, state: ParserState) -> Iterator[Event]:
    attributes, line = log.attributes, _line(log, state)
    call = text(attributes.get("call_id"))
    if not call:
        return
    request = tools.function_request(
        text(attributes.get("tool_name")), text(attributes.get("arguments")), "", _namespace(attributes)
    )
    duration_ms = to_count(attributes.get("duration_ms"))
    start = CodexLine(line.session, max(0, line.at - duration_ms), line.ref, line.model)
    result = {"success": is_true(attributes.get("success")), "content": text(attributes.get("output"))}
    events = (*state.calls.request(call, request, start), *state.calls.answer(call, results.read_result(result), line))
    yield from map(_to_inexact, events)


def _to_inexact(event: Event) -> Event:
    """Mark an event as inexact: the rollout is more reliable. File changes of a patch come from the rollout alone, with
    context lines and maybe under the id of another call."""
    if isinstance(event, CallStarted):
        return replace(event, exact=False)
    return replace(event, exact=False, changes=()) if isinstance(event, CallFinished) else event


def _namespace(attributes: Record) -> str:
    """Return the group of a tool; the program's own tools have one without meaning."""
    namespace = text(attributes.get("mcp_server")) or text(attributes.get("tool_namespace"))
    return "" if namespace == "functions" else namespace


LOGS: Mapping[str, LogReader] = {
    f"{PREFIX}conversation_starts": _conversation_start,
    f"{PREFIX}user_prompt": _prompt,
    f"{PREFIX}sse_event": _response,
    f"{PREFIX}websocket_event": _response,
    f"{PREFIX}api_request": _request,
    f"{PREFIX}tool_result": _tool_result,
}
