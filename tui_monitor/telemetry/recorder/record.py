"""Recording what happens to an agent: one call, one line in the stream. None of these raises or waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps

from tui_monitor.telemetry.recorder.executions import ToolExecution
from tui_monitor.telemetry.recorder.json_codec import change_to_json
from tui_monitor.telemetry.recorder.runtime import LOCK
from tui_monitor.telemetry.recorder.settings import current as settings_now

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import ParamSpec, TypeAlias

    P = ParamSpec("P")
    Append: TypeAlias = Callable[[str, Mapping[str, object], Mapping[str, object]], None]

_NOTHING: Mapping[str, object] = {}
_append: Append | None = None


def write(kind: str, facts: Mapping[str, object], content: Mapping[str, object] = _NOTHING) -> None:
    """Append a line of this type to the stream, if that is wanted. Never waits; whoever calls it is `never_raises`.

    ``facts`` are fields that hold numbers and names of the agent's own; they win over those of the scope. ``content``
    is what its tools and files hold: it may be anything, and secrets and paths in it are treated as the settings say.
    """
    global _append
    if _append is None:
        _append = _imported()
    _append(kind, facts, content)


def _imported() -> Append:
    # Under the lock: a child that is forked while another thread imports would wait for that import for ever.
    with LOCK:
        from tui_monitor.telemetry.recorder.event_lines import append
    return append


def never_raises(recording: Callable[P, None]) -> Callable[P, None]:
    """An agent goes on whatever becomes of its record: what goes wrong is counted and logged."""

    @wraps(recording)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            recording(*args, **kwargs)
        except Exception as error:
            from tui_monitor.telemetry.recorder.event_lines import lose

            lose(error)

    return guarded


_HUGE = float("inf")


@never_raises
def record_start(execution: ToolExecution) -> None:
    """A tool begins to run: the monitor shows it as running until it is recorded as complete."""
    content = {"input": execution.input if settings_now().include_tool_args else None}
    write("tool_start", _facts(execution), content)


@never_raises
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


@never_raises
def record_context(current: int | None, limit: int | None = None, *, model: str = "") -> None:
    """Tokens in the agent's context window (None: not known until the next response), and tokens that fit in."""
    facts: dict[str, object] = {"current": current, "limit": limit}
    write("context", facts | {"model": model} if model else facts)


@never_raises
def record_log(message: str, level: str = "info") -> None:
    """A line of the agent's log; the level is one of debug, info, warning, error."""
    write("log", {"level": level}, {"message": message})


@never_raises
def write_metric(name: str, value: float, tags: Mapping[str, str]) -> None:
    """One value of a custom metric. What is no number (NaN, infinite) cannot be written."""
    if abs(value) < _HUGE:
        write("metric", {"name": name, "value": value}, {"tags": tags} if tags else {})


@never_raises
def record_agent(agent_id: str, facts: Mapping[str, object], content: Mapping[str, object]) -> None:
    """What is new of an agent; fields are those of the agents table (see ``stream.schema.json``)."""
    write("agent", {"agent_id": agent_id, **facts}, content)


@never_raises
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
