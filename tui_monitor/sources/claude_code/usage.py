"""Usage in a transcript: each line of a response is an observation of it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from tui_monitor.events import MAIN, Rank, Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.files import operation_of
from tui_monitor.sources.claude_code.line import SOURCE, SYNTHETIC, ClaudeLine
from tui_monitor.sources.shared.fields import count, number, table, tables, text
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints

_BEDROCK = re.compile(r"\bmsg_bdrk_|\banthropic\.claude|^arn:aws")
_VERTEX = re.compile(r"\bmsg_vrtx_|^claude.*@\d")
_SPECIAL = re.compile(r"[.:@]|_bdrk_|_vrtx_")
"""Occurs in the ids of all responses that show a provider."""
_SEARCHES = "server_tool_use"
_USUAL_REGIONS = ("", "not_available", "global")
_SEPARATE_STEPS = {"advisor_message": "advisor", "compaction": "compact"}
"""Operations of the steps of a response that its own counts do not include."""


def usages(line: ClaudeLine, fingerprint_names: dict[str, list[str]]) -> list[Usage]:
    """Return the observations in an assistant's line: of its response, and of steps that are billed separately.

    Without a request id (Bedrock, Vertex) telemetry can match the response only by its fingerprint.
    """
    message = line.message
    usage = message.get("usage")
    if not isinstance(usage, dict) or message.get("model") == SYNTHETIC:
        return []
    response = observation(line, message, usage)
    if not line.record.get("requestId"):
        ids = _fingerprint_ids(response, message, ResponseFingerprints(fingerprint_names))
        response = replace(response, weak_ids=(*response.weak_ids, *ids))
    if "iterations" not in usage:
        return [response]
    steps = enumerate(tables(usage["iterations"]))
    return [
        response,
        *(
            observation(line, message, step, f"#{index}", operation)
            for index, step in steps
            if (operation := _SEPARATE_STEPS.get(text(step.get("type"))))
        ),
    ]


def _fingerprint_ids(usage: Usage, message: Record, fingerprints: ResponseFingerprints) -> tuple[str, ...]:
    tokens = usage.tokens if usage.rank is Rank.FINAL else replace(usage.tokens, output=0)
    return fingerprints.weak_ids(usage.session, tokens, usage.at, text(message.get("id")) or usage.strong_ids[0])


def observation(line: ClaudeLine, message: Record, usage: Record, step: str = "", operation: str = "") -> Usage:
    """Return an observation of the response ``message``; ``step`` is the suffix of a step that is billed separately."""
    request, response = text(line.record.get("requestId")), text(message.get("id"))
    model = text(usage.get("model")) or text(message.get("model"))
    region = text(usage.get("inference_geo"))
    return Usage(
        session=line.session,
        agent=line.agent,
        at=line.at,
        strong_ids=(_strong_id(line, request, response) + step,),
        weak_ids=_weak_ids(line, request, response, step),
        has_strong_id=bool(request) and line.agent == MAIN,
        model=model,
        provider=provider_of(model, response),
        tokens=tokens_of(usage),
        rank=Rank.FINAL if message.get("stop_reason") else Rank.PLACEHOLDER,
        operation=operation or operation_of(line.agent),
        web_searches=count(table(usage[_SEARCHES]).get("web_search_requests")) if _SEARCHES in usage else 0,
        service_tier=text(usage.get("service_tier")),
        speed=text(usage.get("speed")),
        region="" if region in _USUAL_REGIONS else region,
    )


def provider_of(model: str, response: str = "") -> str:
    """Return the provider by the names of the model and the response; empty if they do not show it."""
    return _provider_of(model, response if _SPECIAL.search(response) else "")


@lru_cache(maxsize=64)
def _provider_of(model: str, response: str) -> str:
    if _BEDROCK.search(response) or _BEDROCK.search(model):
        return "aws"
    if _VERTEX.search(response) or _VERTEX.search(model):
        return "google"
    return "anthropic" if model.startswith("claude") else ""


def _strong_id(line: ClaudeLine, request: str, response: str) -> str:
    if request:
        return f"req:{request}+{response}"
    return f"line:{line.uuid}" if line.uuid else f"line:{line.ref.path}:{line.ref.offset}"


def _weak_ids(line: ClaudeLine, request: str, response: str, step: str) -> tuple[str, ...]:
    by_response = (f"{SOURCE}/{line.session.id}+{response}{step}",) if response else ()
    return (*by_response, f"req:{request}{step}") if request else by_response


def tokens_of(usage: Record) -> Tokens:
    """Return the token counts in a usage as the API reports it."""
    creation = table(usage.get("cache_creation"))
    hour = count(creation.get("ephemeral_1h_input_tokens"))
    creations = number(usage.get("cache_creation_input_tokens"))
    if creations is None:
        creations = hour + count(creation.get("ephemeral_5m_input_tokens"))
    output = count(usage.get("output_tokens"))
    details = usage.get("output_tokens_details")
    thinking = count(table(details).get("thinking_tokens")) if details else 0
    return Tokens(
        input=count(usage.get("input_tokens")),
        output=output,
        cache_read=count(usage.get("cache_read_input_tokens")),
        cache_creation=creations,
        cache_creation_1h=min(hour, creations),
        reasoning=min(thinking, output),
    )
