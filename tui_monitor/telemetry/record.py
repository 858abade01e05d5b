"""Recording what happens to an agent: one call, one line in the stream. None of these raises or waits."""

from __future__ import annotations

from collections.abc import Mapping

from tui_monitor.telemetry.executions import ToolExecution
from tui_monitor.telemetry.recording import unfailing, write
from tui_monitor.telemetry.settings import current as settings_now
from tui_monitor.telemetry.wire import change_to_json

_HUGE = float("inf")


@unfailing
def record_start(execution: ToolExecution) -> None:
    """A tool begins to run: the monitor shows it as running until it is recorded as complete."""
    content = {"input": execution.input if settings_now().include_tool_args else None}
    write("tool_start", _facts(execution), content)


@unfailing
def record_persistent(execution: ToolExecution) -> None:
    """A tool has run: this line makes it last. Recording the same execution again changes nothing."""
    settings = settings_now()
    facts = _facts(execution)
    facts["success"] = execution.success
    facts["duration_ms"] = max(0, execution.duration_ms)
    if execution.tokens:
        facts["tokens"] = {"input": execution.tokens.input, "output": execution.tokens.output}
    content = {
        "input": execution.input if settings.include_tool_args else None,
        "output": execution.output,
        "error": execution.error,
        "metadata": execution.metadata,
    }
    if execution.files_affected:
        content["files_affected"] = [
            change_to_json(each, settings.include_file_content) for each in execution.files_affected
        ]
    if "tool_approved" in execution.metadata:
        facts |= {name: execution.metadata.get(name) for name in ("tool_approved", "tool_approval_type")}
    write("tool", facts, content)


@unfailing
def record_context(current: int | None, limit: int | None = None, *, model: str = "") -> None:
    """Tokens in the agent's context window (None: not known until the next response), and tokens that fit in."""
    facts: dict[str, object] = {"current": current, "limit": limit}
    write("context", facts | {"model": model} if model else facts)


@unfailing
def record_log(message: str, level: str = "info") -> None:
    """A line of the agent's log; the level is one of debug, info, warning, error."""
    write("log", {"level": level}, {"message": message})


@unfailing
def write_metric(name: str, value: float, tags: Mapping[str, str]) -> None:
    """One value of a custom metric. What is no number (NaN, infinite) cannot be written."""
    if abs(value) < _HUGE:
        write("metric", {"name": name, "value": value}, {"tags": tags} if tags else {})


@unfailing
def record_agent(agent_id: str, facts: Mapping[str, object], content: Mapping[str, object]) -> None:
    """What is new of an agent; fields are those of the agents table (see ``stream.schema.json``)."""
    write("agent", {"agent_id": agent_id, **facts}, content)


@unfailing
def write_request(
    endpoint: str, method: str, duration: float, status: int, used: int | None, model: str | None, error: str | None
) -> None:
    """One request to an endpoint of a service; ``duration`` is seconds."""
    facts: dict[str, object] = {
        "endpoint": endpoint,
        "method": method or None,
        "duration": max(0.0, duration),
        "status_code": status,
        "tokens_used": used,
    }
    write("request", facts | {"model": model} if model else facts, {"error": error} if error else {})


def _facts(execution: ToolExecution) -> dict[str, object]:
    facts: dict[str, object] = {
        "id": execution.id,
        "tool_name": execution.tool_name,
        "started_at": execution.started_at,
        "parent_id": execution.parent_id,
    }
    if execution.session_id:
        facts["session_id"] = execution.session_id
    if execution.model:
        facts["model"] = execution.model
    return facts
