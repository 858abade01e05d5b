"""The documents' ``TelemetryRecord`` → the usage of one model response, and the tool call that it may tell of."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import PICO, CallFinished, CallStarted, CallState, Event, Rank, Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import count, number, text
from tui_monitor.sources.stream.origin import Place
from tui_monitor.sources.stream.tools import approved, kind, subject

_COUNTS = (
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "cache_read_tokens",
    "cache_creation_tokens",
    "total_tokens",
)

_MOST_DOLLARS = 1_000_000


def read(record: Record, place: Place) -> Iterator[Event]:
    """The events of one record. One about a tool alone, without tokens, is no response."""
    if text(record.get("tool_name")):
        yield from _call(record, place)
    if any(count(record.get(name)) for name in _COUNTS) or not record.get("tool_name"):
        yield _usage(record, place)


def _usage(record: Record, place: Place) -> Usage:
    tokens = _tokens(record)
    told = tokens.total or not count(record.get("total_tokens"))
    return Usage(
        session=place.session,
        agent=place.agent,
        at=place.at,
        strong_ids=(place.name,),
        model=text(record.get("model")),
        provider=text(record.get("provider")),
        engine=text(record.get("engine_id")),
        tokens=tokens if told else Tokens(input=count(record.get("total_tokens"))),
        rank=Rank.FINAL if told else Rank.PARTIAL,
        operation=text(record.get("operation")),
        web_searches=count(record.get("web_searches")),
        service_tier=text(record.get("service_tier")),
        reported_cost=_picodollars(record.get("estimated_cost")),
        duration_ms=number(record.get("duration_ms")),
        ttft_ms=number(record.get("ttft_ms")),
        plan=text(record.get("plan_id")),
        task=text(record.get("task_id")),
    )


def _tokens(record: Record) -> Tokens:
    """``cached_tokens`` is another name of ``cache_read_tokens``: the same tokens, told twice."""
    return Tokens(
        input=count(record.get("input_tokens")),
        output=count(record.get("output_tokens")),
        cache_read=max(count(record.get("cache_read_tokens")), count(record.get("cached_tokens"))),
        cache_creation=count(record.get("cache_creation_tokens")),
        cache_creation_1h=count(record.get("cache_creation_1h_tokens")),
        reasoning=count(record.get("reasoning_tokens")),
    )


def _picodollars(dollars: object) -> int | None:
    """A cost of 0 is what a record holds whose writer knows no price: it says nothing."""
    return round(dollars * PICO) if isinstance(dollars, int | float) and 0 < dollars < _MOST_DOLLARS else None


def _call(record: Record, place: Place) -> Iterator[Event]:
    tool, arguments, allowed = text(record["tool_name"]), text(record.get("tool_args")), approved(record)
    yield CallStarted(
        session=place.session,
        agent=place.agent,
        at=place.at,
        call=place.name,
        uid=place.name,
        tool=tool,
        kind=kind(tool),
        subject=subject(arguments),
        input=arguments,
        model=text(record.get("model")),
        ref=place.ref,
    )
    yield CallFinished(
        session=place.session,
        agent=place.agent,
        at=place.at,
        call=place.name,
        state=CallState.REJECTED if allowed is False else CallState.OK,
        approved=allowed,
        approval=text(record.get("tool_approval_type")),
        ref=place.ref,
    )
