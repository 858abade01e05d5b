"""All streams of this process, and what becomes of lines that cannot be written."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from time import monotonic

from tui_monitor.telemetry.recorder.runtime import LOCK
from tui_monitor.telemetry.recorder.settings import Settings
from tui_monitor.telemetry.recorder.stream_file import StreamFile

RETRY_S = 1.0
MOST_WAITING_LINES = 1000
MOST_WAITING_BYTES = 4 << 20
_MOST_FILES = 64
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """Lines that were written, that wait until writing is possible again, and that are lost; ``trouble`` is why they
    wait, empty when none does."""

    written: int
    waiting: int
    lost: int
    trouble: str


class Streams:
    """Appends lines to files. What cannot be written waits, up to `MOST_WAITING_LINES`, and is tried again a second
    later, when the next line comes, and at the end of the process."""

    def __init__(self) -> None:
        self._files: dict[Path, StreamFile] = {}
        self._waiting: deque[tuple[Path, bytes]] = deque()
        self._waiting_bytes = 0
        self._retry_at = 0.0
        self._written = 0
        self._lost = 0
        self._trouble = ""

    def append(self, path: Path, line: bytes, limit: int) -> str:
        """Add a line to the stream at ``path``, which is rotated at ``limit`` bytes.

        Returns what is to be told, once, of a trouble that has begun or ended; mostly nothing.
        """
        with LOCK:
            if not self._waiting:
                try:
                    self._file(path).append(line, limit)
                except OSError as error:
                    return self._begin_waiting(path, line, error)
                self._written += 1
                return ""
            self._keep(path, line)
            return self.flush(limit) if monotonic() >= self._retry_at else ""

    def flush(self, limit: int) -> str:
        """Try to write what waits; returns what `append` does."""
        with LOCK:
            while self._waiting:
                path, line = self._waiting[0]
                try:
                    self._file(path).append(line, limit)
                except OSError as error:
                    self._trouble = str(error)
                    self._retry_at = monotonic() + RETRY_S
                    return ""
                self._written += 1
                self._forget_oldest()
            return self._recovered()

    def lose(self) -> None:
        """Count a line that cannot even be made."""
        with LOCK:
            self._lost += 1

    def status(self) -> RecordingStatus:
        """How recording goes."""
        with LOCK:
            return RecordingStatus(self._written, len(self._waiting), self._lost, self._trouble)

    def close(self) -> None:
        """Let go of all files; the next lines open them again."""
        with LOCK:
            for file in self._files.values():
                file.close()
            self._files.clear()

    def begin_anew(self) -> None:
        """In a forked child: what waits is the parent's to write."""
        self._waiting.clear()
        self._waiting_bytes = self._written = self._lost = 0
        self._trouble = ""

    def _file(self, path: Path) -> StreamFile:
        file = self._files.get(path)
        if file is None:
            if len(self._files) >= _MOST_FILES:
                self._files.pop(next(iter(self._files))).close()
            file = self._files[path] = StreamFile(path)
        return file

    def _begin_waiting(self, path: Path, line: bytes, error: OSError) -> str:
        self._keep(path, line)
        self._trouble = str(error)
        self._retry_at = monotonic() + RETRY_S
        return f"what this agent does cannot be recorded just now: {error}"

    def _keep(self, path: Path, line: bytes) -> None:
        self._waiting.append((path, line))
        self._waiting_bytes += len(line)
        while len(self._waiting) > MOST_WAITING_LINES or self._waiting_bytes > MOST_WAITING_BYTES:
            self._forget_oldest()
            self._lost += 1

    def _forget_oldest(self) -> None:
        _, line = self._waiting.popleft()
        self._waiting_bytes -= len(line)

    def _recovered(self) -> str:
        if not self._trouble:
            return ""
        self._trouble = ""
        return f"recording goes on; {self._lost} events are lost"


STREAMS = Streams()


def stream_path(settings: Settings, session: str) -> Path:
    """The file that a session's lines go to."""
    return settings.stream or _session_path(settings.streams, session)


@lru_cache(_MOST_FILES)
def _session_path(folder: Path, session: str) -> Path:
    return folder / f"{_file_name(session)}.jsonl"


def _file_name(session: str) -> str:
    """The session's id, where it can be a file's name, else as much of it as can be and a digest of it."""
    name = re.sub(r"[^\w.-]|^\.+", "_", session, flags=re.ASCII)[:_LONGEST_NAME]
    return name if name == session else f"{name}-{blake2b(session.encode(errors='replace'), digest_size=4).hexdigest()}"
