"""The recording library under its documented names: functions that record, trackers, the service.

`tui_monitor.record` is the way in: the functions that record, under short names. Here they are again, beside the
classes of the records, the statistics in memory (`TOOL_EXECUTIONS`, `TOKEN_USAGE`, `get_collector`), and agents in the
monitor's store (`MonitoringService`).

Each event is one line, appended to a stream that the monitor reads: the file ``TUI_MONITOR_STREAM``, otherwise one file
per session in the data folder. Threads, tasks, forks and processes may share a stream. Failure to record never raises
into the agent.

Every name here is imported on first use. `context_managers` and `recorder` write the stream, `statistics` count in
memory, `service` uses the monitor's store.
"""

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from tui_monitor.telemetry.context_managers import agent, execution, recorded, session, tool
    from tui_monitor.telemetry.generations import Generation, generation
    from tui_monitor.telemetry.pauses import RunningCompaction, compaction, waiting
    from tui_monitor.telemetry.propagation import PropagatingExecutor, child_environment, extract, inject, propagate
    from tui_monitor.telemetry.recorder.agent_logs import LogManager
    from tui_monitor.telemetry.recorder.conversation import record_message, record_prompt, record_retry, record_todos
    from tui_monitor.telemetry.recorder.errors import AgentNotFound, DatabaseError, MonitoringError, ValidationError
    from tui_monitor.telemetry.recorder.event_lines import get_recording_status
    from tui_monitor.telemetry.recorder.executions import ApprovalType, TokenCounts, ToolExecId, ToolExecution
    from tui_monitor.telemetry.recorder.file_changes import FileChange, FileChangeType
    from tui_monitor.telemetry.recorder.record import (
        record_context,
        record_log,
        record_output,
        record_persistent,
        record_start,
    )
    from tui_monitor.telemetry.recorder.response_usage import ResponseUsage
    from tui_monitor.telemetry.recorder.scope import operation
    from tui_monitor.telemetry.recorder.settings import configure
    from tui_monitor.telemetry.recorder.streams import RecordingStatus
    from tui_monitor.telemetry.recorder.usage_parser import TelemetryParser
    from tui_monitor.telemetry.service.hooks import HookRegistry, HookType
    from tui_monitor.telemetry.service.monitoring_service import MonitoringService
    from tui_monitor.telemetry.service.records import AgentRecord, AgentStatus, TelemetryRecord
    from tui_monitor.telemetry.service.tracking import TelemetrySummary, TelemetryTracking, TotalTokens
    from tui_monitor.telemetry.statistics.collector import Metric, MetricsCollector, ModelUsage, RequestMetrics, Summary
    from tui_monitor.telemetry.statistics.context_limit import ContextLimit, WarningColor, WarningLevel
    from tui_monitor.telemetry.statistics.cost import CostEstimate, calculate_cost
    from tui_monitor.telemetry.statistics.dashboard import get_dashboard_html
    from tui_monitor.telemetry.statistics.decorators import get_collector, monitor, record_metric, record_request
    from tui_monitor.telemetry.statistics.defaults import TOKEN_USAGE, TOOL_EXECUTIONS, record_usage
    from tui_monitor.telemetry.statistics.persistent import (
        PERSISTENT_TELEMETRY,
        PersistentTelemetry,
        TelemetryData,
        TelemetryStats,
        get_persistent_stats,
    )
    from tui_monitor.telemetry.statistics.token_usage import (
        TokenStats,
        TokenUsageRegistry,
        TokenUsageSnapshot,
        TokenUsageTracker,
    )
    from tui_monitor.telemetry.statistics.tracker import ToolExecutionStats, ToolExecutionTracker

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
    "Generation",
    "HookRegistry",
    "HookType",
    "LogManager",
    "Metric",
    "MetricsCollector",
    "ModelUsage",
    "MonitoringError",
    "MonitoringService",
    "PersistentTelemetry",
    "PropagatingExecutor",
    "RecordingStatus",
    "RequestMetrics",
    "ResponseUsage",
    "RunningCompaction",
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
    "child_environment",
    "compaction",
    "configure",
    "execution",
    "extract",
    "generation",
    "get_collector",
    "get_dashboard_html",
    "get_persistent_stats",
    "get_recording_status",
    "inject",
    "monitor",
    "operation",
    "propagate",
    "record_context",
    "record_log",
    "record_message",
    "record_metric",
    "record_output",
    "record_persistent",
    "record_prompt",
    "record_request",
    "record_retry",
    "record_start",
    "record_todos",
    "record_usage",
    "recorded",
    "session",
    "tool",
    "waiting",
]

_NAMES_BY_MODULE = {
    "context_managers": "agent execution recorded session tool",
    "generations": "Generation generation",
    "pauses": "RunningCompaction compaction waiting",
    "propagation": "PropagatingExecutor child_environment extract inject propagate",
    "recorder.agent_logs": "LogManager",
    "recorder.conversation": "record_message record_prompt record_retry record_todos",
    "recorder.errors": "AgentNotFound DatabaseError MonitoringError ValidationError",
    "recorder.event_lines": "get_recording_status",
    "recorder.executions": "ApprovalType TokenCounts ToolExecId ToolExecution",
    "recorder.file_changes": "FileChange FileChangeType",
    "recorder.record": "record_context record_log record_output record_persistent record_start",
    "recorder.scope": "operation",
    "recorder.settings": "configure",
    "recorder.streams": "RecordingStatus",
    "recorder.response_usage": "ResponseUsage",
    "recorder.usage_parser": "TelemetryParser",
    "service.hooks": "HookRegistry HookType",
    "service.monitoring_service": "MonitoringService",
    "service.records": "AgentRecord AgentStatus TelemetryRecord",
    "service.tracking": "TelemetrySummary TelemetryTracking TotalTokens",
    "statistics.collector": "Metric MetricsCollector ModelUsage RequestMetrics Summary",
    "statistics.context_limit": "ContextLimit WarningColor WarningLevel",
    "statistics.cost": "CostEstimate calculate_cost",
    "statistics.dashboard": "get_dashboard_html",
    "statistics.decorators": "get_collector monitor record_metric record_request",
    "statistics.defaults": "TOKEN_USAGE TOOL_EXECUTIONS record_usage",
    "statistics.persistent": (
        "PERSISTENT_TELEMETRY PersistentTelemetry TelemetryData TelemetryStats get_persistent_stats"
    ),
    "statistics.token_usage": "TokenStats TokenUsageRegistry TokenUsageSnapshot TokenUsageTracker",
    "statistics.tracker": "ToolExecutionStats ToolExecutionTracker",
}
_MODULE_OF = {name: module for module, names in _NAMES_BY_MODULE.items() for name in names.split()}


if not TYPE_CHECKING:  # type checkers must report unknown names

    def __getattr__(name):
        from importlib import import_module

        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        return value

    def __dir__():
        return sorted({*globals(), *__all__})
