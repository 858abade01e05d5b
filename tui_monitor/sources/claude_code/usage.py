"""Usage in a transcript: each line of a response is an observation of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from tui_monitor.events import MAIN, PICO, Rank, SessionTotalUpdate, Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.files import operation_of
from tui_monitor.sources.claude_code.line import SOURCE, SYNTHETIC, ClaudeLine
from tui_monitor.sources.shared.fields import count, number, table, tables, text
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints

_BEDROCK = re.compile(r"\bmsg_bdrk_|\banthropic\.claude|^arn:aws")
_VERTEX = re.compile(r"\bmsg_vrtx_|^claude.*@\d")
_USUAL_REGIONS = ("", "not_available", "global")
_SEPARATE_STEPS = {"advisor_message": "advisor", "compaction": "compact"}
"""Operations of the steps of a response that its own counts do not include."""
_TOTAL_COST = re.compile(r"(?:Total|Estimated) cost:\s*\$\s*(\d[\d,]{0,12}(?:\.\d{1,12})?)")
_MAX_DOLLARS = 1_000_000
"""Larger totals are nonsense, and would not fit into the store."""


def usages(line: ClaudeLine, fingerprints: ResponseFingerprints) -> Iterator[Usage]:
    """Yield the observations in an assistant's line: of its response, and of steps that are billed separately.

    Without a request id (Bedrock, Vertex) telemetry can match the response only by its fingerprint.
    """
    message = line.message
    usage = message.get("usage")
    if not isinstance(usage, dict) or message.get("model") == SYNTHETIC:
        return
    response = observation(line, message, usage)
    if not line.record.get("requestId"):
        response = replace(response, weak_ids=(*response.weak_ids, *_fingerprint_ids(response, message, fingerprints)))
    yield response
    for index, step in enumerate(tables(usage.get("iterations"))):
        if operation := _SEPARATE_STEPS.get(text(step.get("type"))):
            yield observation(line, message, step, f"#{index}", operation)


def _fingerprint_ids(usage: Usage, message: Record, fingerprints: ResponseFingerprints) -> tuple[str, ...]:
    tokens = usage.tokens if usage.rank is Rank.FINAL else replace(usage.tokens, output=0)
    return fingerprints.weak_ids(usage.session, tokens, usage.at, text(message.get("id")) or usage.strong_ids[0])


def session_total(line: ClaudeLine, dollars: object, run: str = "") -> Iterator[SessionTotalUpdate]:
    """Yield the session's cumulative total; the record has the usage of each model beside it."""
    models = [table(model) for model in table(line.record.get("modelUsage")).values()]
    tokens = Tokens(
        input=sum(count(model.get("inputTokens")) for model in models),
        output=sum(count(model.get("outputTokens")) for model in models),
        cache_read=sum(count(model.get("cacheReadInputTokens")) for model in models),
        cache_creation=sum(count(model.get("cacheCreationInputTokens")) for model in models),
        reasoning=sum(count(model.get("thinkingTokens")) for model in models),
    )
    if isinstance(dollars, int | float) and 0 <= dollars < _MAX_DOLLARS:
        yield SessionTotalUpdate(**line.fields, cost=round(dollars * PICO), tokens=tokens if models else None, run=run)


def total_in_output(line: ClaudeLine, output: str) -> Iterator[SessionTotalUpdate]:
    """Yield the total in the output of ``/cost``: the least amount that rounds to it."""
    match = _TOTAL_COST.search(output)
    if match and (dollars := Decimal(match[1].replace(",", ""))) < _MAX_DOLLARS:
        rounding = Decimal(5).scaleb(-1 - len(match[1].partition(".")[2]))
        yield SessionTotalUpdate(**line.fields, cost=int(max(Decimal(0), dollars - rounding) * PICO))


def observation(line: ClaudeLine, message: Record, usage: Record, step: str = "", operation: str = "") -> Usage:
    """Return an observation of the response ``message``; ``step`` is the suffix of a step that is billed separately."""
    request, response = text(line.record.get("requestId")), text(message.get("id"))
    model = text(usage.get("model")) or text(message.get("model"))
    region = text(usage.get("inference_geo"))
    return Usage(
        **line.fields,
        strong_ids=(_strong_id(line, request, response) + step,),
        weak_ids=tuple(id_ + step for id_ in _weak_ids(line, request, response)),
        has_strong_id=bool(request) and line.agent == MAIN,
        model=model,
        provider=provider_of(model, response),
        tokens=tokens_of(usage),
        rank=Rank.FINAL if message.get("stop_reason") else Rank.PLACEHOLDER,
        operation=operation or operation_of(line.agent),
        web_searches=count(table(usage.get("server_tool_use")).get("web_search_requests")),
        service_tier=text(usage.get("service_tier")),
        speed=text(usage.get("speed")),
        region="" if region in _USUAL_REGIONS else region,
    )


def provider_of(model: str, response: str = "") -> str:
    """Return the provider by the names of the model and the response; empty if they do not show it."""
    if _BEDROCK.search(response) or _BEDROCK.search(model):
        return "aws"
    if _VERTEX.search(response) or _VERTEX.search(model):
        return "google"
    return "anthropic" if model.startswith("claude") else ""


def _strong_id(line: ClaudeLine, request: str, response: str) -> str:
    if request:
        return f"req:{request}+{response}"
    return f"line:{line.uuid}" if line.uuid else f"line:{line.ref.path}:{line.ref.offset}"


def _weak_ids(line: ClaudeLine, request: str, response: str) -> Iterator[str]:
    if response:
        yield f"{SOURCE}/{line.session.id}+{response}"
    if request:
        yield f"req:{request}"


def tokens_of(usage: Record) -> Tokens:
    """Return the token counts in a usage as the API reports it."""
    creation = table(usage.get("cache_creation"))
    hour = count(creation.get("ephemeral_1h_input_tokens"))
    creations = number(usage.get("cache_creation_input_tokens"))
    if creations is None:
        creations = hour + count(creation.get("ephemeral_5m_input_tokens"))
    output = count(usage.get("output_tokens"))
    thinking = count(table(usage.get("output_tokens_details")).get("thinking_tokens"))
    return Tokens(
        input=count(usage.get("input_tokens")),
        output=output,
        cache_read=count(usage.get("cache_read_input_tokens")),
        cache_creation=creations,
        cache_creation_1h=min(hour, creations),
        reasoning=min(thinking, output),
    )
