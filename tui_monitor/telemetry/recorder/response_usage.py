"""Token usage of one response, in one form for all providers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class ResponseUsage:
    """Tokens of one response, named like the arguments of `record_usage`: ``record_usage(**asdict(usage))``.

    Attributes:
        model: Model that answered, empty if the response does not name it.
        input_tokens: Input tokens, without cache reads and writes.
        output_tokens: Output tokens, including ``reasoning_tokens``.
        cache_read_tokens: Input tokens read from the prompt cache.
        cache_creation_tokens: Input tokens written to the prompt cache.
        cache_creation_1h_tokens: The part of ``cache_creation_tokens`` that is kept for one hour.
        reasoning_tokens: The part of ``output_tokens`` spent on reasoning.
        web_searches: Searches billed with the response.
        service_tier: Tier that served the response, such as ``priority``, as the provider names it.
        speed: Speed of the response, such as ``fast``.
        region: Region that the request was bound to, if the provider charges for that.
        operation: Purpose of the request, if the provider says it: ``advisor``.
        estimated_cost: US dollars, if the response names its price.
        lower_bound: True if the response does not report all its tokens: a stream broken off, zeros for a real answer.
    """

    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_creation_tokens: int = 0
    cache_creation_1h_tokens: int = 0
    reasoning_tokens: int = 0
    web_searches: int = 0
    service_tier: str = ""
    speed: str = ""
    region: str = ""
    operation: str = ""
    estimated_cost: float | None = None
    lower_bound: bool = False

    @property
    def prompt_tokens(self) -> int:
        """Input tokens with cache reads and writes."""
        return self.input_tokens + self.cache_read_tokens + self.cache_creation_tokens

    @property
    def total_tokens(self) -> int:
        """Input, output, cache read and cache creation tokens, each counted once."""
        return self.prompt_tokens + self.output_tokens

    def merge(self, other: ResponseUsage) -> ResponseUsage:
        """Return the usage of two parts of one stream: counts only grow, and a later part knows more of the prompt.

        It is complete if either part is.
        """
        cache_read = max(self.cache_read_tokens, other.cache_read_tokens)
        cache_creation = max(self.cache_creation_tokens, other.cache_creation_tokens)
        prompt = max(self.prompt_tokens, other.prompt_tokens)
        return ResponseUsage(
            model=self.model or other.model,
            input_tokens=max(0, prompt - cache_read - cache_creation),
            output_tokens=max(self.output_tokens, other.output_tokens),
            cache_read_tokens=cache_read,
            cache_creation_tokens=cache_creation,
            cache_creation_1h_tokens=max(self.cache_creation_1h_tokens, other.cache_creation_1h_tokens),
            reasoning_tokens=max(self.reasoning_tokens, other.reasoning_tokens),
            web_searches=max(self.web_searches, other.web_searches),
            service_tier=other.service_tier or self.service_tier,
            speed=other.speed or self.speed,
            region=other.region or self.region,
            operation=self.operation or other.operation,
            estimated_cost=_largest(self.estimated_cost, other.estimated_cost),
            lower_bound=self.lower_bound and other.lower_bound,
        )

    def plus(self, other: ResponseUsage) -> ResponseUsage:
        """Return the usage of two responses together, with the names of the first."""
        costs = (self.estimated_cost, other.estimated_cost)
        return ResponseUsage(
            model=self.model or other.model,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cache_read_tokens=self.cache_read_tokens + other.cache_read_tokens,
            cache_creation_tokens=self.cache_creation_tokens + other.cache_creation_tokens,
            cache_creation_1h_tokens=self.cache_creation_1h_tokens + other.cache_creation_1h_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
            web_searches=self.web_searches + other.web_searches,
            service_tier=self.service_tier or other.service_tier,
            speed=self.speed or other.speed,
            region=self.region or other.region,
            operation=self.operation or other.operation,
            estimated_cost=None if None in costs else sum(cost for cost in costs if cost is not None),
            lower_bound=self.lower_bound or other.lower_bound,
        )


@dataclass(frozen=True, slots=True)
class ReportedUsage:
    """The counts of a response, the ``body`` whose model and tools they are about, and the ``event`` around it."""

    event: object
    body: object
    counts: object


UsageReader: TypeAlias = Callable[[ReportedUsage], ResponseUsage | None]
"""Reads one shape of usage; returns None for any other."""


def _largest(one: float | None, other: float | None) -> float | None:
    return max((cost for cost in (one, other) if cost is not None), default=None)
