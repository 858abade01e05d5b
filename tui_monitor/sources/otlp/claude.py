"""Claude Code's telemetry: events (log records) and, when enabled, spans.

Both identify a response by its request id, as the transcript does; without one, all three use a fingerprint of the
response. Events do not say which sub-agent made a request, spans do. Prompts and compactions have no id in telemetry
and more details in the transcript: only their effects are emitted here, so that they do not appear twice.
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
from tui_monitor.sources.claude_code.totals import is_priced
from tui_monitor.sources.claude_code.usage import provider_of
from tui_monitor.sources.otlp.export import LogRecord, Span, is_true, to_cost, to_count, to_int
from tui_monitor.sources.otlp.state import UNNAMED, LogReader, ParserState, SpanReader
from tui_monitor.sources.shared.fields import table, text
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints

PREFIX = "claude_code."

_MAIN_LOOP = "repl_main_thread"
_MAIN_LOOPS = ("", "sdk", "main", _MAIN_LOOP)
_AGENT = "agent:"
_OPERATIONS = {"generate_session_title": "title", "prompt_suggestion": "suggestion", "side_question": "aside"}
_END_FIELDS = ("session.id", "agent_id", "success", "error", "duration_ms")
_APPROVALS = {"config": "policy", "hook": "policy"}


def session_of(attributes: Record) -> SessionKey:
    """Return the session that telemetry is about."""
    return SessionKey(SOURCE, text(attributes.get("session.id")))


def _request(log: LogRecord, state: ParserState) -> Iterator[Event]:
    session, attributes = session_of(log.attributes), log.attributes
    agent, operation = _requester(attributes)
    yield from state.session_updates(session, version=text(log.resource.get("service.version")))
    if agent != MAIN:
        yield from state.unnamed_agent_updates(session, agent, log.at)
    usage = _usage(attributes, session, agent, log.at, log.uid, state.fingerprints, operation)
    yield usage
    if agent == MAIN and usage.tokens.prompt:
        yield _context(session, log.at, usage.tokens.prompt, log.resource, model=usage.model)


def _context(
    session: SessionKey, at: int, tokens: int, resource: Record, agent: str = MAIN, model: str = ""
) -> ContextUpdate:
    rule = compaction_rule(text(resource.get("service.version")))
    return ContextUpdate(session=session, agent=agent, at=at, tokens=tokens, model=model, compaction_rule=rule)


def _requester(attributes: Record) -> tuple[str, str]:
    """Return the agent that made a request, and the operation when the program made it for its own use."""
    source, name = text(attributes.get("query_source")), text(attributes.get("agent.name"))
    if name or source.startswith(_AGENT):
        return UNNAMED + (name or source.rpartition(":")[2]), ""
    if source in _MAIN_LOOPS or source.startswith(f"{_MAIN_LOOP}:"):
        return MAIN, ""
    operation = _OPERATIONS.get(source, source)
    return UNNAMED + operation, operation


def _usage(
    attributes: Record,
    session: SessionKey,
    agent: str,
    at: int,
    uid: str,
    fingerprints: ResponseFingerprints,
    operation: str = "",
) -> Usage:
    request, model = text(attributes.get("request_id")), text(attributes.get("model"))
    tokens = Tokens(
        input=to_count(attributes.get("input_tokens")),
        output=to_count(attributes.get("output_tokens")),
        cache_read=to_count(attributes.get("cache_read_tokens")),
        cache_creation=to_count(attributes.get("cache_creation_tokens")),
    )
    return Usage(
        session=session,
        agent=agent,
        at=at,
        strong_ids=(f"otlp/{session.id}+{request or uid}",),
        weak_ids=(f"req:{request}",) if request else _fingerprints(session, tokens, at, uid, fingerprints),
        has_strong_id=False,
        model=model,
        provider=provider_of(model) if request else "",
        tokens=tokens,
        rank=Rank.EXPORTED,
        operation=operation,
        speed=text(attributes.get("speed")),
        reported_cost=to_cost(attributes.get("cost_usd")) if is_priced(model) else None,
        duration_ms=to_int(attributes.get("duration_ms")),
        ttft_ms=to_int(attributes.get("ttft_ms")),
    )


def _fingerprints(
    session: SessionKey, tokens: Tokens, at: int, uid: str, fingerprints: ResponseFingerprints
) -> tuple[str, ...]:
    """Return weak ids for a response without a request id (Bedrock, Vertex); the transcript may know only the
    prompt."""
    prompt_only = replace(tokens, output=0)
    return tuple(
        weak_id for counts in (tokens, prompt_only) for weak_id in fingerprints.weak_ids(session, counts, at, uid)
    )


def _request_error(log: LogRecord, state: ParserState) -> Iterator[Event]:
    attributes = log.attributes
    attempt = to_count(attributes.get("attempt"))
    yield RetryUpdate(
        session=session_of(attributes),
        at=log.at,
        reason=text(attributes.get("error")),
        attempt=attempt,
        attempts=attempt,
        status=to_int(attributes.get("status_code")),
    )


def _prompt(log: LogRecord, state: ParserState) -> Iterator[Event]:
    session = session_of(log.attributes)
    yield from state.session_updates(session, version=text(log.resource.get("service.version")))
    yield TurnUpdate(session=session, at=log.at, turn=Turn.STARTED)


def _compaction(log: LogRecord, state: ParserState) -> Iterator[Event]:
    after = to_int(log.attributes.get("post_tokens"))
    if after is not None and is_true(log.attributes.get("success")):
        yield _context(session_of(log.attributes), log.at, after, log.resource)


def _tool_decision(log: LogRecord, state: ParserState) -> Iterator[Event]:
    attributes = log.attributes
    if call := text(attributes.get("tool_use_id")):
        yield _started(attributes, call, log.at, state)
        if attributes.get("decision") == "reject":
            yield _finished(attributes, call, log.at, CallState.REJECTED)


def _tool_result(log: LogRecord, state: ParserState) -> Iterator[Event]:
    attributes = log.attributes
    call = text(attributes.get("tool_use_id")) or log.uid
    result = CallState.OK if is_true(attributes.get("success")) else CallState.FAILED
    result = CallState.REJECTED if attributes.get("decision_type") == "reject" else result
    yield _started(attributes, call, max(0, log.at - to_count(attributes.get("duration_ms"))), state)
    yield _finished(attributes, call, log.at, result)


def _started(attributes: Record, call: str, at: int, state: ParserState) -> CallStarted:
    input_json = text(attributes.get("tool_input"))
    arguments = {
        **_span_arguments(attributes),
        **_decode_json(attributes.get("tool_parameters")),
        **_decode_json(input_json),
    }
    if command := text(arguments.get("full_command")):
        arguments.setdefault("command", command)
    tool, kind, subject, note = target(text(attributes.get("tool_name")), arguments)
    session = session_of(attributes)
    return CallStarted(
        session=session,
        agent=text(attributes.get("agent_id")),
        at=at,
        call=call,
        uid=f"otlp/{session.id}+{call}",
        tool=tool,
        kind=kind,
        subject=subject,
        note=note,
        input=input_json,
        ref=state.ref,
        exact=False,
    )


def _span_arguments(attributes: Record) -> Record:
    return {name: attributes[name] for name in ("file_path", "full_command", "subagent_type") if name in attributes}


def _decode_json(arguments: object) -> Record:
    try:
        return table(orjson.loads(text(arguments)))
    except orjson.JSONDecodeError:
        return {}


def _finished(attributes: Record, call: str, at: int, state: CallState) -> CallFinished:
    source = text(attributes.get("decision_source")) or text(attributes.get("source"))
    approval = "user" if source.startswith("user") else _APPROVALS.get(source, "")
    return CallFinished(
        session=session_of(attributes),
        agent=text(attributes.get("agent_id")),
        at=at,
        call=call,
        state=state,
        error="" if state is CallState.OK else text(attributes.get("error")),
        duration_ms=to_int(attributes.get("duration_ms")),
        approved=not state.rejected if approval else None,
        approval=approval,
        exact=False,
    )


def _request_span(span: Span, state: ParserState) -> Iterator[Event]:
    attributes = span.attributes
    session, agent = session_of(attributes), text(attributes.get("agent_id"))
    usage = _usage(attributes, session, agent, span.end, span.uid, state.span_fingerprints)
    if not usage.tokens.total:
        return
    yield from state.session_updates(session, version=text(span.resource.get("service.version")))
    yield usage
    if agent:
        yield _context(session, span.end, usage.tokens.prompt, span.resource, agent, usage.model)


def _tool_span(span: Span, state: ParserState) -> Iterator[Event]:
    if call := text(span.attributes.get("tool_use_id")):
        yield _started(span.attributes, call, span.start, state)
        if end := state.early_ends.pop(call, None):
            yield _execution_end(end, call, span.end)


def _execution_span(span: Span, state: ParserState) -> Iterator[Event]:
    """Read the end of a call. Its span is inside the one with the call's start, and so is often exported earlier."""
    end = {name: span.attributes.get(name) for name in _END_FIELDS}
    if call := text(span.attributes.get("tool_use_id")):
        state.add_early_end(call, end)
        yield _execution_end(end, call, span.end)


def _execution_end(attributes: Record, call: str, at: int) -> CallFinished:
    return _finished(attributes, call, at, CallState.OK if is_true(attributes.get("success")) else CallState.FAILED)


def _turn_span(span: Span, state: ParserState) -> Iterator[Event]:
    session = session_of(span.attributes)
    yield TurnUpdate(session=session, at=span.start, turn=Turn.STARTED)
    yield TurnUpdate(session=session, at=span.end, turn=Turn.DONE, duration_ms=span.duration_ms)


LOGS: Mapping[str, LogReader] = {
    f"{PREFIX}api_request": _request,
    f"{PREFIX}api_error": _request_error,
    f"{PREFIX}user_prompt": _prompt,
    f"{PREFIX}compaction": _compaction,
    f"{PREFIX}tool_decision": _tool_decision,
    f"{PREFIX}tool_result": _tool_result,
}
SPANS: Mapping[str, SpanReader] = {
    f"{PREFIX}llm_request": _request_span,
    f"{PREFIX}tool": _tool_span,
    f"{PREFIX}tool.execution": _execution_span,
    f"{PREFIX}interaction": _turn_span,
}
