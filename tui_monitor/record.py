"""Everything by which an agent records itself, under names that say what is recorded.

    from tui_monitor import record

    with record.session(title="Mend the tide table"):
        record.prompt("The table is an hour off")
        with record.generation("claude-sonnet-4-5") as call:
            call.usage = client.messages.create(…)
        with record.tool("bash", {"command": "pytest -q"}) as call:
            call.output = "3 passed"

Blocks: `session`, `agent`, `operation`, `generation`, `tool` (a decorator, too), `waiting`, `compaction`. Single facts:
`prompt`, `message`, `output`, `usage`, `context`, `todos`, `retry`, `log`, `metric`, `request`. Across threads,
processes and networks: `propagate`, `PropagatingExecutor`, `child_environment`, `inject`, `extract`. `configure`
changes what is recorded and where, `status` returns how that goes.

Nothing here raises into the agent or waits. Durations are milliseconds, in names that end in ``_ms``; money is in US
dollars. `tui_monitor.telemetry` has the same functions under longer names, and the classes beside them.
"""

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from tui_monitor.telemetry.context_managers import agent, session, tool
    from tui_monitor.telemetry.generations import generation
    from tui_monitor.telemetry.pauses import compaction, waiting
    from tui_monitor.telemetry.propagation import PropagatingExecutor, child_environment, extract, inject, propagate
    from tui_monitor.telemetry.recorder.conversation import record_message as message
    from tui_monitor.telemetry.recorder.conversation import record_prompt as prompt
    from tui_monitor.telemetry.recorder.conversation import record_retry as retry
    from tui_monitor.telemetry.recorder.conversation import record_todos as todos
    from tui_monitor.telemetry.recorder.event_lines import get_recording_status as status
    from tui_monitor.telemetry.recorder.record import record_context as context
    from tui_monitor.telemetry.recorder.record import record_log as log
    from tui_monitor.telemetry.recorder.record import record_output as output
    from tui_monitor.telemetry.recorder.scope import operation
    from tui_monitor.telemetry.recorder.settings import configure
    from tui_monitor.telemetry.statistics.decorators import record_metric as metric
    from tui_monitor.telemetry.statistics.decorators import record_request as request
    from tui_monitor.telemetry.statistics.defaults import record_usage as usage

__all__ = [
    "PropagatingExecutor",
    "agent",
    "child_environment",
    "compaction",
    "configure",
    "context",
    "extract",
    "generation",
    "inject",
    "log",
    "message",
    "metric",
    "operation",
    "output",
    "prompt",
    "propagate",
    "request",
    "retry",
    "session",
    "status",
    "todos",
    "tool",
    "usage",
    "waiting",
]

_LONGER_NAMES = {
    "context": "record_context",
    "log": "record_log",
    "message": "record_message",
    "metric": "record_metric",
    "output": "record_output",
    "prompt": "record_prompt",
    "request": "record_request",
    "retry": "record_retry",
    "status": "get_recording_status",
    "todos": "record_todos",
    "usage": "record_usage",
}

if not TYPE_CHECKING:  # type checkers must report unknown names

    def __getattr__(name):
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import tui_monitor.telemetry as telemetry

        value = globals()[name] = getattr(telemetry, _LONGER_NAMES.get(name, name))
        return value

    def __dir__():
        return sorted({*globals(), *__all__})
