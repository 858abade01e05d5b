"""Token counts and costs: ``input`` excludes cache reads and writes, ``output`` includes reasoning.

A fork copies responses with their times, under new entry ids in older versions; so a response is named by its time, its
model and its counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tui_monitor.events import ContextUpdate, Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.event_line import EventLine
from tui_monitor.sources.shared.fields import count, number, table, text, to_epoch_ms, to_picodollars
from tui_monitor.sources.shared.model_windows import ModelWindows

_UNFINISHED = ("aborted", "error")
"""Reasons why a response stopped, after which its counts do not measure the context."""

_FAMILIES = ("openai", "anthropic", "google")


@dataclass(frozen=True, slots=True)
class PiSpending:
    """The model of a request, when it was sent (epoch ms), and its purpose (empty: the conversation). ``part`` names it
    where several may have been sent at the same time."""

    provider: str
    model: str
    sent_at: int
    operation: str = ""
    service_tier: str = ""
    part: str = ""


def read_tokens(record: Record) -> Tokens:
    """Read the counts of one response."""
    return Tokens(
        input=count(record.get("input")),
        output=count(record.get("output")),
        cache_read=count(record.get("cacheRead")),
        cache_creation=count(record.get("cacheWrite")),
        cache_creation_1h=min(count(record.get("cacheWrite1h")), count(record.get("cacheWrite"))),
        reasoning=min(count(record.get("reasoning")), count(record.get("output"))),
    )


def usage_of(
    record: Record, spending: PiSpending, line: EventLine, response: str = "", duration_ms: int | None = None
) -> Iterator[Usage]:
    """Yield the response with the counts of ``record``, unless it used no tokens.

    Args:
        record: the ``usage`` of an entry.
        spending: what the tokens were spent on.
        line: the context of the entry.
        response: the provider's id of the response, if it is known.
        duration_ms: the duration of the request, if it is known.
    """
    tokens = read_tokens(record)
    if not tokens.total:
        return
    name = f"{spending.sent_at or line.at}+{spending.part or spending.model}"
    counts = f"{tokens.input},{tokens.output},{tokens.cache_read},{tokens.cache_creation}"
    yield Usage(
        **line.fields,
        strong_ids=(f"{line.session.source}:{name}+{counts}",),
        weak_ids=(f"resp:{response}",) if response else (),
        model=spending.model,
        provider=spending.provider,
        tokens=tokens,
        operation=spending.operation,
        service_tier=spending.service_tier,
        reported_cost=_reported_cost(record),
        duration_ms=duration_ms,
    )


def response_usage(
    message: Record, line: EventLine, tiers: dict[str, str], windows: ModelWindows
) -> Iterator[Usage | ContextUpdate]:
    """Yield the response of a message of the model, and the size of the context after it."""
    provider, model = text(message.get("provider")), text(message.get("responseModel")) or text(message.get("model"))
    counts, sent_at = table(message.get("usage")), to_epoch_ms(message.get("timestamp"))
    spending = PiSpending(provider, model, sent_at, service_tier=_tier(provider, tiers))
    yield from usage_of(counts, spending, line, text(message.get("responseId")), _duration_ms(message, sent_at, line))
    size = number(counts.get("totalTokens")) or read_tokens(counts).total
    if size and message.get("stopReason") not in _UNFINISHED:
        limit = windows.limit_of(provider, text(message.get("model")))
        yield ContextUpdate(**line.fields, tokens=size, limit=limit, model=model)


def _duration_ms(message: Record, sent_at: int, line: EventLine) -> int | None:
    """Return the duration of a request: versions that do not measure it write the response when it is complete."""
    measured = number(message.get("durationMs"))
    return measured if measured is not None or not sent_at else max(0, line.at - sent_at)


def _reported_cost(record: Record) -> int | None:
    """Return the agent's own cost. It is 0 where the price is unknown and where a subscription pays."""
    cost = record.get("cost")
    return to_picodollars(cost.get("total") if isinstance(cost, dict) else cost) or None


def _tier(provider: str, tiers: dict[str, str]) -> str:
    tier = next((tiers.get(family, "") for family in _FAMILIES if family in provider), "")
    return "" if tier in ("auto", "default") else tier
