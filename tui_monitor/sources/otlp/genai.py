"""x"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import orjson

from tui_monitor.events import (
    AgentMessage,
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
from tui_monitor.sources.otlp.export import Log, Span, amount, picodollars
from tui_monitor.sources.otlp.state import Desk, LogReader, SpanReader
from tui_monitor.sources.shared.fields import as_json, tables, text
from tui_monitor.sources.stream.tools import kind, subject

SOURCE = "otlp"
OPERATION = "gen_ai.operation.name"

_USAGE = "gen_ai.usage."
_INPUT = ("input_tokens", "prompt_tokens")
_OUTPUT = ("output_tokens", "completion_tokens")
_READ = ("cache_read.input_tokens", "cache_read_input_tokens", "details.cache_read_tokens")
_WRITTEN = (
    "cache_creation.input_tokens",
    "cache_creation_input_tokens",
    "cache_write.input_tokens",
    "details.cache_write_tokens",
)
_REASONING = ("reasoning.output_tokens", "reasoning_tokens", "details.reasoning_tokens")
_COSTS = ("operation.cost", "gen_ai.usage.cost")
_PROCESS = "service.instance.id"


def session_of(told: Record, resource: Record, trace: str = "") -> SessionKey:
    """The session that something belongs to."""
    names = (
        told.get("session.id"),
        resource.get("session.id"),
        resource.get(_PROCESS),
        told.get("gen_ai.conversation.id"),
        trace,
    )
    return SessionKey(SOURCE, next((name for name in map(text, names) if name), ""))


def is_known(resource: Record) -> bool:
    """Whether it is told which process (or session) something comes from."""
    return bool(text(resource.get("session.id")) or text(resource.get(_PROCESS)))


def _responded(span: Span, desk: Desk) -> Iterator[Event]:
    told = span.attributes
    session = session_of(told, span.resource, span.trace)
    yield from _introduced(session, span.resource, desk)
    if question := asked(told.get("gen_ai.input.messages")):
        yield Prompt(session=session, at=span.start, text=question)
    yield from _response(told, session, span.end, span.uid, span.duration_ms)
    if span.failed:
        reason = text(told.get("error.type")) or span.message
        yield RetryUpdate(session=session, at=span.end, reason=reason)


def _detailed(log: Log, desk: Desk) -> Iterator[Event]:
    """An event with the details of a response, told inside the span of that response where there is one."""
    session = session_of(log.attributes, log.resource, log.trace)
    if log.attributes.get(OPERATION) in _RESPONSES:
        yield from _introduced(session, log.resource, desk)
        yield from _response(log.attributes, session, log.at, f"{log.trace}+{log.span}" if log.span else log.uid)


def _introduced(session: SessionKey, resource: Record, desk: Desk) -> Iterator[Event]:
    service = text(resource.get("service.name"))
    yield from desk.meet(session, title=service, client=service, version=text(resource.get("service.version")))


def _response(told: Record, session: SessionKey, at: int, uid: str, duration_ms: int | None = None) -> Iterator[Event]:
    thought = answered(told.get("gen_ai.output.messages"), "reasoning")
    if thought:
        yield AgentMessage(session=session, at=at, text=thought, thinking=True)
    if said := answered(told.get("gen_ai.output.messages")):
        yield AgentMessage(session=session, at=at, text=said)
    tokens = _tokens(told)
    if not tokens.total:
        return
    yield _usage(told, session, at, uid, tokens, duration_ms)
    if tokens.prompt:
        yield ContextUpdate(session=session, at=at, tokens=tokens.prompt, model=_model(told))


def _usage(told: Record, session: SessionKey, at: int, uid: str, tokens: Tokens, duration_ms: int | None) -> Usage:
    response = text(told.get("gen_ai.response.id"))
    return Usage(
        session=session,
        at=at,
        strong_ids=(f"span:{uid}",),
        weak_ids=(f"resp:{response}",) if response else (),
        has_strong_id=not response,
        model=_model(told),
        provider=text(told.get("gen_ai.provider.name")) or text(told.get("gen_ai.system")),
        tokens=tokens,
        rank=Rank.EXPORTED,
        reported_cost=next((cost for name in _COSTS if (cost := picodollars(told.get(name)))), None),
        duration_ms=duration_ms,
    )


def _model(told: Record) -> str:
    return text(told.get("gen_ai.response.model")) or text(told.get("gen_ai.request.model"))


def _tokens(told: Record) -> Tokens:
    """The input includes what went through the cache; where it is less than that, its writer has left it out."""
    given, read, written = _count(told, _INPUT), _count(told, _READ), _count(told, _WRITTEN)
    output = _count(told, _OUTPUT)
    return Tokens(
        input=given - read - written if given >= read + written else given,
        output=output,
        cache_read=read,
        cache_creation=written,
        reasoning=min(output, _count(told, _REASONING)),
    )


def _count(told: Record, names: tuple[str, ...]) -> int:
    return next((count for name in names if (count := amount(told.get(_USAGE + name)))), 0)


def _called(span: Span, desk: Desk) -> Iterator[Event]:
    told = span.attributes
    session = session_of(told, span.resource, span.trace)
    call, tool = text(told.get("gen_ai.tool.call.id")) or span.uid, text(told.get("gen_ai.tool.name")) or span.name
    given = told.get("gen_ai.tool.call.arguments")
    arguments = given if isinstance(given, str) else as_json(given) if given else ""
    result = told.get("gen_ai.tool.call.result")
    answer = result if isinstance(result, str) else as_json(result) if result else ""
    yield CallStarted(
        session=session,
        at=span.start,
        call=call,
        uid=f"span:{span.uid}",
        tool=tool,
        kind=kind(tool),
        subject=subject(arguments),
        input=arguments,
        ref=desk.ref,
    )
    yield CallFinished(
        session=session,
        at=span.end,
        call=call,
        state=CallState.FAILED if span.failed else CallState.OK,
        output=answer,
        error=(answer or span.message) if span.failed else "",
        duration_ms=span.duration_ms,
        ref=desk.ref,
    )


def _ran(span: Span, desk: Desk) -> Iterator[Event]:
    """An agent's run; one inside another span is a part of somebody else's turn."""
    session = session_of(span.attributes, span.resource, span.trace)
    yield from _introduced(session, span.resource, desk)
    if not span.parent:
        end = Turn.FAILED if span.failed else Turn.DONE
        yield TurnUpdate(session=session, at=span.start, turn=Turn.STARTED)
        yield TurnUpdate(session=session, at=span.end, turn=end, duration_ms=span.duration_ms, reason=span.message)


_RESPONSES = ("chat", "generate_content", "text_completion", "embeddings")

LOGS: Mapping[str, LogReader] = {"gen_ai.client.inference.operation.details": _detailed}
SPANS: Mapping[str, SpanReader] = {
    **dict.fromkeys(_RESPONSES, _responded),
    "execute_tool": _called,
    "invoke_agent": _ran,
}
"""By the operation that a span tells."""


def asked(messages: object) -> str:
    """What a person asked, where that is the last of the messages; else the empty string."""
    told = list(_messages(messages))
    if not told or text(told[-1].get("role")) != "user":
        return ""
    return "\n".join(_texts(told[-1], "text"))


def answered(messages: object, kind: str = "text") -> str:
    """What the model said, or (``reasoning``) thought."""
    return "\n".join(passage for message in _messages(messages) for passage in _texts(message, kind))


def _messages(told: object) -> Iterator[Record]:
    """The messages, which are often told as JSON text."""
    if isinstance(told, str):
        try:
            told = orjson.loads(told)
        except orjson.JSONDecodeError:
            return iter(())
    return tables(told)


def _texts(message: Record, kind: str) -> Iterator[str]:
    for part in tables(message.get("parts")):
        if part.get("type") == kind and (passage := text(part.get("content"))):
            yield passage
