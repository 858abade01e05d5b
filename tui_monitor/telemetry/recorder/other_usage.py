"""Usage in forms of their own: Bedrock's Converse, Cohere, Ollama."""

from __future__ import annotations

from tui_monitor.telemetry.recorder.response_fields import count, field, first_count, items, text
from tui_monitor.telemetry.recorder.response_usage import ReportedUsage, ResponseUsage


def read_converse(reported: ReportedUsage) -> ResponseUsage | None:
    """Read Bedrock's form, whose input excludes cache reads and writes."""
    counts = reported.counts
    if first_count(counts, "inputTokens", "outputTokens") is None:
        return None
    by_lifetime = items(field(counts, "cacheDetails"))
    cached_input = count(counts, "cachedInputTokens")  # the Vercel AI SDK's name, a part of the input
    fresh = count(counts, "inputTokens")
    return ResponseUsage(
        model=text(reported.body, "modelId") or text(reported.body, "model"),
        input_tokens=fresh - cached_input if fresh >= cached_input else fresh,
        output_tokens=count(counts, "outputTokens"),
        cache_read_tokens=count(counts, "cacheReadInputTokens", "cacheReadInputTokenCount", "cacheReadTokens")
        or cached_input,
        cache_creation_tokens=count(counts, "cacheWriteInputTokens", "cacheWriteInputTokenCount", "cacheWriteTokens"),
        cache_creation_1h_tokens=sum(count(each, "inputTokens") for each in by_lifetime if text(each, "ttl") == "1h"),
        reasoning_tokens=min(count(counts, "outputTokens"), count(counts, "reasoningTokens")),
        service_tier=text(field(reported.body, "serviceTier"), "type"),
        lower_bound=not (fresh or count(counts, "cacheReadInputTokens")),
    )


def read_cohere(reported: ReportedUsage) -> ResponseUsage | None:
    """Read Cohere's form: the billed units, which may be fewer than the tokens."""
    billed = field(reported.counts, "billed_units")
    counts = field(reported.counts, "tokens") if first_count(billed, "input_tokens") is None else billed
    if first_count(counts, "input_tokens", "output_tokens") is None:
        return None
    cached, prompt = count(reported.counts, "cached_tokens"), count(counts, "input_tokens")
    return ResponseUsage(
        model=text(reported.body, "model"),
        input_tokens=prompt - cached if prompt >= cached else prompt,
        output_tokens=count(counts, "output_tokens"),
        cache_read_tokens=cached,
        lower_bound=not prompt,
    )


def read_ollama(reported: ReportedUsage) -> ResponseUsage | None:
    """Read the form of Ollama's own interface. A prompt in its cache may be left out."""
    prompt, output = first_count(reported.counts, "prompt_eval_count"), first_count(reported.counts, "eval_count")
    if prompt is None and output is None:
        return None
    return ResponseUsage(text(reported.body, "model"), prompt or 0, output or 0, lower_bound=not prompt)
