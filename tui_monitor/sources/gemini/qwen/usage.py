"""Token counts: ``promptTokenCount`` includes cached tokens. Thoughts are in ``candidatesTokenCount`` for most
providers, beside it for Gemini's own; the total shows which."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import MAIN, ContextUpdate, Rank, RetryUpdate, Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.gemini.lines import GeminiLine
from tui_monitor.sources.gemini.qwen.line import SOURCE
from tui_monitor.sources.shared.fields import count, number, table, text

_TOTAL = "totalTokenCount"
_CHAT_FIELDS = ("promptTokenCount", "candidatesTokenCount", "cachedContentTokenCount", "thoughtsTokenCount", _TOTAL)
_EVENT_FIELDS = (
    *("input_token_count", "output_token_count", "cached_content_token_count", "thoughts_token_count"),
    "total_token_count",
)


def chat_tokens(record: Record) -> Tokens:
    """Read the counts of a response."""
    return _tokens([count(record.get(name)) for name in _CHAT_FIELDS])


def event_tokens(record: Record) -> Tokens:
    """Read the counts in a ``ui_telemetry`` event."""
    return _tokens([count(record.get(name)) for name in _EVENT_FIELDS])


def _tokens(counts: list[int]) -> Tokens:
    prompt, candidates, cached, thoughts, total = counts
    cached = min(cached, prompt)
    inside = prompt + candidates + thoughts != total and thoughts <= candidates
    output = candidates if inside else candidates + thoughts
    return Tokens(input=prompt - cached, output=output, cache_read=cached, reasoning=thoughts)


def response_usage(record: Record, line: GeminiLine) -> Iterator[Usage | ContextUpdate]:
    """Yield the response of an ``assistant`` line, and the size of the context that was sent."""
    tokens = chat_tokens(table(record.get("usageMetadata")))
    if not tokens.total:
        return
    yield Usage(
        session=line.session,
        agent=line.agent,
        at=line.at,
        strong_ids=(f"{SOURCE}:{record['uuid']}",),
        weak_ids=(_weak_id(line, tokens),),
        model=line.model,
        tokens=tokens,
    )
    yield ContextUpdate(
        session=line.session,
        agent=line.agent,
        at=line.at,
        tokens=tokens.prompt or number(table(record["usageMetadata"]).get(_TOTAL)),
        limit=number(record.get("contextWindowSize")) or None,
        model=line.model,
    )


def event_usage(uuid: str, event: Record, line: GeminiLine) -> Iterator[Usage]:
    """Yield the response in an ``api_response`` event. One of the conversation is in a line of its own, too; those of
    sub-agents are in no other place."""
    tokens = event_tokens(event)
    if not tokens.total:
        return
    yield Usage(
        session=line.session,
        agent=line.agent,
        at=line.at,
        strong_ids=(f"{SOURCE}:{uuid}",),
        weak_ids=(_weak_id(line, tokens),) if line.agent == MAIN else (),
        has_strong_id=line.agent != MAIN,
        model=text(event.get("model")),
        tokens=tokens,
        rank=Rank.EXPORTED,
        duration_ms=number(event.get("duration_ms")),
        ttft_ms=number(event.get("ttft_ms")),
    )


def failed_request(event: Record, line: GeminiLine) -> RetryUpdate:
    """Return the failure in an ``api_error`` event; whether the request is repeated is not in it."""
    return RetryUpdate(
        session=line.session,
        agent=line.agent,
        at=line.at,
        reason=text(event.get("error_message")) or text(event.get("error")),
        status=number(event.get("status_code")),
    )


def _weak_id(line: GeminiLine, tokens: Tokens) -> str:
    """Return a weak id of a response: within a session, all counts rarely repeat."""
    counts = (tokens.input, tokens.output, tokens.cache_read, tokens.reasoning)
    return f"{SOURCE}:{line.session.id}+{','.join(map(str, counts))}"
