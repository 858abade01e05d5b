"""Token counts: ``promptTokenCount`` includes cached tokens. Thoughts are in ``candidatesTokenCount`` for most
providers, beside it for Gemini's own; the total shows which."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import MAIN, ContextUpdate, Rank, RetryUpdate, Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.gemini.lines import GeminiLine
from tui_monitor.sources.gemini.qwen.line import SOURCE
from tui_monitor.sources.shared.fields import count, number, put_bounded, table, text

_MAX_NUMBERS = 256
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


class WeakIds:
    """Ids by which a line and an event of one response are known: its counts, within its agent. Those of a sub-agent
    are in two files, so identical ones are numbered in both: ``numbers`` are how often counts have occurred."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self.numbers = numbers

    def of(self, line: GeminiLine, tokens: Tokens) -> str:
        """Return the id of the next response with these counts."""
        counts = ",".join(map(str, (tokens.input, tokens.output, tokens.cache_read, tokens.reasoning)))
        if line.agent == MAIN:
            return f"{SOURCE}:{line.session.id}+{counts}"
        name = f"{line.agent}+{counts}"
        put_bounded(self.numbers, name, self.numbers.get(name, 0) + 1, _MAX_NUMBERS)
        return f"{SOURCE}:{line.session.id}/{name}#{self.numbers[name]}"


def response_usage(record: Record, line: GeminiLine, ids: WeakIds) -> Iterator[Usage | ContextUpdate]:
    """Yield the response of an ``assistant`` line, and the size of the context that was sent."""
    tokens = chat_tokens(table(record.get("usageMetadata")))
    if not tokens.total:
        return
    yield Usage(
        session=line.session,
        agent=line.agent,
        at=line.at,
        strong_ids=(f"{SOURCE}:{record['uuid']}",),
        weak_ids=(ids.of(line, tokens),),
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


def event_usage(uuid: str, event: Record, line: GeminiLine, ids: WeakIds) -> Iterator[Usage]:
    """Yield the response in an ``api_response`` event. Its line is in the chat of its agent, if that has one: the
    program's own agents have none, and those of older versions had no counts."""
    tokens = event_tokens(event)
    if not tokens.total:
        return
    yield Usage(
        session=line.session,
        agent=line.agent,
        at=line.at,
        strong_ids=(f"{SOURCE}:{uuid}",),
        weak_ids=(ids.of(line, tokens),),
        has_strong_id=False,
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
