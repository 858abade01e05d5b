"""A log file for each agent: its printed output, as plain text."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote, unquote

from tui_monitor.clean import ControlSequenceStripper
from tui_monitor.regular_files import open_binary, open_descriptor, read_text
from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.masking import mask_text, may_hold_secrets
from tui_monitor.telemetry.recorder.runtime import LOCK
from tui_monitor.telemetry.recorder.settings import current_settings
from tui_monitor.telemetry.recorder.validation import check_id

_SUFFIX = ".log"
_MAX_NAME = 240
_BLOCK_BYTES = 64 << 10
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_MAX_STRIPPERS = 1000


class LogManager:
    """Log files of agents in one folder, by default ``logs`` in the data folder. Safe for use from any thread.

    An agent's log is ``<agent id>.log``; characters other than letters, digits and ``_-.`` are percent-encoded, so an
    id cannot lead out of the folder. Files and folder are readable by their owner only. Text is stored without control
    sequences, even those split across calls, and with secrets masked according to the telemetry settings; a secret
    split across calls is not found.

    Raises:
        OSError: from any method, when a file cannot be read or written.
        ValidationError: from any method, when an agent id cannot name a file.
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self.folder = _default_folder() if folder is None else Path(folder).absolute()
        self._strippers: dict[str, ControlSequenceStripper] = {}

    def log_path(self, agent_id: str) -> Path:
        """Return the path of an agent's log, whether or not it exists."""
        check_id("agent_id", agent_id)
        name = re.sub(r"^\.", "%2E", quote(agent_id, safe=""))
        if len(name) + len(_SUFFIX) > _MAX_NAME:
            raise ValidationError(f"agent_id is too long to name a file: {agent_id[:40]!r}…")
        return self.folder / f"{name}{_SUFFIX}"

    def create_log(self, agent_id: str) -> Path:
        """Create an agent's log, or empty the existing one. Return its path."""
        path = self.log_path(agent_id)
        with LOCK:
            self._strippers.pop(agent_id, None)
        os.close(self._open(path, os.O_TRUNC))
        return path

    def append_log(self, agent_id: str, text: str | bytes) -> None:
        """Append output of the agent. A piece may be cut anywhere, even within a line or a control sequence."""
        path = self.log_path(agent_id)
        with LOCK:
            plain = self._stripper(agent_id).feed(text)
        data = plain.encode("utf-8", "replace")
        if current_settings().mask_secrets and may_hold_secrets(data):
            data = mask_text(plain).encode("utf-8", "replace")
        descriptor = self._open(path, os.O_APPEND)
        try:
            while data:
                data = data[os.write(descriptor, data) :]
        finally:
            os.close(descriptor)

    def read_log(self, agent_id: str) -> str:
        """Return the whole log."""
        return read_text(self.log_path(agent_id), errors="replace")

    def tail_log(self, agent_id: str, lines: int = 10) -> list[str]:
        """Return the last ``lines`` lines, reading only the end of the file."""
        if lines < 1:
            return []
        with open_binary(self.log_path(agent_id)) as file:
            offset, tail = file.seek(0, os.SEEK_END), b""
            while offset and tail.count(b"\n") <= lines:
                start = max(0, offset - max(_BLOCK_BYTES, len(tail)))
                file.seek(start)
                tail, offset = file.read(offset - start) + tail, start
        return tail.decode(errors="replace").removesuffix("\n").split("\n")[-lines:] if tail else []

    def list_logs(self) -> list[str]:
        """Return the ids of all agents with a log, sorted."""
        return sorted(unquote(path.name.removesuffix(_SUFFIX)) for path in self.folder.glob(f"*{_SUFFIX}"))

    def _stripper(self, agent_id: str) -> ControlSequenceStripper:
        if agent_id not in self._strippers and len(self._strippers) >= _MAX_STRIPPERS:
            del self._strippers[next(iter(self._strippers))]
        return self._strippers.setdefault(agent_id, ControlSequenceStripper())

    def _open(self, path: Path, mode: int) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return open_descriptor(path, os.O_WRONLY | os.O_CREAT | _NO_FOLLOW | mode)


def _default_folder() -> Path:
    from tui_monitor import config

    return config.data_folder(os.environ, config.current_folder(os.environ)) / "logs"
