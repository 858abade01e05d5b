"""Recording functions: one call appends one line to the stream. None of them raises or waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps

from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.executions import ToolExecution
from tui_monitor.telemetry.recorder.json_codec import change_to_json
from tui_monitor.telemetry.recorder.problems import report_lost_event
from tui_monitor.telemetry.recorder.runtime import LOCK
from tui_monitor.telemetry.recorder.scope import current_execution
from tui_monitor.telemetry.recorder.settings import current_settings
from tui_monitor.telemetry.recorder.validation import check_count, check_text

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import ParamSpec, TypeAlias

    P = ParamSpec("P")
    AppendEvent: TypeAlias = Callable[[str, Mapping[str, object], Mapping[str, object]], None]

_INFINITY = float("inf")
_INTEGER_LIMIT = 2**53
_NO_CONTENT: Mapping[str, object] = {}
_append_event: AppendEvent | None = None
_latest: tuple[ToolExecution, tuple[object, ...]] | None = None
"""The execution that `TOOL_EXECUTIONS` recorded last, as it was."""


def never_raises(function: Callable[P, None]) -> Callable[P, None]:
    """Decorate a recording function: its exceptions are counted, and logged once, never raised into the agent."""
    name = getattr(function, "__name__", "recording")

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except Exception as error:
            report_lost_event(name, error)

    return guarded


def write_event(event_type: str, facts: Mapping[str, object], content: Mapping[str, object] = _NO_CONTENT) -> None:
    """Append an event to the stream, if recording is enabled and persistent. Call it from `never_raises` functions.

    ``facts`` are numbers, and names chosen by the agent; they override fields of the scope. ``content`` is data of
    tools and files, of any type: secrets and paths in it are masked as the settings say. Encoding and file access are
    imported with the first event.

    Raises:
        Exception: The event cannot be encoded. Failure to write it does not raise.
    """
    global _append_event
    if _append_event is None:
        _append_event = _import_append_event()
    _append_event(event_type, facts, content)


def _import_append_event() -> AppendEvent:
    # Under the lock: a child forked while another thread imports would wait for that import for ever.
    with LOCK:
        from tui_monitor.telemetry.recorder.event_lines import append_event
    return append_event


@never_raises
def record_start(execution: ToolExecution) -> None:
    """Record that a tool has started. The monitor shows it as running until its completion is recorded."""
    content = {"input": execution.input if current_settings().include_tool_args else None}
    write_event("tool_start", _execution_facts(execution), content)


@never_raises
def record_output(text: str, execution: ToolExecution | None = None) -> None:
    """Record what a running tool has printed since the last time; the monitor shows its last lines while it runs.

    Args:
        text: The printed text, with its line breaks; a piece may end within a line.
        execution: The tool's execution; by default the one running in this context.
    """
    call = execution.id if execution else current_execution()
    if call is None:
        raise ValidationError("there is output of a tool, but none is running here")
    facts: dict[str, object] = {"id": call}
    if execution and execution.session_id:
        facts["session_id"] = execution.session_id
    write_event("output", facts, {"text": text})


@never_raises
def record_execution(execution: ToolExecution) -> None:
    """Record a completed execution in the stream; `record_persistent` adds nothing to it unless it changes."""
    global _latest
    _write_execution(execution)
    _latest = execution, _content_of(execution)


@never_raises
def record_persistent(execution: ToolExecution) -> None:
    """Record a completed execution in the stream. Recording the same one again changes nothing."""
    if _latest is None or _latest[0] is not execution or _latest[1] != _content_of(execution):
        _write_execution(execution)


def _content_of(execution: ToolExecution) -> tuple[object, ...]:
    return (
        execution.success,
        execution.output,
        execution.error,
        execution.duration_ms,
        execution.tokens,
        execution.parent_id,
        execution.session_id,
        execution.model,
        len(execution.files_affected),
        len(execution.metadata),
    )


def _write_execution(execution: ToolExecution) -> None:
    settings = current_settings()
    facts = _execution_facts(execution)
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
    if "waited_ms" in execution.metadata:
        facts["waited_ms"] = execution.metadata["waited_ms"]
    if "tool_approved" in execution.metadata:
        facts |= {name: execution.metadata.get(name) for name in ("tool_approved", "tool_approval_type")}
    write_event("tool", facts, content)


@never_raises
def record_context(current: int | None, limit: int | None = None, *, model: str = "") -> None:
    """Record the size of the agent's context, in tokens.

    Args:
        current: Tokens in the context window; None if unknown until the next response (after a compaction).
        limit: Tokens that fit in the window; None if unknown.
        model: Model of the context; by default that of the scope.
    """
    for name, tokens in (("current", current), ("limit", limit)):
        if tokens is not None:
            check_count(name, tokens)
    facts: dict[str, object] = {"current": current, "limit": limit}
    write_event("context", facts | {"model": model} if model else facts)


@never_raises
def record_log(message: str, level: str = "info") -> None:
    """Record a log message of the agent. ``level`` is one of debug, info, warning, error."""
    check_text("message", message, required=True)
    write_event("log", {"level": level}, {"message": message})


@never_raises
def record_agent(agent_id: str, facts: Mapping[str, object], content: Mapping[str, object]) -> None:
    """Record new facts about an agent, with the field names of an ``agent`` line (see ``stream.schema.json``)."""
    write_event("agent", {"agent_id": agent_id, **facts}, content)


@never_raises
def write_metric(name: str, value: float, tags: Mapping[str, str]) -> None:
    """Write one value of a custom metric. NaN and infinite values are not written: JSON has none."""
    if abs(value) < _INFINITY:
        exact = value if abs(value) < _INTEGER_LIMIT else float(value)
        write_event("metric", {"name": name, "value": exact}, {"tags": tags} if tags else {})


@never_raises
def write_request(
    endpoint: str, method: str, duration: float, status: int, tokens: int | None, model: str | None, error: str | None
) -> None:
    """Write one request to an endpoint of a service. ``duration`` is in seconds, ``status`` an HTTP status."""
    facts: dict[str, object] = {
        "endpoint": endpoint,
        "method": method or None,
        "duration": max(0.0, duration),
        "status_code": status,
        "tokens_used": tokens,
    }
    write_event("request", facts | {"model": model} if model else facts, {"error": error} if error else {})


def _execution_facts(execution: ToolExecution) -> dict[str, object]:
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
