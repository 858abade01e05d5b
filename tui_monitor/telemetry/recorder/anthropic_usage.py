"""Usage in the form of Anthropic's messages."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.telemetry.recorder.response_fields import (
    count,
    field,
    first_count,
    first_field,
    has_field,
    items,
    price_region,
    text,
)
from tui_monitor.telemetry.recorder.response_usage import ReportedUsage, ResponseUsage

_OWN_FIELDS = (
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "cache_creation",
    "server_tool_use",
    "inference_geo",
)
_FIELDS_OF_OTHERS = ("prompt_tokens", "prompt_tokens_details", "input_tokens_details", "input_token_details")


def read_anthropic(reported: ReportedUsage) -> ResponseUsage | None:
    """Read Anthropic's form. The input excludes cache reads and writes; a compaction is not in the sums.

    The counts at the beginning of a stream are a lower bound.
    """
    counts, body = reported.counts, reported.body
    if first_count(counts, "input_tokens", "output_tokens") is None:
        return None
    steps = [counts, *(step for step in _steps(counts) if text(step, "type") == "compaction")]
    usage = _message_counts(steps[0])
    for step in steps[1:]:
        usage = usage.plus(_message_counts(step))
    is_empty = not usage.total_tokens and not _is_delta(reported.event)
    return ResponseUsage(
        model=text(body, "model"),
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_creation_tokens=usage.cache_creation_tokens,
        cache_creation_1h_tokens=usage.cache_creation_1h_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        web_searches=count(field(counts, "server_tool_use"), "web_search_requests"),
        service_tier=text(counts, "service_tier"),
        speed=text(counts, "speed"),
        region=price_region(counts),
        lower_bound=text(reported.event, "type") == "message_start" or is_empty,
    )


def read_advisors(reported: ReportedUsage) -> Iterator[ResponseUsage]:
    """Yield the requests of other models inside a message of Anthropic's, which its own counts leave out."""
    for step in _steps(reported.counts):
        if text(step, "type") == "advisor_message":
            usage = _message_counts(step)
            yield ResponseUsage(
                text(step, "model") or text(reported.body, "model"),
                usage.input_tokens,
                usage.output_tokens,
                usage.cache_read_tokens,
                usage.cache_creation_tokens,
                usage.cache_creation_1h_tokens,
                usage.reasoning_tokens,
                operation="advisor",
            )


def _steps(counts: object) -> list[object]:
    return items(field(counts, "iterations"))


def _message_counts(counts: object) -> ResponseUsage:
    by_lifetime = field(counts, "cache_creation")
    hour = count(by_lifetime, "ephemeral_1h_input_tokens")
    minutes = count(by_lifetime, "ephemeral_5m_input_tokens")
    output = count(counts, "output_tokens")
    return ResponseUsage(
        input_tokens=count(counts, "input_tokens"),
        output_tokens=output,
        cache_read_tokens=count(counts, "cache_read_input_tokens"),
        cache_creation_tokens=max(count(counts, "cache_creation_input_tokens"), hour + minutes),
        cache_creation_1h_tokens=hour,
        reasoning_tokens=min(output, count(field(counts, "output_tokens_details"), "thinking_tokens")),
    )


def is_message(reported: ReportedUsage) -> bool:
    """Return True if the counts are in Anthropic's form, which excludes from the input what others include."""
    counts = reported.counts
    if first_field(counts, *_FIELDS_OF_OTHERS) is not None:
        return False
    is_typed = any(text(each, "type").startswith("message") for each in (reported.event, reported.body))
    return is_typed or any(has_field(counts, name) for name in _OWN_FIELDS)


def _is_delta(event: object) -> bool:
    """Return True for the end of a stream of Anthropic's, which may leave out the input."""
    return text(event, "type") == "message_delta"
