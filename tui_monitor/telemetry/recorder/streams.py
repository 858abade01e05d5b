"""All stream files of this process, and the lines that cannot be written yet."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from time import monotonic

from tui_monitor.telemetry.recorder.problems import clear_problems, problem_counts
from tui_monitor.telemetry.recorder.runtime import LOCK
from tui_monitor.telemetry.recorder.settings import Settings
from tui_monitor.telemetry.recorder.stream_file import StreamFile

RETRY_S = 1.0
MAX_WAITING_LINES = 1000
MAX_WAITING_BYTES = 4 << 20
_MAX_OPEN_FILES = 64
_MAX_FILE_NAME = 100


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """State of recording in this process.

    Attributes:
        written: Lines written.
        waiting: Lines waiting until writing is possible again.
        lost: Lines given up, and events that could not be recorded.
        trouble: Error that makes lines wait, empty if none do.
        problems: How often each kind of problem was met, by the function that recorded and the error.
    """

    written: int
    waiting: int
    lost: int
    trouble: str
    problems: Mapping[str, int] = field(default_factory=dict)


class StreamWriter:
    """Appends lines to stream files.

    A line that cannot be written waits, as one of at most `MAX_WAITING_LINES` lines and `MAX_WAITING_BYTES` bytes; the
    oldest are lost first. Writing is retried with the first line after `RETRY_S` seconds, and when the process ends.
    """

    def __init__(self) -> None:
        self._files: dict[Path, StreamFile] = {}
        self._waiting: deque[tuple[Path, bytes]] = deque()
        self._waiting_bytes = 0
        self._retry_at = 0.0
        self._written_count = 0
        self._lost_count = 0
        self._trouble = ""

    def append(self, path: Path, line: bytes, limit: int) -> str:
        """Append a line to the stream at ``path``, which is rotated at ``limit`` bytes.

        Returns a message to log if trouble has begun or ended with this line, else an empty string.
        """
        with LOCK:
            if not self._waiting:
                try:
                    self._file(path).append(line, limit)
                except OSError as error:
                    return self._begin_waiting(path, line, error)
                self._written_count += 1
                return ""
            self._enqueue(path, line)
            return self.flush(limit) if monotonic() >= self._retry_at else ""

    def flush(self, limit: int) -> str:
        """Try to write the waiting lines, and those that went to a removed file. Returns a message as `append` does."""
        with LOCK:
            self.confirm()
            while self._waiting:
                path, line = self._waiting[0]
                try:
                    self._file(path).append(line, limit)
                except OSError as error:
                    self._trouble = str(error)
                    self._retry_at = monotonic() + RETRY_S
                    return ""
                self._written_count += 1
                self._drop_oldest()
            return self._recovery_message()

    def confirm(self) -> None:
        """Write again what went to a removed file."""
        with LOCK:
            for file in self._files.values():
                with suppress(OSError):  # the file keeps its lines
                    file.flush()

    def status(self) -> RecordingStatus:
        """Return the state of recording."""
        with LOCK:
            problems = problem_counts()
            lost = self._lost_count + sum(problems.values())
            return RecordingStatus(self._written_count, len(self._waiting), lost, self._trouble, problems)

    def close(self) -> None:
        """Close all files; the next line opens its file again."""
        with LOCK:
            while self._files:
                self._close_oldest()

    def reset_after_fork(self) -> None:
        """Drop the waiting lines in a forked child: the parent writes them."""
        for file in self._files.values():
            file.forget_recent()
        self._waiting.clear()
        self._waiting_bytes = self._written_count = self._lost_count = 0
        self._trouble = ""
        clear_problems()

    def _file(self, path: Path) -> StreamFile:
        file = self._files.get(path)
        if file is None:
            if len(self._files) >= _MAX_OPEN_FILES:
                self._close_oldest()
            file = self._files[path] = StreamFile(path)
        return file

    def _close_oldest(self) -> None:
        self._lost_count += self._files.pop(next(iter(self._files))).close()

    def _begin_waiting(self, path: Path, line: bytes, error: OSError) -> str:
        self._enqueue(path, line)
        self._trouble = str(error)
        self._retry_at = monotonic() + RETRY_S
        return f"recording is interrupted, events are waiting: {error}"

    def _enqueue(self, path: Path, line: bytes) -> None:
        self._waiting.append((path, line))
        self._waiting_bytes += len(line)
        while len(self._waiting) > MAX_WAITING_LINES or self._waiting_bytes > MAX_WAITING_BYTES:
            self._drop_oldest()
            self._lost_count += 1

    def _drop_oldest(self) -> None:
        _, line = self._waiting.popleft()
        self._waiting_bytes -= len(line)

    def _recovery_message(self) -> str:
        if not self._trouble:
            return ""
        self._trouble = ""
        return f"recording has resumed; {self._lost_count} events were lost"


STREAMS = StreamWriter()
"""The stream files of this process."""


def stream_path(settings: Settings, session_id: str) -> Path:
    """Return the stream file of a session."""
    return settings.stream or _session_path(settings.streams, session_id)


@lru_cache(_MAX_OPEN_FILES)
def _session_path(folder: Path, session_id: str) -> Path:
    return folder / f"{_file_name(session_id)}.jsonl"


def _file_name(session_id: str) -> str:
    """Return the session id if it can name a file, else its safe characters and a digest of it."""
    name = re.sub(r"[^\w.-]|^\.+", "_", session_id, flags=re.ASCII)[:_MAX_FILE_NAME]
    if name == session_id:
        return name
    return f"{name}-{blake2b(session_id.encode(errors='replace'), digest_size=4).hexdigest()}"
