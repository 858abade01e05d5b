"""What was recorded lastingly: read back from the stream, where all processes that share it have written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tui_monitor.telemetry.lock import LOCK
from tui_monitor.telemetry.scope import current_scope
from tui_monitor.telemetry.settings import current
from tui_monitor.telemetry.streams import stream_path
from tui_monitor.telemetry.telemetry_data import TelemetryData
from tui_monitor.telemetry.wire import execution_from_json

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
