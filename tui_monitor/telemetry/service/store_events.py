"""Conversion of agent and telemetry records to events for the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tui_monitor.events import (
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    Event,
    SessionKey,
    ToolKind,
    Usage,
    custom_events,
)
from tui_monitor.telemetry.recorder.json_codec import to_jsonable
from tui_monitor.telemetry.recorder.privacy import without_paths, without_secrets
from tui_monitor.telemetry.recorder.settings import current_settings
from tui_monitor.telemetry.service.records import AgentRecord, TelemetryRecord, epoch_ms, record_uid, usage_event

SOURCE = "stream"
"""Source name of sessions that agents record themselves: the same for the stream and for the service."""


def agent_events(record: AgentRecord, session: SessionKey, agent: str, parent: str | None, at: int) -> Iterator[Event]:
    """Return an agent record as events of this time (epoch milliseconds): itself, and the fields added by hooks."""
    update = AgentUpdate(
        session=session,
        agent=agent,
        at=at,
        parent=parent,
        type=record.agent_type,
        description=_filter_text("description", record.description),
        model=record.model or "",
        status=record.status,
        started=None if record.start_time is None else epoch_ms(record.start_time),
        ended=None if record.end_time is None else epoch_ms(record.end_time),
        exit_code=record.exit_code,
        error=_filter_text("error_message", record.error_message),
        log_file=_filter_text("log_file", record.log_file),
        process_id=record.process_id,
        plan=record.plan_id or "",
        task=record.task_id or "",
        category=record.category or "",
    )
    yield update
    yield from custom_events(update, "", custom_content(record.custom))


def telemetry_events(record: TelemetryRecord, session: SessionKey, agent: str) -> Iterator[Event]:
    """Return a telemetry record as events with its uid.

    They are the tool call, the response, and the fields added by hooks.
    """
    if record.tool_name:
        yield from _call_events(record, session, agent)
    if record.total_tokens or not record.tool_name:
        yield usage_event(record, session, agent)
    place = Event(session=session, agent=agent, at=epoch_ms(record.timestamp))
    yield from custom_events(place, record_uid(record), custom_content(record.custom))


def with_prices(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Return the events with the responses at the prices of their time. The first call loads the price list."""
    from tui_monitor.telemetry.statistics.cost import rates_of

    return tuple(replace(event, rates=rates_of(event)) if isinstance(event, Usage) else event for event in events)


def _call_events(record: TelemetryRecord, session: SessionKey, agent: str) -> Iterator[Event]:
    arguments = _filter_text("tool_args", record.tool_args) if current_settings().include_tool_args else ""
    uid, at = record_uid(record), epoch_ms(record.timestamp)
    yield CallStarted(
        session=session,
        agent=agent,
        at=at,
        call=uid,
        uid=uid,
        tool=record.tool_name or "",
        kind=ToolKind.OTHER,
        subject=arguments,
        input=arguments,
        model=record.model or "",
        exact=False,  # the stream knows the kind of the tool
    )
    yield CallFinished(
        session=session,
        agent=agent,
        at=at,
        call=uid,
        state=CallState.REJECTED if record.tool_approved is False else CallState.OK,
        approved=record.tool_approved,
        approval=record.tool_approval_type or "",
    )


def custom_content(fields: Mapping[str, object]) -> dict[str, object]:
    """Return fields as JSON values, with paths and secrets replaced as the settings say."""
    return _filter({name: to_jsonable(value) for name, value in fields.items()})


def _filter_text(name: str, text: str | None) -> str:
    """Return the text of a field with paths and secrets replaced as the settings say."""
    return str(next(iter(_filter({name: text or ""}).values())))


def _filter(content: object) -> dict[str, object]:
    settings = current_settings()
    if settings.anonymize_paths:
        content = without_paths(content)
    if settings.mask_secrets:
        content = without_secrets(content)
    assert isinstance(content, dict)
    return content
