"""Usage in the forms of Google's API: ``generateContent``, Live, and Interactions."""

from __future__ import annotations

from tui_monitor.telemetry.recorder.response_fields import count, field, first_count, first_field, items, path, text
from tui_monitor.telemetry.recorder.response_usage import ReportedUsage, ResponseUsage

_PROMPT = ("promptTokenCount", "prompt_token_count")
_OUTPUT = ("candidatesTokenCount", "candidates_token_count", "responseTokenCount", "response_token_count")
_CACHED = ("cachedContentTokenCount", "cached_content_token_count")
_THOUGHTS = ("thoughtsTokenCount", "thoughts_token_count")
_FOR_TOOLS = ("toolUsePromptTokenCount", "tool_use_prompt_token_count")
_TIER_OF_TRAFFIC = {"ON_DEMAND_FLEX": "flex", "ON_DEMAND_PRIORITY": "priority"}
_ONE_SEARCH_PER_PROMPT = ("gemini-1", "gemini-2")
"""Models whose grounded prompts cost the same however often they search."""


def read_gemini(reported: ReportedUsage) -> ResponseUsage | None:
    """Read the usage of ``generateContent`` and of Live. The prompt includes what was read from the cache."""
    counts, body = reported.counts, reported.body
    if first_count(counts, *_PROMPT, *_OUTPUT) is None:
        return None
    prompt, cache_read, reasoning = count(counts, *_PROMPT), count(counts, *_CACHED), count(counts, *_THOUGHTS)
    model = text(body, "modelVersion") or text(body, "model_version") or text(body, "model")
    return ResponseUsage(
        model=model.removeprefix("models/"),
        input_tokens=max(0, prompt - cache_read) + count(counts, *_FOR_TOOLS),
        output_tokens=count(counts, *_OUTPUT) + reasoning,
        cache_read_tokens=cache_read,
        reasoning_tokens=reasoning,
        web_searches=_searches(body, model),
        service_tier=_tier(counts, body),
        lower_bound=not prompt,
    )


def read_interaction(reported: ReportedUsage) -> ResponseUsage | None:
    """Read the usage of an interaction."""
    counts, body = reported.counts, reported.body
    prompt = first_count(counts, "total_input_tokens")
    output = first_count(counts, "total_output_tokens")
    if prompt is None and output is None:
        return None
    cache_read, reasoning = count(counts, "total_cached_tokens"), count(counts, "total_thought_tokens")
    searches = [each for each in items(field(counts, "grounding_tool_count")) if text(each, "type") == "google_search"]
    return ResponseUsage(
        model=text(body, "model").removeprefix("models/"),
        input_tokens=max(0, (prompt or 0) - cache_read) + count(counts, "total_tool_use_tokens"),
        output_tokens=(output or 0) + reasoning,
        cache_read_tokens=cache_read,
        reasoning_tokens=reasoning,
        web_searches=sum(count(each, "count") for each in searches),
        service_tier=text(body, "service_tier"),
        lower_bound=not prompt,
    )


def _searches(body: object, model: str) -> int:
    """Return the billed searches of Google Search: older models bill a prompt once."""
    grounded = [*items(field(body, "candidates")), first_field(body, "serverContent", "server_content")]
    metadata = [first_field(each, "groundingMetadata", "grounding_metadata") for each in grounded]
    queries = [
        query for each in metadata for query in items(first_field(each, "webSearchQueries", "web_search_queries"))
    ]
    searches = sum(query != "" for query in queries)
    return min(1, searches) if model.startswith(_ONE_SEARCH_PER_PROMPT) else searches


def _tier(counts: object, body: object) -> str:
    for owner in (counts, body):
        if tier := text(owner, "serviceTier") or text(owner, "service_tier"):
            return tier
    traffic = text(counts, "trafficType") or text(counts, "traffic_type")
    header = path(body, "sdk_http_response", "headers")
    return _TIER_OF_TRAFFIC.get(traffic, "") or text(header, "x-gemini-service-tier")
