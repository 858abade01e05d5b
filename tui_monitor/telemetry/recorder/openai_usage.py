"""Usage in the form of OpenAI's interface, which most providers speak, each in its way."""

from __future__ import annotations

from tui_monitor.telemetry.recorder.response_fields import (
    count,
    dollars,
    field,
    first_count,
    first_field,
    has_field,
    items,
    path,
    price_region,
    text,
)
from tui_monitor.telemetry.recorder.response_usage import ReportedUsage, ResponseUsage

_TICKS_PER_DOLLAR = 10**10
_INPUT_DETAILS = ("prompt_tokens_details", "input_tokens_details", "input_token_details")
_OUTPUT_DETAILS = ("completion_tokens_details", "output_tokens_details", "output_token_details")
_READS = ("cached_tokens", "cache_read_input_tokens", "cache_read_tokens", "cache_read")
_WRITES = ("cache_write_tokens", "cache_creation_tokens", "cache_creation_input_tokens", "cache_creation")
_WRITES_BY_LIFETIME = ("cache_creation", "cache_creation_token_details", "details")


def read_openai(reported: ReportedUsage) -> ResponseUsage | None:
    """Read OpenAI's forms: chat completions, responses, realtime, embeddings; and those who speak like it.

    The input includes cache reads and writes.
    """
    counts, body = reported.counts, reported.body
    prompt = first_count(counts, "prompt_tokens", "input_tokens")
    output = first_count(counts, "completion_tokens", "output_tokens")
    if prompt is None and output is None:
        return _read_total(reported)
    cache_read, cache_creation, one_hour = _openai_cache(counts)
    cached = cache_read + cache_creation
    prompt, output = prompt or 0, output or 0
    reasoning = _openai_reasoning(counts)
    surplus = max(0, count(counts, "total_tokens") - prompt - output)
    is_beside = _reasons_beside_output(reported, output, reasoning, surplus)
    is_explained = not surplus or is_beside
    if not is_explained and surplus == cached:
        prompt, is_explained = prompt + cached, True  # this server's input leaves out what went through the cache
    elif not is_explained and not reasoning and "gemini" in text(body, "model"):
        reasoning, is_beside, is_explained = surplus, True, True  # Gemini's thoughts are in the sum alone
    output += count(counts, "citation_tokens") + (reasoning if is_beside else 0)
    return ResponseUsage(
        model=text(body, "model") or text(body, "model_name"),
        input_tokens=prompt - cached if prompt >= cached else prompt,
        output_tokens=output,
        cache_read_tokens=cache_read,
        cache_creation_tokens=cache_creation,
        cache_creation_1h_tokens=one_hour,
        reasoning_tokens=min(output, reasoning),
        web_searches=_openai_searches(counts, body),
        service_tier=_openai_tier(reported),
        speed=text(counts, "speed"),
        region=price_region(counts),
        estimated_cost=_reported_cost(counts),
        lower_bound=_is_open_chunk(reported.event) or not is_explained or (prompt == 0 and cached == 0),
    )


def _read_total(reported: ReportedUsage) -> ResponseUsage | None:
    """Read the usage of a server that reports a sum alone: exact for embeddings, which have no output."""
    total = first_count(reported.counts, "total_tokens")
    if total is None or has_field(reported.counts, "total_input_tokens"):
        return None
    is_embedding = bool(items(first_field(reported.body, "data", "embeddings")))
    return ResponseUsage(text(reported.body, "model"), total, lower_bound=not (total and is_embedding))


def _openai_cache(counts: object) -> tuple[int, int, int]:
    """Return the tokens read from the cache, written to it, and of these those kept for an hour."""
    details = first_field(counts, *_INPUT_DETAILS)
    hit = count(counts, *_READS, "prompt_cache_hit_tokens", "cached_prompt_text_tokens")
    write = max(count(details, *_WRITES), count(counts, *_WRITES))
    lifetimes = [details, *(field(owner, name) for owner in (details, counts) for name in _WRITES_BY_LIFETIME)]
    hour = max(count(each, "ephemeral_1h_input_tokens") for each in lifetimes)
    minutes = max(count(each, "ephemeral_5m_input_tokens") for each in lifetimes)
    return max(count(details, *_READS), hit), max(write, hour + minutes), hour


def _openai_reasoning(counts: object) -> int:
    details = first_field(counts, *_OUTPUT_DETAILS)
    return max(
        count(details, "reasoning_tokens", "reasoning", "thinking_tokens"),
        count(counts, "reasoning_tokens"),
        count(field(counts, "details"), "reasoning_tokens", "thoughts_tokens", "thinking_tokens"),
    )


def _reasons_beside_output(reported: ReportedUsage, output: int, reasoning: int, surplus: int) -> bool:
    """Return True if the output leaves out the reasoning, as xAI's chat completions and Perplexity do."""
    counts = reported.counts
    if not reasoning:
        return False
    if reasoning == surplus or reasoning > output or has_field(counts, "num_search_queries"):
        return True
    has_no_sum = first_count(counts, "total_tokens") is None
    return has_no_sum and has_field(counts, "prompt_tokens") and text(reported.body, "model").startswith("grok")


def _openai_searches(counts: object, body: object) -> int:
    """Return the billed searches: as reported, else those among the calls that did not fail and opened no page."""
    billed = first_count(path(body, "tool_usage", "web_search"), "num_requests")
    if billed is not None:
        return billed
    reported = max(
        count(counts, "num_search_queries", "web_search_requests"),
        count(field(counts, "server_tool_use"), "web_search_requests"),
        count(field(counts, "prompt_tokens_details"), "web_search_requests"),
        count(field(counts, "server_side_tool_usage_details"), "web_search_calls"),
        count(path(counts, "tool_calls_details", "search_web"), "invocation"),
    )
    return reported or sum(_is_search(item) for item in items(field(body, "output")))


def _is_search(item: object) -> bool:
    if text(item, "type") != "web_search_call" or text(item, "status") == "failed":
        return False
    return text(field(item, "action"), "type") in ("", "search")


def _openai_tier(reported: ReportedUsage) -> str:
    owners = (reported.body, reported.counts, field(reported.body, "response_metadata"))
    tier = next(filter(None, (text(owner, "service_tier") for owner in owners)), "")
    return "batch" if not tier.startswith("batch") and _is_batch_line(reported.event) else tier


def _is_batch_line(event: object) -> bool:
    """Return True for a line of a batch's output, which is served at the price of batches."""
    return bool(text(event, "custom_id")) and field(event, "response") is not None


def _reported_cost(counts: object) -> float | None:
    """Return what the server says that the response costs: OpenRouter, Perplexity, xAI."""
    if ticks := count(counts, "cost_in_usd_ticks"):
        return ticks / _TICKS_PER_DOLLAR
    cost = field(counts, "cost")
    is_openrouter = has_field(counts, "is_byok") or has_field(counts, "cost_details")
    return dollars(cost) if is_openrouter and not field(counts, "is_byok") else dollars(field(cost, "total_cost"))


def _is_open_chunk(event: object) -> bool:
    """Return True for a part of a stream of chat completions after which more will come."""
    choices = items(field(event, "choices")) if text(event, "object") == "chat.completion.chunk" else []
    return bool(choices) and not any(text(choice, "finish_reason") for choice in choices)
