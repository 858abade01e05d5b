"""Records of the service as lines of the stream: a monitor sees them at once, as those of `session` and `agent`.

The store gets them twice, from the service and from the stream, and keeps each once: their ids are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from tui_monitor.telemetry.recorder.process import process_facts
from tui_monitor.telemetry.recorder.record import never_raises, record_agent, write_event
from tui_monitor.telemetry.recorder.scope import Scope, is_open, process_scope, use_scope
from tui_monitor.telemetry.recorder.settings import current_settings, working_directory
from tui_monitor.telemetry.service.records import AgentRecord, TelemetryRecord

_CONTENT = ("tool_args", "custom")
_NO_NUMBERS = (
    "cache_read_tokens",
    "cache_creation_tokens",
    "cache_creation_1h_tokens",
    "reasoning_tokens",
)


@never_raises
def announce(session_id: str) -> None:
    """Record where a session runs, unless whoever opened it has: by its folder the monitor finds it."""
    if session_id != process_scope().session_id and not is_open(session_id):
        with use_scope(Scope(session_id)):
            record_agent(session_id, process_facts(), {"cwd": working_directory()})


@never_raises
def write_agent(record: AgentRecord, session_id: str) -> None:
    """Write an agent record; its empty fields are left out."""
    facts: dict[str, object] = {
        "agent_type": record.agent_type or None,
        "parent_id": record.parent_id,
        "plan_id": record.plan_id,
        "task_id": record.task_id,
        "model": record.model,
        "status": str(record.status),
        "process_id": record.process_id,
        "start_time": record.start_time,
        "end_time": record.end_time,
        "exit_code": record.exit_code,
        "category": record.category,
    }
    content: dict[str, object] = {
        "description": record.description,
        "error_message": record.error_message,
        "log_file": record.log_file,
        "custom": record.custom or None,
    }
    with use_scope(Scope(session_id)):  # a record states all of itself
        record_agent(record.id, _without_nulls(facts), {name: value for name, value in content.items() if value})


@never_raises
def write_telemetry(record: TelemetryRecord, session_id: str) -> None:
    """Write a telemetry record as a ``usage`` line with the id of the record."""
    values = {each.name: getattr(record, each.name) for each in fields(record)}
    content = {name: value for name in _CONTENT if (value := values.pop(name))}
    if not current_settings().include_tool_args:
        content.pop("tool_args", None)
    facts = {name: value for name, value in values.items() if value or name not in _NO_NUMBERS}
    with use_scope(Scope(session_id)):
        write_event("usage", _without_nulls(facts), content)


def _without_nulls(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if value is not None}
