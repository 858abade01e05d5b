"""What was recorded lastingly: read back from the stream, where all processes that share it have written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from tui_monitor.telemetry.recorder.executions import ToolExecution
from tui_monitor.telemetry.recorder.file_changes import FileChange, FileChangeType, now_ms
from tui_monitor.telemetry.recorder.json_codec import execution_from_json, execution_to_json
from tui_monitor.telemetry.recorder.runtime import LOCK
from tui_monitor.telemetry.recorder.scope import current_scope
from tui_monitor.telemetry.recorder.settings import current
from tui_monitor.telemetry.recorder.streams import stream_path
from tui_monitor.telemetry.statistics.tracker import success_percent

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


_TOOL = b'"type":"tool"'


class PersistentTelemetry:
    """The executions in the stream that is written to here, those of earlier runs and of other processes too.

    Only what was added since the last time is read, when it is asked for; nothing is kept in a second file. Streams of
    other sessions are in the monitor's store.
    """

    def __init__(self) -> None:
        self._stream: Path | None = None
        self._data = TelemetryData()
        self._read_to: dict[tuple[int, int], int] = {}

    def read(self) -> TelemetryData:
        """A snapshot of this moment.

        Raises:
            OSError: the stream is there and cannot be read.
        """
        settings = current()
        stream = stream_path(settings, current_scope().session_id)
        with LOCK:
            if stream != self._stream:
                self._stream, self._data, self._read_to = stream, TelemetryData(), {}
            self._data.max_executions = settings.persist_executions
            for line in self._new_lines(stream):
                self._take(line)
            return self._data.snapshot()

    def _new_lines(self, stream: Path) -> Iterator[bytes]:
        for path in _in_order(stream):
            with path.open("rb") as file:
                status = os.fstat(file.fileno())  # its name may be another file's by now
                identity = status.st_dev, status.st_ino
                file.seek(self._read_to.get(identity, 0))
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self._read_to[identity] = self._read_to.get(identity, 0) + len(line)
                    yield line

    def _take(self, line: bytes) -> None:
        import orjson

        if _TOOL not in line:
            return
        try:
            told = orjson.loads(line)
            if isinstance(told, dict) and told.get("type") == "tool":
                self._data.record_execution(execution_from_json(told))
        except ValueError:
            return


def _in_order(stream: Path) -> list[Path]:
    """The files that the stream was rotated to, the oldest first, and the one that is written to."""
    numbers = re.compile(rf"{re.escape(stream.stem)}\.(\d+){re.escape(stream.suffix)}")
    beside = stream.parent.iterdir() if stream.parent.is_dir() else ()
    rotated = sorted((int(found[1]), path) for path in beside if (found := numbers.fullmatch(path.name)))
    return [*(path for _, path in rotated), *([stream] if stream.is_file() else [])]


PERSISTENT_TELEMETRY = PersistentTelemetry()
"""The persistent telemetry of this process."""


def get_persistent_stats() -> TelemetryData:
    """A snapshot of `PERSISTENT_TELEMETRY`; empty where nothing can be read."""
    try:
        return PERSISTENT_TELEMETRY.read()
    except OSError:
        return TelemetryData()
