"""What the lines of a transcript say was spent: one sighting of a response a line, told again by each of its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from tui_monitor.events import MAIN, PICO, Rank, SessionTotalUpdate, Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.files import operation_of
from tui_monitor.sources.claude_code.line import SOURCE, SYNTHETIC, Line
from tui_monitor.sources.shared.fields import count, number, table, tables, text
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints

_BEDROCK = re.compile(r"\bmsg_bdrk_|\banthropic\.claude|^arn:aws")
_VERTEX = re.compile(r"\bmsg_vrtx_|^claude.*@\d")
_USUAL_REGIONS = ("", "not_available", "global")
_BILLED_APART = {"advisor_message": "advisor", "compaction": "compact"}
"""Steps of a response that its own counts leave out, with the operation they are booked under."""
_TOTAL_COST = re.compile(r"Total cost:\s*\$\s*(\d[\d,]{0,12}(?:\.\d{1,12})?)")
_MAX_DOLLARS = 1_000_000
"""Larger sums are nonsense, and would not fit where money is kept."""


def usages(line: Line, likenesses: ResponseFingerprints) -> Iterator[Usage]:
    """What an assistant's line tells of its response, and of steps that are billed apart; nothing when no model was
    asked. Where there is no request id (Bedrock, Vertex) telemetry knows the response by its likeness alone."""
    message = line.message
    usage = message.get("usage")
    if not isinstance(usage, dict) or message.get("model") == SYNTHETIC:
        return
    told = sighting(line, message, usage)
    yield (
        told
        if line.record.get("requestId")
        else replace(told, weak_ids=(*told.weak_ids, *_alike(told, message, likenesses)))
    )
    for index, step in enumerate(tables(usage.get("iterations"))):
        if operation := _BILLED_APART.get(text(step.get("type"))):
            yield sighting(line, message, step, f"#{index}", operation)


def _alike(told: Usage, message: Record, likenesses: ResponseFingerprints) -> tuple[str, ...]:
    is_complete = told.rank is Rank.FINAL
    tokens = told.tokens if is_complete else replace(told.tokens, output=0)
    return likenesses.weak_ids(told.session, tokens, told.at, text(message.get("id")) or told.strong_ids[0])


def session_total(line: Line, dollars: object, run: str = "") -> Iterator[SessionTotalUpdate]:
    """The running total of the session, beside which stands what each model used."""
    models = [table(model) for model in table(line.record.get("modelUsage")).values()]
    tokens = Tokens(
        input=sum(count(model.get("inputTokens")) for model in models),
        output=sum(count(model.get("outputTokens")) for model in models),
        cache_read=sum(count(model.get("cacheReadInputTokens")) for model in models),
        cache_creation=sum(count(model.get("cacheCreationInputTokens")) for model in models),
        reasoning=sum(count(model.get("thinkingTokens")) for model in models),
    )
    if isinstance(dollars, int | float) and 0 <= dollars < _MAX_DOLLARS:
        yield SessionTotalUpdate(**line.where, cost=round(dollars * PICO), tokens=tokens if models else None, run=run)


def printed_total(line: Line, output: str) -> Iterator[SessionTotalUpdate]:
    """The total in the output of ``/cost``: the least that is printed as this."""
    found = _TOTAL_COST.search(output)
    if found and (dollars := Decimal(found[1].replace(",", ""))) < _MAX_DOLLARS:
        rounded = Decimal(5).scaleb(-1 - len(found[1].partition(".")[2]))
        yield SessionTotalUpdate(**line.where, cost=int(max(Decimal(0), dollars - rounded) * PICO))


def sighting(line: Line, message: Record, usage: Record, part: str = "", operation: str = "") -> Usage:
    """What a line tells of the response ``message`` by these counts; ``part`` names a step that is billed apart."""
    request, response = text(line.record.get("requestId")), text(message.get("id"))
    model = text(usage.get("model")) or text(message.get("model"))
    region = text(usage.get("inference_geo"))
    return Usage(
        **line.where,
        strong_ids=(_name(line, request, response) + part,),
        weak_ids=tuple(hint + part for hint in _hints(line, request, response)),
        has_strong_id=bool(request) and line.where["agent"] == MAIN,
        model=model,
        provider=provider_of(model, response),
        tokens=_tokens(usage),
        rank=Rank.FINAL if message.get("stop_reason") else Rank.PLACEHOLDER,
        operation=operation or operation_of(line.where["agent"]),
        web_searches=count(table(usage.get("server_tool_use")).get("web_search_requests")),
        service_tier=text(usage.get("service_tier")),
        speed=text(usage.get("speed")),
        region="" if region in _USUAL_REGIONS else region,
    )


def provider_of(model: str, response: str = "") -> str:
    """Who serves the model, going by its name and by the id of the response; empty if they do not say."""
    if _BEDROCK.search(response) or _BEDROCK.search(model):
        return "aws"
    if _VERTEX.search(response) or _VERTEX.search(model):
        return "google"
    return "anthropic" if model.startswith("claude") else ""


def _name(line: Line, request: str, response: str) -> str:
    if request:
        return f"req:{request}+{response}"
    return f"line:{line.uuid}" if line.uuid else f"line:{line.ref.path}:{line.ref.offset}"


def _hints(line: Line, request: str, response: str) -> Iterator[str]:
    if response:
        yield f"{SOURCE}/{line.where['session'].id}+{response}"
    if request:
        yield f"req:{request}"


def _tokens(usage: Record) -> Tokens:
    creation = table(usage.get("cache_creation"))
    hour = count(creation.get("ephemeral_1h_input_tokens"))
    written = number(usage.get("cache_creation_input_tokens"))
    if written is None:
        written = hour + count(creation.get("ephemeral_5m_input_tokens"))
    output = count(usage.get("output_tokens"))
    thinking = count(table(usage.get("output_tokens_details")).get("thinking_tokens"))
    return Tokens(
        input=count(usage.get("input_tokens")),
        output=output,
        cache_read=count(usage.get("cache_read_input_tokens")),
        cache_creation=written,
        cache_creation_1h=min(hour, written),
        reasoning=min(thinking, output),
    )
