"""Tracker of the latest executions in memory, with statistics of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tui_monitor.telemetry.recorder.executions import ToolExecId, ToolExecution
from tui_monitor.telemetry.recorder.file_changes import FileChange
from tui_monitor.telemetry.recorder.runtime import LOCK

DEFAULT_CAPACITY = 1000
_MAX_TOOLS = 1000
_OTHERS = "others"


@dataclass(frozen=True, slots=True)
class ToolExecutionStats:
    """Statistics of a `ToolExecutionTracker` at one moment.

    They cover every execution ever recorded, except ``unique_files_affected``, which covers those still in memory.
    Durations are milliseconds.
    """

    total_executions: int = 0
    successful_executions: int = 0
    failed_executions: int = 0
    total_duration_ms: int = 0
    avg_duration_ms: int = 0
    executions_by_tool: Mapping[str, int] = field(default_factory=dict)
    unique_files_affected: int = 0

    def summary(self) -> str:
        """Return one line: ``12 executions (91.7% success), 3 files, avg 40ms``."""
        return (
            f"{self.total_executions} executions ({success_percent(self.successful_executions, self.total_executions)}"
            f" success), {self.unique_files_affected} files, avg {self.avg_duration_ms}ms"
        )


class ToolExecutionTracker:
    """Keeps the latest executions in memory, 1000 by default. Safe for use from any thread."""

    def __init__(self, max_executions: int = DEFAULT_CAPACITY) -> None:
        self._capacity = max_executions
        self._executions: dict[ToolExecId, ToolExecution] = {}
        self._total = self._successful = self._duration_ms = 0
        self._by_tool: dict[str, int] = {}

    @classmethod
    def with_capacity(cls, max_executions: int) -> ToolExecutionTracker:
        """Return a tracker that keeps ``max_executions`` executions."""
        return cls(max_executions)

    def record(self, execution: ToolExecution) -> None:
        """Add a completed execution. One with the id of an execution in memory replaces it without counting again."""
        with LOCK:
            if execution.id not in self._executions:
                self._count(execution)
            self._executions[execution.id] = execution
            self._evict()

    def resize(self, max_executions: int) -> None:
        """Change the number of executions to keep."""
        if max_executions != self._capacity:
            with LOCK:
                self._capacity = max_executions
                self._evict()

    def get(self, execution: ToolExecId) -> ToolExecution | None:
        """Return the execution with this id; None if it is not in memory."""
        return self._executions.get(execution)

    def get_by_tool(self, tool_name: str) -> list[ToolExecution]:
        """Return the executions of a tool, oldest first."""
        return [execution for execution in self._all() if execution.tool_name == tool_name]

    def get_by_file(self, path: str) -> list[ToolExecution]:
        """Return the executions that changed or read a file, by its new or old path, oldest first."""
        return [
            execution
            for execution in self._all()
            if any(path in (change.path, change.old_path) for change in execution.files_affected)
        ]

    def recent(self, count: int) -> list[ToolExecution]:
        """Return the last ``count`` executions, newest first."""
        return self._all()[::-1][: max(0, count)]

    def all_file_changes(self) -> list[FileChange]:
        """Return the file changes of all executions in memory, oldest first."""
        return [change for execution in self._all() for change in execution.files_affected]

    def stats(self) -> ToolExecutionStats:
        """Return the statistics at this moment."""
        files = {change.path for change in self.all_file_changes()}
        with LOCK:
            return ToolExecutionStats(
                total_executions=self._total,
                successful_executions=self._successful,
                failed_executions=self._total - self._successful,
                total_duration_ms=self._duration_ms,
                avg_duration_ms=self._duration_ms // (self._total or 1),
                executions_by_tool=MappingProxyType(dict(self._by_tool)),
                unique_files_affected=len(files),
            )

    def _all(self) -> list[ToolExecution]:
        with LOCK:
            return list(self._executions.values())

    def _count(self, execution: ToolExecution) -> None:
        self._total += 1
        self._successful += execution.success
        self._duration_ms += execution.duration_ms
        has_entry = execution.tool_name in self._by_tool or len(self._by_tool) < _MAX_TOOLS
        tool = execution.tool_name if has_entry else _OTHERS
        self._by_tool[tool] = self._by_tool.get(tool, 0) + 1

    def _evict(self) -> None:
        while len(self._executions) > self._capacity:
            del self._executions[next(iter(self._executions))]


def success_percent(successful: int, total: int) -> str:
    """Return the success rate as ``91.7%``; 100.0% of none."""
    return f"{100 * successful / total if total else 100:.1f}%"
