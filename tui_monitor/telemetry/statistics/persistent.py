"""Executions that outlive the process: read back from the stream, and saved in the documented ``telemetry.json``."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from tui_monitor.regular_files import open_binary, read_bytes
from tui_monitor.telemetry.recorder.executions import ToolExecution
from tui_monitor.telemetry.recorder.file_changes import FileChange, FileChangeType, now_ms
from tui_monitor.telemetry.recorder.json_codec import execution_from_json, execution_to_json
from tui_monitor.telemetry.recorder.runtime import LOCK
from tui_monitor.telemetry.recorder.settings import current_settings
from tui_monitor.telemetry.statistics.tracker import success_percent

MAX_EXECUTIONS = 500
_TOOL_LINE = b'"type":"tool"'
_MAX_IDS = 100_000
"""Executions to remember by their ids: one may be recorded twice."""


@dataclass(slots=True)
class TelemetryStats:
    """Totals of all recorded executions. Durations are milliseconds.

    Attributes:
        total_executions: Number of executions.
        successful_executions: Executions that succeeded.
        failed_executions: Executions that failed.
        total_duration_ms: Sum of their durations.
        total_input_tokens: Input tokens used by executions themselves.
        total_output_tokens: Output tokens used by executions themselves.
        total_requests: Executions that report tokens.
        executions_by_tool: Number of executions by tool name.
        files_modified: Number of changes by path, without reads.
    """

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
    """The latest executions, and totals of all of them.

    Attributes:
        executions: At most ``max_executions``, newest last.
        stats: Totals that include executions no longer kept.
        last_updated: Epoch milliseconds, 0 for never.
        max_executions: Number of executions to keep.
    """

    executions: list[ToolExecution] = field(default_factory=list)
    stats: TelemetryStats = field(default_factory=TelemetryStats)
    last_updated: int = 0
    max_executions: int = MAX_EXECUTIONS

    @staticmethod
    def default_path() -> Path:
        """Return the path of ``telemetry.json`` in the data folder."""
        return current_settings().streams.parent / "telemetry.json"

    @classmethod
    def load(cls) -> TelemetryData:
        """Load the data from `default_path`; see `load_from`."""
        return cls.load_from(cls.default_path())

    @classmethod
    def load_from(cls, path: str | os.PathLike[str]) -> TelemetryData:
        """Load the data from a JSON file; empty if the file does not exist.

        Raises:
            ValueError: The file holds something else.
            OSError: The file cannot be read.
        """
        import orjson

        try:
            content = read_bytes(path)
        except FileNotFoundError:
            return cls()
        try:
            document = orjson.loads(content)
            executions = [execution_from_json(each) for each in document["executions"]]
            return cls(executions, TelemetryStats(**document["stats"]), int(document["last_updated"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is not a telemetry file: {error}") from None

    def save(self) -> None:
        """Save the data to `default_path`; see `save_to`."""
        self.save_to(self.default_path())

    def save_to(self, path: str | os.PathLike[str]) -> None:
        """Save the data to a JSON file, readable by its owner only. Readers see the old or the new file, never a part.

        Raises:
            OSError: The file cannot be written; the old one is unchanged.
        """
        from tempfile import NamedTemporaryFile

        import orjson

        document = {
            "executions": [execution_to_json(execution) for execution in self.executions],
            "stats": asdict(self.stats),
            "last_updated": self.last_updated,
        }
        path = Path(path)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
            try:
                file.write(orjson.dumps(document, option=orjson.OPT_INDENT_2))
                file.flush()
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink()
                raise

    def record_execution(self, execution: ToolExecution) -> None:
        """Add an execution, unless one with its id is still kept."""
        if any(existing.id == execution.id for existing in reversed(self.executions)):
            return
        self.executions.append(execution)
        del self.executions[: -self.max_executions]
        self.count(execution)

    def recent(self, count: int) -> list[ToolExecution]:
        """Return the last ``count`` executions, newest first."""
        return self.executions[::-1][: max(0, count)]

    def by_tool(self, tool_name: str) -> list[ToolExecution]:
        """Return the executions of a tool, oldest first."""
        return [execution for execution in self.executions if execution.tool_name == tool_name]

    def by_file(self, path: str) -> list[ToolExecution]:
        """Return the executions that changed or read a file, oldest first."""
        return [each for each in self.executions if any(change.path == path for change in each.files_affected)]

    def all_file_changes(self) -> list[FileChange]:
        """Return the file changes of the executions here, oldest first."""
        return [change for execution in self.executions for change in execution.files_affected]

    def summary(self) -> str:
        """Return one line: ``12 executions (91.7% success), 3 files modified, 4500 tokens used``."""
        stats = self.stats
        return (
            f"{stats.total_executions} executions"
            f" ({success_percent(stats.successful_executions, stats.total_executions)} success),"
            f" {len(stats.files_modified)} files modified,"
            f" {stats.total_input_tokens + stats.total_output_tokens} tokens used"
        )

    def snapshot(self) -> TelemetryData:
        """Return a copy that later recording does not change."""
        stats = replace(
            self.stats,
            executions_by_tool=dict(self.stats.executions_by_tool),
            files_modified=dict(self.stats.files_modified),
        )
        return replace(self, executions=list(self.executions), stats=stats)

    def count(self, execution: ToolExecution) -> None:
        """Add an execution to the totals only."""
        self.last_updated = now_ms()
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


class PersistentTelemetry:
    """The executions in all streams of the data folder, or in the ``stream`` of the settings: those of earlier runs and
    of other processes, too.

    The first `read` reads all of them, a later one only the lines added since; no second file is written.
    """

    def __init__(self) -> None:
        self._streams: Path | None = None
        self._data = TelemetryData()
        self._offsets: dict[tuple[int, int], int] = {}
        self._ids: dict[int, None] = {}

    def read(self) -> TelemetryData:
        """Return a snapshot of the executions at this moment.

        Raises:
            OSError: A stream exists but cannot be read.
        """
        settings = current_settings()
        streams = settings.stream or settings.streams
        with LOCK:
            if streams != self._streams:
                self._streams, self._data, self._offsets, self._ids = streams, TelemetryData(), {}, {}
            self._data.max_executions = settings.persist_executions
            for line in self._new_lines(_files_in_order(streams) if settings.stream else _files_by_time(streams)):
                self._add_line(line)
            self._keep_latest()
            return self._data.snapshot()

    def _new_lines(self, paths: Iterable[Path]) -> Iterator[bytes]:
        for path in paths:
            with open_binary(path) as file:
                status = os.fstat(file.fileno())  # of the open file: the path may name another one by now
                identity = status.st_dev, status.st_ino
                file.seek(self._offsets.get(identity, 0))
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self._offsets[identity] = self._offsets.get(identity, 0) + len(line)
                    yield line

    def _add_line(self, line: bytes) -> None:
        import orjson

        if _TOOL_LINE not in line:
            return
        try:
            record = orjson.loads(line)
            if isinstance(record, dict) and record.get("type") == "tool":
                self._add(execution_from_json(record))
        except ValueError:
            return

    def _add(self, execution: ToolExecution) -> None:
        if execution.id in self._ids:
            return
        self._ids[execution.id] = None
        if len(self._ids) > _MAX_IDS:
            del self._ids[next(iter(self._ids))]
        self._data.executions.append(execution)
        self._data.count(execution)
        if len(self._data.executions) > 4 * self._data.max_executions:
            self._keep_latest()

    def _keep_latest(self) -> None:
        """Keep the latest executions of all streams, newest last."""
        self._data.executions.sort(key=lambda execution: execution.started_at)
        del self._data.executions[: -self._data.max_executions]


PERSISTENT_TELEMETRY = PersistentTelemetry()
"""The persistent telemetry of this process."""


def get_persistent_stats() -> TelemetryData:
    """Return a snapshot of `PERSISTENT_TELEMETRY`; empty if the stream cannot be read."""
    try:
        return PERSISTENT_TELEMETRY.read()
    except OSError:
        return TelemetryData()


def _count_each(counts: dict[str, int], names: Iterable[str]) -> None:
    for name in names:
        counts[name] = counts.get(name, 0) + 1


def _files_in_order(stream: Path) -> list[Path]:
    """Return the rotated files of a stream, oldest first, then the current one."""
    numbers = re.compile(rf"{re.escape(stream.stem)}\.(\d+){re.escape(stream.suffix)}")
    siblings = stream.parent.iterdir() if stream.parent.is_dir() else ()
    rotated = sorted((int(match[1]), path) for path in siblings if (match := numbers.fullmatch(path.name)))
    return [*(path for _, path in rotated), *([stream] if stream.is_file() else [])]


def _files_by_time(folder: Path) -> list[Path]:
    """Return the streams in a folder, the one that was changed last at the end."""
    times = {path: _changed_at(path) for path in (folder.glob("*.jsonl") if folder.is_dir() else ())}
    return sorted((path for path, at in times.items() if at), key=lambda path: times[path])


def _changed_at(path: Path) -> int:
    """Return when a file was last changed, in nanoseconds; 0 if it is no file, or was removed meanwhile."""
    try:
        status = path.stat()
    except OSError:
        return 0
    return status.st_mtime_ns if stat.S_ISREG(status.st_mode) else 0
