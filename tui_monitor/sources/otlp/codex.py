"""Codex's telemetry: events (log records).

They tell of a response by no id, and so by its likeness to what the rollout tells. Its spans are about the inside of
the program and repeat the counts, its measurements do not name their session: neither is read.
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
from tui_monitor.sources.codex.usage import CodexUsageCounts
from tui_monitor.sources.otlp.export import Log, amount, is_true, whole
from tui_monitor.sources.otlp.state import Desk, LogReader
from tui_monitor.sources.shared.fields import put_bounded, text

PREFIX = "codex."

_FIRST_FAILURE = 400
_MAX_SESSIONS = 256


def _line(log: Log, desk: Desk) -> CodexLine:
    told = log.attributes
    return CodexLine(SessionKey(SOURCE, text(told.get("conversation.id"))), log.at, desk.ref, text(told.get("model")))


def _began(log: Log, desk: Desk) -> Iterator[Event]:
    told, session = log.attributes, _line(log, desk).session
    put_bounded(desk.providers, session.id, text(told.get("provider_name")).lower(), _MAX_SESSIONS)
    yield from desk.meet(
        session,
        version=text(told.get("app.version")),
        client=text(told.get("originator")),
        mode=text(told.get("approval_policy")),
    )


def _prompted(log: Log, desk: Desk) -> Iterator[Event]:
    yield TurnUpdate(session=_line(log, desk).session, at=log.at, turn=Turn.STARTED)


def _streamed(log: Log, desk: Desk) -> Iterator[Event]:
    """The end of a response is told twice: when the stream ends, and with its counts."""
    counts = _counts(log.attributes)
    if log.attributes.get("event.kind") != "response.completed" or not counts.has_tokens:
        return
    line = _line(log, desk)
    yield Usage(
        session=line.session,
        at=line.at,
        strong_ids=(f"otlp/{line.session.id}+{log.uid}",),
        weak_ids=desk.likenesses.weak_ids(line.session, counts.tokens, line.at, log.uid),
        has_strong_id=False,
        model=line.model,
        provider=desk.providers.get(line.session.id, ""),
        tokens=counts.tokens,
        rank=Rank.EXPORTED,
        ttft_ms=whole(log.attributes.get("ttft_ms")),
    )
    yield ContextUpdate(session=line.session, at=line.at, tokens=counts.total, model=line.model)


def _counts(told: Record) -> CodexUsageCounts:
    """``tool_token_count`` is the total of a response, whatever its name says."""
    counts = CodexUsageCounts(
        input=amount(told.get("input_token_count")),
        cached=amount(told.get("cached_token_count")),
        cache_write=amount(told.get("cache_write_token_count")),
        output=amount(told.get("output_token_count")),
        reasoning=amount(told.get("reasoning_token_count")),
    )
    return counts._replace(total=counts.input + counts.output)


def _requested(log: Log, desk: Desk) -> Iterator[Event]:
    told = log.attributes
    status = whole(told.get("http.response.status_code"))
    reason = text(told.get("error.message"))
    if reason or (status or 0) >= _FIRST_FAILURE:
        tries = amount(told.get("attempt")) + 1
        yield RetryUpdate(
            session=_line(log, desk).session, at=log.at, reason=reason, attempt=tries, wait_ms=0, status=status
        )


def _answered(log: Log, desk: Desk) -> Iterator[Event]:
    told, line = log.attributes, _line(log, desk)
    call = text(told.get("call_id"))
    if not call:
        return
    asked = tools.function_request(text(told.get("tool_name")), text(told.get("arguments")), "", _namespace(told))
    took = amount(told.get("duration_ms"))
    began = CodexLine(line.session, max(0, line.at - took), line.ref, line.model)
    answer = {"success": is_true(told.get("success")), "content": text(told.get("output"))}
    events = (*desk.calls.request(call, asked, began), *desk.calls.answer(call, results.read_result(answer), line))
    yield from map(_as_exported, events)


def _as_exported(event: Event) -> Event:
    """The rollout knows better. What a patch did to the files stands there alone, with the lines that were there
    before, and maybe under the name of another call."""
    if isinstance(event, CallStarted):
        return replace(event, exact=False)
    return replace(event, exact=False, changes=()) if isinstance(event, CallFinished) else event


def _namespace(told: Record) -> str:
    """The group of tools that a name belongs to; the program's own tools have one that says nothing."""
    namespace = text(told.get("mcp_server")) or text(told.get("tool_namespace"))
    return "" if namespace == "functions" else namespace


LOGS: Mapping[str, LogReader] = {
    f"{PREFIX}conversation_starts": _began,
    f"{PREFIX}user_prompt": _prompted,
    f"{PREFIX}sse_event": _streamed,
    f"{PREFIX}websocket_event": _streamed,
    f"{PREFIX}api_request": _requested,
    f"{PREFIX}tool_result": _answered,
}
