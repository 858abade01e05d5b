"""Claude Code's telemetry: events (log records) and, where they are switched on, spans.

Both tell of a response by its request id, by which the transcript tells of it too; where there is none all three know
it by its likeness. Events do not tell which sub-agent
made a request, spans do. Prompts and compactions have no id in telemetry and stand better in the transcript: they are
told here only by their effects, lest they be shown twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import orjson

from tui_monitor.events import (
    MAIN,
    CallFinished,
    CallStarted,
    CallState,
    ContextUpdate,
    Event,
    Rank,
    RetryUpdate,
    SessionKey,
    Tokens,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.context import compaction_rule
from tui_monitor.sources.claude_code.line import SOURCE
from tui_monitor.sources.claude_code.tools import target
from tui_monitor.sources.claude_code.usage import provider_of
from tui_monitor.sources.otlp.export import Log, Span, amount, is_true, picodollars, whole
from tui_monitor.sources.otlp.state import UNNAMED, Desk, LogReader, SpanReader
from tui_monitor.sources.shared.fields import table, text
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints

PREFIX = "claude_code."

_MAIN_LOOP = "repl_main_thread"
_MAIN_LOOPS = ("", "sdk", "main", _MAIN_LOOP)
_AGENT = "agent:"
_OPERATIONS = {"generate_session_title": "title", "prompt_suggestion": "suggestion", "side_question": "aside"}
_OF_AN_END = ("session.id", "agent_id", "success", "error", "duration_ms")
_APPROVALS = {"config": "policy", "hook": "policy"}


def session_of(told: Record) -> SessionKey:
    """The session that telemetry is about."""
    return SessionKey(SOURCE, text(told.get("session.id")))


def _request_logged(log: Log, desk: Desk) -> Iterator[Event]:
    session, told = session_of(log.attributes), log.attributes
    agent, operation = _asked_by(told)
    yield from desk.meet(session, version=text(log.resource.get("service.version")))
    if agent != MAIN:
        yield from desk.meet_unnamed(session, agent, log.at)
    usage = _usage(told, session, agent, log.at, log.uid, desk.likenesses, operation)
    yield usage
    if agent == MAIN and usage.tokens.prompt:
        yield _context(session, log.at, usage.tokens.prompt, log.resource, model=usage.model)


def _context(
    session: SessionKey, at: int, tokens: int, resource: Record, agent: str = MAIN, model: str = ""
) -> ContextUpdate:
    rule = compaction_rule(text(resource.get("service.version")))
    return ContextUpdate(session=session, agent=agent, at=at, tokens=tokens, model=model, compaction_rule=rule)


def _asked_by(told: Record) -> tuple[str, str]:
    """The agent that made a request, and what for where the program made it for itself."""
    source, name = text(told.get("query_source")), text(told.get("agent.name"))
    if name or source.startswith(_AGENT):
        return UNNAMED + (name or source.rpartition(":")[2]), ""
    if source in _MAIN_LOOPS or source.startswith(f"{_MAIN_LOOP}:"):
        return MAIN, ""
    operation = _OPERATIONS.get(source, source)
    return UNNAMED + operation, operation


def _usage(
    told: Record,
    session: SessionKey,
    agent: str,
    at: int,
    uid: str,
    likenesses: ResponseFingerprints,
    operation: str = "",
) -> Usage:
    request, model = text(told.get("request_id")), text(told.get("model"))
    tokens = Tokens(
        input=amount(told.get("input_tokens")),
        output=amount(told.get("output_tokens")),
        cache_read=amount(told.get("cache_read_tokens")),
        cache_creation=amount(told.get("cache_creation_tokens")),
    )
    return Usage(
        session=session,
        agent=agent,
        at=at,
        strong_ids=(f"otlp/{session.id}+{request or uid}",),
        weak_ids=(f"req:{request}",) if request else _alike(session, tokens, at, uid, likenesses),
        has_strong_id=False,
        model=model,
        provider=provider_of(model) if request else "",
        tokens=tokens,
        rank=Rank.EXPORTED,
        operation=operation,
        speed=text(told.get("speed")),
        reported_cost=picodollars(told.get("cost_usd")),
        duration_ms=whole(told.get("duration_ms")),
        ttft_ms=whole(told.get("ttft_ms")),
    )


def _alike(session: SessionKey, tokens: Tokens, at: int, uid: str, likenesses: ResponseFingerprints) -> tuple[str, ...]:
    """Hints for a response that has no request id (Bedrock, Vertex): a transcript may know only what was sent."""
    sent = replace(tokens, output=0)
    return tuple(hint for counts in (tokens, sent) for hint in likenesses.weak_ids(session, counts, at, uid))


def _request_failed(log: Log, desk: Desk) -> Iterator[Event]:
    told = log.attributes
    tries = amount(told.get("attempt"))
    yield RetryUpdate(
        session=session_of(told),
        at=log.at,
        reason=text(told.get("error")),
        attempt=tries,
        attempts=tries,
        status=whole(told.get("status_code")),
    )


def _prompted(log: Log, desk: Desk) -> Iterator[Event]:
    session = session_of(log.attributes)
    yield from desk.meet(session, version=text(log.resource.get("service.version")))
    yield TurnUpdate(session=session, at=log.at, turn=Turn.STARTED)


def _compacted(log: Log, desk: Desk) -> Iterator[Event]:
    after = whole(log.attributes.get("post_tokens"))
    if after is not None and is_true(log.attributes.get("success")):
        yield _context(session_of(log.attributes), log.at, after, log.resource)


def _decided(log: Log, desk: Desk) -> Iterator[Event]:
    told = log.attributes
    if call := text(told.get("tool_use_id")):
        yield _started(told, call, log.at, desk)
        if told.get("decision") == "reject":
            yield _finished(told, call, log.at, CallState.REJECTED)


def _answered(log: Log, desk: Desk) -> Iterator[Event]:
    told = log.attributes
    call = text(told.get("tool_use_id")) or log.uid
    state = CallState.OK if is_true(told.get("success")) else CallState.FAILED
    yield _started(told, call, max(0, log.at - amount(told.get("duration_ms"))), desk)
    yield _finished(told, call, log.at, CallState.REJECTED if told.get("decision_type") == "reject" else state)


def _started(told: Record, call: str, at: int, desk: Desk) -> CallStarted:
    given = text(told.get("tool_input"))
    arguments = {**_span_arguments(told), **_decoded(told.get("tool_parameters")), **_decoded(given)}
    if command := text(arguments.get("full_command")):
        arguments.setdefault("command", command)
    tool, kind, subject, note = target(text(told.get("tool_name")), arguments)
    session = session_of(told)
    return CallStarted(
        session=session,
        agent=text(told.get("agent_id")),
        at=at,
        call=call,
        uid=f"otlp/{session.id}+{call}",
        tool=tool,
        kind=kind,
        subject=subject,
        note=note,
        input=given,
        ref=desk.ref,
        exact=False,
    )


def _span_arguments(told: Record) -> Record:
    return {name: told[name] for name in ("file_path", "full_command", "subagent_type") if name in told}


def _decoded(arguments: object) -> Record:
    try:
        return table(orjson.loads(text(arguments)))
    except orjson.JSONDecodeError:
        return {}


def _finished(told: Record, call: str, at: int, state: CallState) -> CallFinished:
    source = text(told.get("decision_source")) or text(told.get("source"))
    approval = "user" if source.startswith("user") else _APPROVALS.get(source, "")
    return CallFinished(
        session=session_of(told),
        agent=text(told.get("agent_id")),
        at=at,
        call=call,
        state=state,
        error="" if state is CallState.OK else text(told.get("error")),
        duration_ms=whole(told.get("duration_ms")),
        approved=not state.rejected if approval else None,
        approval=approval,
        exact=False,
    )


def _request_span(span: Span, desk: Desk) -> Iterator[Event]:
    told = span.attributes
    session, agent = session_of(told), text(told.get("agent_id"))
    usage = _usage(told, session, agent, span.end, span.uid, desk.in_spans)
    if not usage.tokens.total:
        return
    yield from desk.meet(session, version=text(span.resource.get("service.version")))
    yield usage
    if agent:
        yield _context(session, span.end, usage.tokens.prompt, span.resource, agent, usage.model)


def _tool_span(span: Span, desk: Desk) -> Iterator[Event]:
    if call := text(span.attributes.get("tool_use_id")):
        yield _started(span.attributes, call, span.start, desk)
        if ended := desk.ended.pop(call, None):
            yield _executed(ended, call, span.end)


def _execution_span(span: Span, desk: Desk) -> Iterator[Event]:
    """The end of a call. Its span lies inside the one that tells of the call, and so is often told before it."""
    told = {name: span.attributes.get(name) for name in _OF_AN_END}
    if call := text(span.attributes.get("tool_use_id")):
        desk.end(call, told)
        yield _executed(told, call, span.end)


def _executed(told: Record, call: str, at: int) -> CallFinished:
    return _finished(told, call, at, CallState.OK if is_true(told.get("success")) else CallState.FAILED)


def _turn_span(span: Span, desk: Desk) -> Iterator[Event]:
    session = session_of(span.attributes)
    yield TurnUpdate(session=session, at=span.start, turn=Turn.STARTED)
    yield TurnUpdate(session=session, at=span.end, turn=Turn.DONE, duration_ms=span.duration_ms)


LOGS: Mapping[str, LogReader] = {
    f"{PREFIX}api_request": _request_logged,
    f"{PREFIX}api_error": _request_failed,
    f"{PREFIX}user_prompt": _prompted,
    f"{PREFIX}compaction": _compacted,
    f"{PREFIX}tool_decision": _decided,
    f"{PREFIX}tool_result": _answered,
}
SPANS: Mapping[str, SpanReader] = {
    f"{PREFIX}llm_request": _request_span,
    f"{PREFIX}tool": _tool_span,
    f"{PREFIX}tool.execution": _execution_span,
    f"{PREFIX}interaction": _turn_span,
}
