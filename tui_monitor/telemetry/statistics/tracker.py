"""The latest executions in memory, and statistics of all there were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tui_monitor.telemetry.recorder.executions import ToolExecId, ToolExecution
from tui_monitor.telemetry.recorder.file_changes import FileChange
from tui_monitor.telemetry.recorder.runtime import LOCK

DEFAULT_CAPACITY = 1000
_MOST_TOOLS = 1000
_OTHERS = "others"


@dataclass(frozen=True, slots=True)
class ToolExecutionStats:
    """What a tracker had counted at one moment. All but ``unique_files_affected``, which is of the executions still in
    memory, is of everything ever recorded; durations are milliseconds."""

    total_executions: int = 0
    successful_executions: int = 0
    failed_executions: int = 0
    total_duration_ms: int = 0
    avg_duration_ms: int = 0
    executions_by_tool: Mapping[str, int] = field(default_factory=dict)
    unique_files_affected: int = 0

    def summary(self) -> str:
        """One line: ``12 executions (91.7% success), 3 files, avg 40ms``."""
        return (
            f"{self.total_executions} executions ({success_percent(self.successful_executions, self.total_executions)}"
            f" success), {self.unique_files_affected} files, avg {self.avg_duration_ms}ms"
        )


class ToolExecutionTracker:
    """Remembers the latest executions, by default a thousand; any thread may record and ask."""

    def __init__(self, max_executions: int = DEFAULT_CAPACITY) -> None:
        self._capacity = max_executions
        self._executions: dict[ToolExecId, ToolExecution] = {}
        self._total = self._successful = self._duration_ms = 0
        self._by_tool: dict[str, int] = {}

    @classmethod
    def with_capacity(cls, max_executions: int) -> ToolExecutionTracker:
        """One that remembers so many."""
        return cls(max_executions)

    def record(self, execution: ToolExecution) -> None:
        """Remember a completed execution. One whose id is known takes the other's place and is not counted again."""
        with LOCK:
            if execution.id not in self._executions:
                self._count(execution)
            self._executions[execution.id] = execution
            self._forget()

    def resize(self, max_executions: int) -> None:
        """Remember so many from now on."""
        if max_executions != self._capacity:
            with LOCK:
                self._capacity = max_executions
                self._forget()

    def get(self, execution: ToolExecId) -> ToolExecution | None:
        """The execution of this id, None if it is not (or no longer) here."""
        return self._executions.get(execution)

    def get_by_tool(self, tool_name: str) -> list[ToolExecution]:
        """The executions of a tool, in the order in which they were recorded."""
        return [execution for execution in self._all() if execution.tool_name == tool_name]

    def get_by_file(self, path: str) -> list[ToolExecution]:
        """The executions that changed or read a file, under its new or old name, in the order of recording."""
        return [
            execution
            for execution in self._all()
            if any(path in (change.path, change.old_path) for change in execution.files_affected)
        ]

    def recent(self, count: int) -> list[ToolExecution]:
        """The last so many, the newest first."""
        return self._all()[::-1][: max(0, count)]

    def all_file_changes(self) -> list[FileChange]:
        """What the executions in memory did to files, in the order of recording."""
        return [change for execution in self._all() for change in execution.files_affected]

    def stats(self) -> ToolExecutionStats:
        """The statistics of this moment."""
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
        known = execution.tool_name in self._by_tool or len(self._by_tool) < _MOST_TOOLS
        tool = execution.tool_name if known else _OTHERS
        self._by_tool[tool] = self._by_tool.get(tool, 0) + 1

    def _forget(self) -> None:
        while len(self._executions) > self._capacity:
            del self._executions[next(iter(self._executions))]


def success_percent(successful: int, total: int) -> str:
    """``91.7%``; of none all did well."""
    return f"{100 * successful / total if total else 100:.1f}%"
