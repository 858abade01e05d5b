"""The GenAI conventions of OpenTelemetry: how frameworks and client libraries describe models, tools and agents.

The span of an agent repeats the sum of the responses under it: it counts only where there are none. A session is what
has a session id; else everything of one process, if it has an id, so that metrics belong to the session of their
responses; else a conversation, or a trace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import orjson

from tui_monitor.events import (
    AgentMessage,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    ContextUpdate,
    Event,
    Prompt,
    Rank,
    RetryUpdate,
    SessionKey,
    Tokens,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.otlp.conventions import (
    AGENT_NAMES,
    MODEL,
    OPERATION,
    PROVIDER,
    RESPONSE_ID,
    TOOL_CALL_ID,
    TOOL_INPUT,
    TOOL_NAME,
    TOOL_OUTPUT,
    SpanKind,
    first_body,
    first_text,
    operation_of,
    read_service_tier,
    read_tokens,
)
from tui_monitor.sources.otlp.export import LogRecord, Span, to_cost
from tui_monitor.sources.otlp.names import SOURCE
from tui_monitor.sources.otlp.state import LogReader, ParserState, SpanReader
from tui_monitor.sources.otlp.traces import span_id
from tui_monitor.sources.shared.fields import tables, text
from tui_monitor.sources.stream.tools import call_subject, tool_kind

_COSTS = ("operation.cost", "gen_ai.usage.cost")
_PROCESS = "service.instance.id"


def session_of(attributes: Record, resource: Record, trace: str = "") -> SessionKey:
    """Return the session that attributes belong to."""
    names = (
        attributes.get("session.id"),
        resource.get("session.id"),
        resource.get(_PROCESS),
        attributes.get("gen_ai.conversation.id"),
        trace,
    )
    return SessionKey(SOURCE, next((name for name in map(text, names) if name), ""))


def service_of(resource: Record) -> str:
    """Return the name of the service, which has the metrics of processes without an id."""
    return text(resource.get("service.name")) or "unknown_service"


def coverage(session: SessionKey, resource: Record, state: ParserState) -> Iterator[Event]:
    """Yield that metrics of the service, or of the process, include what the session spends."""
    for name in {service_of(resource): None, session_of({}, resource).id: None}:
        if name and name != session.id:
            yield from state.coverage_updates(session, SessionKey(SOURCE, name))


def _response_span(span: Span, state: ParserState) -> Iterator[Event]:
    attributes = span.attributes
    session = session_of(attributes, span.resource, span.trace)
    yield from _service_updates(session, span.resource, state)
    if question := last_question(attributes.get("gen_ai.input.messages")):
        yield Prompt(session=session, at=span.start, text=question)
    yield from state.traces.updates(span, session, read_tokens(attributes))
    yield from _response_events(attributes, session, span.end, span.uid, span.duration_ms)
    if span.failed:
        reason = text(attributes.get("error.type")) or span.message
        yield RetryUpdate(session=session, at=span.end, reason=reason)


def _response_details(log: LogRecord, state: ParserState) -> Iterator[Event]:
    """Read an event with the details of a response, inside the span of that response if there is one."""
    session = session_of(log.attributes, log.resource, log.trace)
    if text(log.attributes.get(OPERATION)).lower() in _RESPONSES:
        yield from _service_updates(session, log.resource, state)
        yield from _response_events(log.attributes, session, log.at, f"{log.trace}+{log.span}" if log.span else log.uid)


def _service_updates(session: SessionKey, resource: Record, state: ParserState) -> Iterator[Event]:
    service = text(resource.get("service.name"))
    yield from state.session_updates(
        session, title=service, client=service, version=text(resource.get("service.version"))
    )
    yield from coverage(session, resource, state)


def _response_events(
    attributes: Record, session: SessionKey, at: int, uid: str, duration_ms: int | None = None
) -> Iterator[Event]:
    thought = response_text(attributes.get("gen_ai.output.messages"), "reasoning")
    if thought:
        yield AgentMessage(session=session, at=at, text=thought, thinking=True)
    if content := response_text(attributes.get("gen_ai.output.messages")):
        yield AgentMessage(session=session, at=at, text=content)
    tokens = read_tokens(attributes)
    if not tokens.total:
        return
    usage = _usage(attributes, session, at, uid, tokens, duration_ms)
    yield usage
    if tokens.prompt and not usage.operation:
        yield ContextUpdate(session=session, at=at, tokens=tokens.prompt, model=first_text(attributes, MODEL))


def _usage(
    attributes: Record, session: SessionKey, at: int, uid: str, tokens: Tokens, duration_ms: int | None
) -> Usage:
    response = first_text(attributes, RESPONSE_ID)
    return Usage(
        session=session,
        at=at,
        strong_ids=(span_id(uid),),
        weak_ids=(f"resp:{response}",) if response else (),
        has_strong_id=not response,
        model=first_text(attributes, MODEL),
        provider=first_text(attributes, PROVIDER),
        operation=operation_of(attributes),
        service_tier=read_service_tier(attributes),
        tokens=tokens,
        rank=Rank.EXPORTED,
        reported_cost=next((cost for name in _COSTS if (cost := to_cost(attributes.get(name)))), None),
        duration_ms=duration_ms,
    )


def _tool_call(span: Span, state: ParserState) -> Iterator[Event]:
    attributes = span.attributes
    session = session_of(attributes, span.resource, span.trace)
    call, tool = first_text(attributes, TOOL_CALL_ID) or span.uid, first_text(attributes, TOOL_NAME) or span.name
    arguments, answer = first_body(attributes, TOOL_INPUT), first_body(attributes, TOOL_OUTPUT)
    yield from state.traces.updates(span, session)
    yield CallStarted(
        session=session,
        at=span.start,
        call=call,
        uid=f"span:{span.uid}",
        tool=tool,
        kind=tool_kind(tool),
        subject=call_subject(arguments),
        input=arguments,
        ref=state.ref,
    )
    yield CallFinished(
        session=session,
        at=span.end,
        call=call,
        state=CallState.FAILED if span.failed else CallState.OK,
        output=answer,
        error=(answer or span.message) if span.failed else "",
        duration_ms=span.duration_ms,
        ref=state.ref,
    )


def _agent_run(span: Span, state: ParserState) -> Iterator[Event]:
    """Read an agent's run, whose usage repeats that of its responses and agents; inside another span it is part of the
    turn of another agent."""
    session = session_of(span.attributes, span.resource, span.trace)
    yield from _service_updates(session, span.resource, state)
    if not span.parent and text(span.attributes.get(OPERATION)) == "invoke_agent":
        end = Turn.FAILED if span.failed else Turn.DONE
        yield TurnUpdate(session=session, at=span.start, turn=Turn.STARTED)
        if name := first_text(span.attributes, AGENT_NAMES):
            yield AgentUpdate(session=session, at=span.start, type=name)
        yield TurnUpdate(session=session, at=span.end, turn=end, duration_ms=span.duration_ms, reason=span.message)
    tokens = read_tokens(span.attributes)
    yield from state.traces.updates(span, session, tokens, is_sum=True)
    if tokens.total:
        usage = _usage(span.attributes, session, span.end, span.uid, tokens, None)
        yield replace(usage, rank=Rank.SUM, weak_ids=(), has_strong_id=True, operation="")


_RESPONSES = ("chat", "generate_content", "text_completion", "embeddings")

LOGS: Mapping[str, LogReader] = {"gen_ai.client.inference.operation.details": _response_details}
SPANS: Mapping[SpanKind, SpanReader] = {
    SpanKind.RESPONSE: _response_span,
    SpanKind.TOOL: _tool_call,
    SpanKind.AGENT: _agent_run,
}
"""Readers by the kind of a span."""


def last_question(messages: object) -> str:
    """Return the person's question if it is the last of the messages; else the empty string."""
    parsed = list(_messages(messages))
    if not parsed or text(parsed[-1].get("role")) != "user":
        return ""
    return "\n".join(_texts(parsed[-1], "text"))


def response_text(messages: object, kind: str = "text") -> str:
    """Return what the model said, or (``reasoning``) thought."""
    return "\n".join(passage for message in _messages(messages) for passage in _texts(message, kind))


def _messages(value: object) -> Iterator[Record]:
    """Return the messages, which are often JSON text."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return iter(())
    return tables(value)


def _texts(message: Record, kind: str) -> Iterator[str]:
    for part in tables(message.get("parts")):
        if part.get("type") == kind and (content := text(part.get("content"))):
            yield content
