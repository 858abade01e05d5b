"""``TelemetryRecord`` objects: the usage of one model response, and the tool call that it may include."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import CallFinished, CallStarted, CallState, Event, Rank, Tokens, Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import count, number, text, to_picodollars
from tui_monitor.sources.stream.origin import LineOrigin
from tui_monitor.sources.stream.tools import call_subject, is_approved, tool_kind

_COUNTS = (
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "cache_read_tokens",
    "cache_creation_tokens",
    "total_tokens",
)


def usage_events(record: Record, origin: LineOrigin) -> Iterator[Event]:
    """Yield the events of one record. A record of a tool alone, without tokens, is no response."""
    if text(record.get("tool_name")):
        yield from _call(record, origin)
    if has_tokens(record) or not record.get("tool_name"):
        yield usage_of(record, origin)


def has_tokens(record: Record) -> bool:
    """Return True if a record counts any tokens."""
    return any(count(record.get(name)) for name in _COUNTS)


def usage_of(record: Record, origin: LineOrigin, is_lower_bound: bool = False) -> Usage:
    """Return the usage of one response. With only a total, or if the record says so, it is a lower bound."""
    tokens = _tokens(record)
    has_counts = tokens.total or not count(record.get("total_tokens"))
    is_complete = has_counts and not is_lower_bound and record.get("lower_bound") is not True
    return Usage(
        session=origin.session,
        agent=origin.agent,
        at=origin.at,
        strong_ids=(origin.uid,),
        model=text(record.get("model")),
        provider=text(record.get("provider")),
        engine=text(record.get("engine_id")),
        tokens=tokens if has_counts else Tokens(input=count(record.get("total_tokens"))),
        rank=Rank.FINAL if is_complete else Rank.PARTIAL,
        operation=text(record.get("operation")),
        web_searches=count(record.get("web_searches")),
        service_tier=text(record.get("service_tier")),
        speed=text(record.get("speed")),
        region=text(record.get("region")),
        reported_cost=to_picodollars(record.get("estimated_cost")) or None,  # 0 when its writer knows no price
        duration_ms=number(record.get("duration_ms")),
        ttft_ms=number(record.get("ttft_ms")),
        plan=text(record.get("plan_id")),
        task=text(record.get("task_id")),
    )


def _tokens(record: Record) -> Tokens:
    """Read the counts. ``cached_tokens`` is another name for ``cache_read_tokens``."""
    return Tokens(
        input=count(record.get("input_tokens")),
        output=count(record.get("output_tokens")),
        cache_read=max(count(record.get("cache_read_tokens")), count(record.get("cached_tokens"))),
        cache_creation=count(record.get("cache_creation_tokens")),
        cache_creation_1h=count(record.get("cache_creation_1h_tokens")),
        reasoning=count(record.get("reasoning_tokens")),
    )


def _call(record: Record, origin: LineOrigin) -> Iterator[Event]:
    tool, arguments, approved = text(record["tool_name"]), text(record.get("tool_args")), is_approved(record)
    kind = tool_kind(tool, arguments)
    yield CallStarted(
        session=origin.session,
        agent=origin.agent,
        at=origin.at,
        call=origin.uid,
        uid=origin.uid,
        tool=tool,
        kind=kind,
        subject=call_subject(arguments, kind),
        input=arguments,
        model=text(record.get("model")),
        ref=origin.ref,
    )
    yield CallFinished(
        session=origin.session,
        agent=origin.agent,
        at=origin.at,
        call=origin.uid,
        state=CallState.REJECTED if approved is False else CallState.OK,
        approved=approved,
        approval=text(record.get("tool_approval_type")),
        ref=origin.ref,
    )
