"""The metrics of a store in both generations of the GenAI conventions: cumulative, so that none is lost or counted
twice however often they are sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui_monitor.events import PICO
from tui_monitor.forwarding.attributes import known
from tui_monitor.forwarding.model import Attributes, ForwardedMetric
from tui_monitor.store import TokenDistribution

_USAGE = "gen_ai.client.inference.usage."
_COUNTERS = {
    f"{_USAGE}input_tokens": ("prompt", "Input tokens, with those that went through caches."),
    f"{_USAGE}output_tokens": ("output", "Output tokens."),
    f"{_USAGE}cache_read.input_tokens": ("cache_read", "Input tokens that were read from a cache."),
    f"{_USAGE}cache_write.input_tokens": ("cache_creation", "Input tokens that were written to a cache."),
    f"{_USAGE}reasoning.output_tokens": ("reasoning", "Output tokens that were spent reasoning."),
}
_TOKEN = "{token}"


def usage_metrics(models: Sequence[TokenDistribution]) -> Iterator[ForwardedMetric]:
    """Yield the metrics of all models."""
    labels = [(_labels(one), one) for one in models]
    yield ForwardedMetric(
        "gen_ai.client.token.usage",
        _TOKEN,
        "Number of input and output tokens used.",
        distributions=tuple(
            ({**own, "gen_ai.token.type": kind}, one.first_at, values)
            for own, one in labels
            for kind, values in (("input", one.prompts), ("output", one.outputs))
        ),
    )
    yield ForwardedMetric(
        "gen_ai.client.operation.duration",
        "s",
        "GenAI operation duration.",
        distributions=tuple((own, one.first_at, one.durations) for own, one in labels if one.durations.count),
        scale=1e-3,
    )
    for name, (kind, description) in _COUNTERS.items():
        sums = tuple((own, one.first_at, _count(one, kind)) for own, one in labels)
        yield ForwardedMetric(name, _TOKEN, description, sums=sums)
    costs = tuple((own, one.first_at, one.amount.cost / PICO) for own, one in labels)
    yield ForwardedMetric("tui_monitor.cost", "USD", "Cost at list prices, of requests with a known price.", sums=costs)


def _labels(one: TokenDistribution) -> Attributes:
    facts = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": one.provider,
        "gen_ai.system": one.provider,
        "gen_ai.request.model": one.model,
        "gen_ai.response.model": one.model,
        "tui_monitor.operation": one.operation,
    }
    return known(facts)


def _count(one: TokenDistribution, kind: str) -> int:
    return one.prompts.total if kind == "prompt" else int(getattr(one.amount, kind))
