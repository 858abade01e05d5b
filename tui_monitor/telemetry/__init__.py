"""The recording library: an agent imports it, and is monitored.

    from tui_monitor.telemetry import agent, execution, record_usage, session

    with session(title="Mend the login"), agent("developer"):
        with execution("bash", {"command": "make test"}) as exec:
            exec.output = run("make test")
        record_usage("claude-sonnet-4-5", input_tokens=1200, output_tokens=300)

Each event is one line, appended to the stream that the monitor reads (``TUI_MONITOR_STREAM``, else a file a session in
the data folder): safe from threads, tasks, forks and processes that share it, and never a reason for the agent to fail.
"""

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from tui_monitor.telemetry.agent_record import AgentRecord, AgentStatus
    from tui_monitor.telemetry.collector import Metric, MetricsCollector, ModelUsage, RequestMetrics, Summary
    from tui_monitor.telemetry.context_limit import ContextLimit, WarningColor, WarningLevel
    from tui_monitor.telemetry.cost import CostEstimate, calculate_cost
    from tui_monitor.telemetry.dashboard import get_dashboard_html
    from tui_monitor.telemetry.defaults import TOKEN_USAGE, TOOL_EXECUTIONS, record_usage
    from tui_monitor.telemetry.errors import AgentNotFound, DatabaseError, MonitoringError, ValidationError
    from tui_monitor.telemetry.executions import ApprovalType, ToolExecId, ToolExecution
    from tui_monitor.telemetry.file_changes import FileChange, FileChangeType
    from tui_monitor.telemetry.hooks import HookRegistry, HookType
    from tui_monitor.telemetry.lines import get_recording_status
    from tui_monitor.telemetry.logs import LogManager
    from tui_monitor.telemetry.parser import ResponseUsage, TelemetryParser
    from tui_monitor.telemetry.persistent import PERSISTENT_TELEMETRY, PersistentTelemetry, get_persistent_stats
    from tui_monitor.telemetry.record import record_context, record_log, record_persistent, record_start
    from tui_monitor.telemetry.registry import TokenUsageRegistry
    from tui_monitor.telemetry.running import agent, execution, recorded, session
    from tui_monitor.telemetry.scope import operation
    from tui_monitor.telemetry.service import MonitoringService
    from tui_monitor.telemetry.settings import configure
    from tui_monitor.telemetry.streams import RecordingStatus
    from tui_monitor.telemetry.telemetry_data import TelemetryData, TelemetryStats
    from tui_monitor.telemetry.telemetry_record import TelemetryRecord
    from tui_monitor.telemetry.tokens import TokenCounts, TokenStats, TokenUsageSnapshot, TokenUsageTracker
    from tui_monitor.telemetry.tracker import ToolExecutionStats, ToolExecutionTracker
    from tui_monitor.telemetry.tracking import TelemetrySummary, TelemetryTracking, TotalTokens
    from tui_monitor.telemetry.watching import get_collector, monitor

__all__ = [
    "PERSISTENT_TELEMETRY",
    "TOKEN_USAGE",
    "TOOL_EXECUTIONS",
    "AgentNotFound",
    "AgentRecord",
    "AgentStatus",
    "ApprovalType",
    "ContextLimit",
    "CostEstimate",
    "DatabaseError",
    "FileChange",
    "FileChangeType",
    "HookRegistry",
    "HookType",
    "LogManager",
    "Metric",
    "MetricsCollector",
    "ModelUsage",
    "MonitoringError",
    "MonitoringService",
    "PersistentTelemetry",
    "RecordingStatus",
    "RequestMetrics",
    "ResponseUsage",
    "Summary",
    "TelemetryData",
    "TelemetryParser",
    "TelemetryRecord",
    "TelemetryStats",
    "TelemetrySummary",
    "TelemetryTracking",
    "TokenCounts",
    "TokenStats",
    "TokenUsageRegistry",
    "TokenUsageSnapshot",
    "TokenUsageTracker",
    "ToolExecId",
    "ToolExecution",
    "ToolExecutionStats",
    "ToolExecutionTracker",
    "TotalTokens",
    "ValidationError",
    "WarningColor",
    "WarningLevel",
    "agent",
    "calculate_cost",
    "configure",
    "execution",
    "get_collector",
    "get_dashboard_html",
    "get_persistent_stats",
    "get_recording_status",
    "monitor",
    "operation",
    "record_context",
    "record_log",
    "record_persistent",
    "record_start",
    "record_usage",
    "recorded",
    "session",
]

_HOMES = {
    "agent_record": "AgentRecord AgentStatus",
    "collector": "Metric MetricsCollector ModelUsage RequestMetrics Summary",
    "context_limit": "ContextLimit WarningColor WarningLevel",
    "cost": "CostEstimate calculate_cost",
    "dashboard": "get_dashboard_html",
    "defaults": "TOKEN_USAGE TOOL_EXECUTIONS record_usage",
    "errors": "AgentNotFound DatabaseError MonitoringError ValidationError",
    "executions": "ApprovalType ToolExecId ToolExecution",
    "file_changes": "FileChange FileChangeType",
    "hooks": "HookRegistry HookType",
    "lines": "get_recording_status",
    "logs": "LogManager",
    "parser": "ResponseUsage TelemetryParser",
    "persistent": "PERSISTENT_TELEMETRY PersistentTelemetry get_persistent_stats",
    "record": "record_context record_log record_persistent record_start",
    "registry": "TokenUsageRegistry",
    "running": "agent execution recorded session",
    "scope": "operation",
    "service": "MonitoringService",
    "settings": "configure",
    "streams": "RecordingStatus",
    "telemetry_data": "TelemetryData TelemetryStats",
    "telemetry_record": "TelemetryRecord",
    "tokens": "TokenCounts TokenStats TokenUsageSnapshot TokenUsageTracker",
    "tracker": "ToolExecutionStats ToolExecutionTracker",
    "tracking": "TelemetrySummary TelemetryTracking TotalTokens",
    "watching": "get_collector monitor",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


if not TYPE_CHECKING:  # a checker is to miss what is not there

    def __getattr__(name):
        from importlib import import_module

        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
        return value

    def __dir__():
        return sorted({*globals(), *__all__})
