"""Monitoring a session, and running an agent, from a program of your own.

from tui_monitor import monitor_session, run_with_telemetry

stop = monitor_session("0f3c…", lambda session: print(session.totals.amount.total_tokens), interval=5.0)
result = run_with_telemetry(["codex", "exec", "--json", "fix the login"], "my-session-123", "custom-agent")
print(result.exit_code, result.usage.amount.output)
stop()
"""

TYPE_CHECKING = False  # like typing's, whose import takes 10 ms
if TYPE_CHECKING:
    from tui_monitor.monitoring.command import RunResult, run_with_telemetry
    from tui_monitor.monitoring.session import SessionMonitor, monitor_session

__all__ = ["RunResult", "SessionMonitor", "monitor_session", "run_with_telemetry"]

_MODULES = {
    "RunResult": "command",
    "SessionMonitor": "session",
    "monitor_session": "session",
    "run_with_telemetry": "command",
}

if not TYPE_CHECKING:  # so that a type checker reports unknown names

    def __getattr__(name):
        from importlib import import_module

        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        return value
