"""A live terminal monitor for AI-agent sessions, and a library to record them.

- `record`: what an agent records of itself. Begin here.
- `monitor`: a decorator that records each call of a function as a request.
- `monitor_session`, `run_with_telemetry`: watching a session, or running an agent, from a program.
- `tui_monitor.integrations`: recorders for the SDKs of models and for agent frameworks.
- `tui_monitor.telemetry`: all classes and functions under their documented names; each can be imported from here, too.

Everything is imported on first use.
"""

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms

__version__ = "0.1.0"

__all__ = ["monitor", "monitor_session", "record", "run_with_telemetry"]  # noqa: F405

if TYPE_CHECKING:
    from tui_monitor import record as record
    from tui_monitor.monitoring import *  # noqa: F403
    from tui_monitor.telemetry import *  # noqa: F403
else:

    def _packages():
        import tui_monitor.monitoring as monitoring
        import tui_monitor.telemetry as telemetry

        return telemetry, monitoring

    def __getattr__(name):
        if name == "record":
            from importlib import import_module

            return import_module("tui_monitor.record")
        for package in _packages():
            if name in package.__all__:
                return getattr(package, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():
        return sorted({*globals(), *__all__})
