"""Records of agents and their telemetry → the events that the store takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tui_monitor.events import (
    MAIN,
    PICO,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    Event,
    LogLine,
    MetricSample,
    SessionKey,
    Tokens,
    ToolKind,
    Usage,
)
from tui_monitor.telemetry.recorder.json_codec import words
from tui_monitor.telemetry.recorder.privacy import without_paths, without_secrets
from tui_monitor.telemetry.recorder.settings import current
from tui_monitor.telemetry.service.records import AgentRecord, TelemetryRecord

SOURCE = "stream"
"""The source's name of what agents record themselves, whichever way it takes: a session is the same on both."""

_NOWHERE = SessionKey(SOURCE, "")
_THOUSAND = 1000


def agent_event(record: AgentRecord, session: SessionKey, agent: str, parent: str | None, at: int) -> AgentUpdate:
    """All that a record tells of an agent, told at this time (epoch milliseconds)."""
    return AgentUpdate(
        session=session,
        agent=agent,
        at=at,
        parent=parent,
        type=record.agent_type,
        description=_allowed("description", record.description),
        model=record.model or "",
        status=record.status,
        started=_millis(record.start_time),
        ended=_millis(record.end_time),
        exit_code=record.exit_code,
        error=_allowed("error_message", record.error_message),
        log_file=_allowed("log_file", record.log_file),
        process_id=record.process_id,
        plan=record.plan_id or "",
        task=record.task_id or "",
        category=record.category or "",
    )


def telemetry_events(record: TelemetryRecord, session: SessionKey, agent: str) -> Iterator[Event]:
    """The response of a record with the price in force, the call that it made, and what hooks have added: numbers as
    metrics, anything else as lines of the log. All are named after the record."""
    if record.tool_name:
        yield from _call(record, session, agent)
    if record.total_tokens or not record.tool_name:
        yield _priced(usage_event(record, session, agent))
    for name, value in record.custom.items():
        yield _added(record, session, agent, name, value)


def usage_event(record: TelemetryRecord, session: SessionKey = _NOWHERE, agent: str = MAIN) -> Usage:
    """The response of a record, without a price."""
    return Usage(
        session=session,
        agent=agent,
        at=_at(record),
        strong_ids=(_name(record),),
        model=record.model or "",
        provider=record.provider or "",
        engine=record.engine_id or "",
        tokens=Tokens(
            input=record.input_tokens,
            output=record.output_tokens,
            cache_read=record.cache_read_tokens,
            cache_creation=record.cache_creation_tokens,
            cache_creation_1h=record.cache_creation_1h_tokens,
            reasoning=record.reasoning_tokens,
        ),
        operation=record.operation or "",
        reported_cost=round(record.estimated_cost * PICO) if record.estimated_cost else None,
        duration_ms=record.duration_ms,
        ttft_ms=record.ttft_ms,
        plan=record.plan_id or "",
        task=record.task_id or "",
    )


def _priced(usage: Usage) -> Usage:
    from tui_monitor.telemetry.statistics.cost import rates_of

    return replace(usage, rates=rates_of(usage))


def _call(record: TelemetryRecord, session: SessionKey, agent: str) -> Iterator[Event]:
    arguments = _allowed("tool_args", record.tool_args) if current().include_tool_args else ""
    name, at = _name(record), _at(record)
    yield CallStarted(
        session=session,
        agent=agent,
        at=at,
        call=name,
        uid=name,
        tool=record.tool_name or "",
        kind=ToolKind.OTHER,
        subject=arguments,
        input=arguments,
        model=record.model or "",
    )
    yield CallFinished(
        session=session,
        agent=agent,
        at=at,
        call=name,
        state=CallState.REJECTED if record.tool_approved is False else CallState.OK,
        approved=record.tool_approved,
        approval=record.tool_approval_type or "",
    )


def _added(record: TelemetryRecord, session: SessionKey, agent: str, name: str, value: object) -> Event:
    uid = f"{_name(record)}:{name}"
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf"):
        return MetricSample(session=session, agent=agent, at=_at(record), uid=uid, name=name, value=float(value))
    text = f"{name}: {_allowed(name, words(value))}"
    return LogLine(session=session, agent=agent, at=_at(record), uid=uid, text=text, level="info")


def _name(record: TelemetryRecord) -> str:
    return f"uid:{record.uid}"


def _at(record: TelemetryRecord) -> int:
    return round(record.timestamp * _THOUSAND)


def _millis(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * _THOUSAND)


def _allowed(name: str, text: str | None) -> str:
    """What may be kept of the text of a field, by the settings of this moment."""
    settings = current()
    content: object = {name: text or ""}
    if settings.anonymize_paths:
        content = without_paths(content)
    if settings.mask_secrets:
        content = without_secrets(content)
    assert isinstance(content, dict)
    return str(next(iter(content.values())))
