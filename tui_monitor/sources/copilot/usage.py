"""Token counts. Messages have the output of a response at most; events of newer versions and rows of the session store
have all of it, and their input includes what was read from the cache and written to it. No id joins events with rows,
so they are joined by output and time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tui_monitor.events import ContextUpdate, Rank, SessionTotalUpdate, Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.copilot.line import PROVIDER, SOURCE
from tui_monitor.sources.shared.event_line import EventLine
from tui_monitor.sources.shared.fields import count, number, table, text
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints

_COUNTS = ("inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "reasoningTokens")


def message_usage(data: Record, line: EventLine, fingerprints: ResponseFingerprints) -> Iterator[Usage]:
    """Yield the response of a message, if its output was counted."""
    output = count(data.get("outputTokens"))
    if not output:
        return
    call = text(data.get("apiCallId"))
    name = f"{SOURCE}:{line.session.id}+{call or data['messageId']}"
    weak_ids = fingerprints.weak_ids(line.session, Tokens(output=output), line.at, name)
    yield Usage(
        **line.fields,
        strong_ids=(name,),
        weak_ids=(*weak_ids, f"resp:{call}") if call else weak_ids,
        has_strong_id=False,
        model=text(data.get("model")),
        provider=PROVIDER,
        tokens=Tokens(output=output),
        rank=Rank.PARTIAL,
    )


def recorded_usage(uid: str, data: Record, line: EventLine, fingerprints: ResponseFingerprints) -> Iterator[Usage]:
    """Yield the response of an event that newer versions write for each; ``uid`` is that of the event."""
    counts = table(data.get("usage"))
    tokens = _tokens(counts, *_COUNTS)
    call = text(counts.get("apiCallId"))
    if not tokens.total:
        return
    name = f"{SOURCE}:{line.session.id}+{call or uid}"
    weak_ids = fingerprints.weak_ids(line.session, Tokens(output=tokens.output), line.at, name)
    yield Usage(
        **line.fields,
        strong_ids=(name,),
        weak_ids=(*weak_ids, f"resp:{call}") if call else weak_ids,
        has_strong_id=False,
        model=text(counts.get("model")),
        provider=PROVIDER,
        tokens=tokens,
        rank=Rank.EXPORTED,
        duration_ms=number(counts.get("duration")),
        ttft_ms=number(counts.get("timeToFirstTokenMs")),
    )


def row_usage(row: Record, line: EventLine, fingerprints: ResponseFingerprints) -> Iterator[Usage | ContextUpdate]:
    """Yield the response of a row of the session store, and the size of the context that was sent.

    The size is given a moment before the row: what an event states at the very time of the row holds, whichever is read
    first.
    """
    tokens = _tokens(
        row, "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens"
    )
    if not tokens.total:
        return
    model = text(row.get("copilot_usage_model")) or text(row.get("model"))
    counts = (tokens.input, tokens.output, tokens.cache_read, tokens.cache_creation)
    name = f"{SOURCE}:{line.session.id}+{line.at}+{','.join(map(str, counts))}"
    yield Usage(
        **line.fields,
        strong_ids=(name,),
        weak_ids=fingerprints.weak_ids(line.session, Tokens(output=tokens.output), line.at, name),
        model=model,
        provider=PROVIDER,
        tokens=tokens,
        rank=Rank.EXPORTED,
        duration_ms=number(row.get("duration_ms")),
        ttft_ms=number(row.get("time_to_first_token_ms")),
    )
    earlier = replace(line, at=max(0, line.at - 1))
    yield ContextUpdate(**earlier.fields, tokens=tokens.prompt, model=model)


def compaction_usage(uid: str, data: Record, line: EventLine, fingerprints: ResponseFingerprints) -> Iterator[Usage]:
    """Yield the request for the summary of a compaction."""
    counts = table(data.get("compactionTokensUsed"))
    tokens = _tokens(counts, "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "")
    if not tokens.total:
        return
    name = f"{SOURCE}:{line.session.id}+{uid}"
    yield Usage(
        **line.fields,
        strong_ids=(name,),
        weak_ids=fingerprints.weak_ids(line.session, Tokens(output=tokens.output), line.at, name),
        has_strong_id=False,
        model=text(counts.get("model")),
        provider=PROVIDER,
        tokens=tokens,
        operation="compact",
        duration_ms=number(counts.get("duration")),
    )


def session_total(data: Record, line: EventLine) -> Iterator[SessionTotalUpdate]:
    """Yield the total of a session, which its last event states by model."""
    models = tuple((model, _metric_tokens(metric)) for model, metric in table(data.get("modelMetrics")).items())
    if not any(tokens.total for _, tokens in models):
        return
    each = [tokens for _, tokens in models]
    total = Tokens(
        input=sum(tokens.input for tokens in each),
        output=sum(tokens.output for tokens in each),
        cache_read=sum(tokens.cache_read for tokens in each),
        cache_creation=sum(tokens.cache_creation for tokens in each),
        reasoning=sum(tokens.reasoning for tokens in each),
    )
    yield SessionTotalUpdate(session=line.session, at=line.at, until=line.at, tokens=total, list_priced=models)


def _metric_tokens(metric: object) -> Tokens:
    usage = table(table(metric).get("usage"))
    return _tokens(usage, *_COUNTS)


def _tokens(record: Record, sent: str, output: str, read: str, write: str, reasoning: str) -> Tokens:
    prompt, cached, written = count(record.get(sent)), count(record.get(read)), count(record.get(write))
    return Tokens(
        input=max(0, prompt - cached - written),
        output=count(record.get(output)),
        cache_read=cached,
        cache_creation=written,
        reasoning=min(count(record.get(reasoning)), count(record.get(output))),
    )
