"""The latest executions and sums of all, as the documents' file ``telemetry.json`` holds them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from tui_monitor.telemetry.executions import ToolExecution
from tui_monitor.telemetry.file_changes import FileChange, FileChangeType, now_ms
from tui_monitor.telemetry.settings import current
from tui_monitor.telemetry.tracker import success_percent
from tui_monitor.telemetry.wire import execution_from_json, execution_to_json

MOST_EXECUTIONS = 500


@dataclass(slots=True)
class TelemetryStats:
    """Sums of everything recorded; durations are milliseconds. ``files_modified`` counts changes by path, and reads
    not at all; tokens and requests are those of executions that tell tokens."""

    total_executions: int = 0
    successful_executions: int = 0
    failed_executions: int = 0
    total_duration_ms: int = 0
    total_input_tokens: int = 0
    total_output_tokens: int = 0
    total_requests: int = 0
    executions_by_tool: dict[str, int] = field(default_factory=dict)
    files_modified: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class TelemetryData:
    """Executions, the newest last, so many at most, and statistics that survive them; ``last_updated`` is epoch
    milliseconds, 0 for never."""

    executions: list[ToolExecution] = field(default_factory=list)
    stats: TelemetryStats = field(default_factory=TelemetryStats)
    last_updated: int = 0
    max_executions: int = MOST_EXECUTIONS

    @staticmethod
    def default_path() -> Path:
        """``telemetry.json`` in the data folder."""
        return current().streams.parent / "telemetry.json"

    @classmethod
    def load(cls) -> TelemetryData:
        """What stands at `default_path`; see `load_from`."""
        return cls.load_from(cls.default_path())

    @classmethod
    def load_from(cls, path: str | os.PathLike[str]) -> TelemetryData:
        """What stands in a file, empty if there is none.

        Raises:
            ValueError: it holds something else.
            OSError: it cannot be read.
        """
        import orjson

        try:
            content = Path(path).read_bytes()
        except FileNotFoundError:
            return cls()
        try:
            told = orjson.loads(content)
            executions = [execution_from_json(each) for each in told["executions"]]
            return cls(executions, TelemetryStats(**told["stats"]), int(told["last_updated"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} holds no telemetry: {error}") from None

    def save(self) -> None:
        """Write it to `default_path`; see `save_to`."""
        self.save_to(self.default_path())

    def save_to(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file, for its owner alone, in one step: who reads it meanwhile sees the old or the new.

        Raises:
            OSError: it cannot be written; then the old one is still there.
        """
        from tempfile import NamedTemporaryFile

        import orjson

        told = {
            "executions": [execution_to_json(execution) for execution in self.executions],
            "stats": asdict(self.stats),
            "last_updated": self.last_updated,
        }
        path = Path(path)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
            try:
                file.write(orjson.dumps(told, option=orjson.OPT_INDENT_2))
                file.flush()
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink()
                raise

    def record_execution(self, execution: ToolExecution) -> None:
        """Add an execution. One that is still here is not counted again."""
        if any(known.id == execution.id for known in reversed(self.executions)):
            return
        self.executions.append(execution)
        del self.executions[: -self.max_executions]
        self._count(execution)
        self.last_updated = now_ms()

    def recent(self, count: int) -> list[ToolExecution]:
        """The last so many, the newest first."""
        return self.executions[::-1][: max(0, count)]

    def by_tool(self, tool_name: str) -> list[ToolExecution]:
        """The executions of a tool."""
        return [execution for execution in self.executions if execution.tool_name == tool_name]

    def by_file(self, path: str) -> list[ToolExecution]:
        """The executions that changed or read a file."""
        return [each for each in self.executions if any(change.path == path for change in each.files_affected)]

    def all_file_changes(self) -> list[FileChange]:
        """What the executions here did to files."""
        return [change for execution in self.executions for change in execution.files_affected]

    def summary(self) -> str:
        """One line: ``12 executions (91.7% success), 3 files modified, 4500 tokens used``."""
        stats = self.stats
        return (
            f"{stats.total_executions} executions"
            f" ({success_percent(stats.successful_executions, stats.total_executions)} success),"
            f" {len(stats.files_modified)} files modified,"
            f" {stats.total_input_tokens + stats.total_output_tokens} tokens used"
        )

    def snapshot(self) -> TelemetryData:
        """A copy that stays as it is."""
        stats = replace(
            self.stats,
            executions_by_tool=dict(self.stats.executions_by_tool),
            files_modified=dict(self.stats.files_modified),
        )
        return replace(self, executions=list(self.executions), stats=stats)

    def _count(self, execution: ToolExecution) -> None:
        stats = self.stats
        stats.total_executions += 1
        stats.successful_executions += execution.success
        stats.failed_executions += not execution.success
        stats.total_duration_ms += execution.duration_ms
        if execution.tokens:
            stats.total_requests += 1
            stats.total_input_tokens += execution.tokens.input
            stats.total_output_tokens += execution.tokens.output
        _count_each(stats.executions_by_tool, [execution.tool_name])
        changes = (change for change in execution.files_affected if change.change_type is not FileChangeType.READ)
        _count_each(stats.files_modified, (change.path for change in changes))


def _count_each(counts: dict[str, int], names: Iterable[str]) -> None:
    for name in names:
        counts[name] = counts.get(name, 0) + 1
