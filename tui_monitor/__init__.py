"""A live terminal monitor for AI-agent sessions, and a library to record them.

Everything public in `tui_monitor.telemetry` and `tui_monitor.monitoring` is here too, imported on first use.
"""

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms

__version__ = "0.1.0"

if TYPE_CHECKING:
    from tui_monitor.monitoring import *  # noqa: F403
    from tui_monitor.telemetry import *  # noqa: F403
else:

    def _packages():
        import tui_monitor.monitoring as monitoring
        import tui_monitor.telemetry as telemetry

        return telemetry, monitoring

    def __getattr__(name):
        for package in _packages():
            if name in package.__all__:
                return getattr(package, name)
        if name == "__all__":
            return [each for package in _packages() for each in package.__all__]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():
        return sorted({*globals(), *__getattr__("__all__")})
