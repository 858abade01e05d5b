"""A log file for each agent: what it printed, as plain text."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote, unquote

from tui_monitor.telemetry.checks import check_id
from tui_monitor.telemetry.control_sequences import PlainText
from tui_monitor.telemetry.errors import ValidationError
from tui_monitor.telemetry.lock import LOCK
from tui_monitor.telemetry.masking import masked, may_hold_secrets
from tui_monitor.telemetry.settings import current, working_folder

_SUFFIX = ".log"
_LONGEST_NAME = 240
_BLOCK = 64 << 10
_ONLY_THIS_FILE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_MOST_OPEN = 1000


class LogManager:
    """The logs of agents in one folder, by default ``logs`` of the data folder. Any thread may write and ask.

    An agent's log is ``<agent id>.log``, in which whatever is no letter, digit or one of ``_-.`` is written as in a web
    address, so that no id leads out of the folder. Files and folder are for their owner alone. Text is kept without
    control sequences, wherever pieces of it are cut, and with secrets masked as the settings of telemetry say; a
    secret that is cut in two is not found. All methods raise an OSError where a file cannot be read or written, and a
    `ValidationError` for an agent id that can name no file.
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self.folder = _usual_folder() if folder is None else Path(folder).absolute()
        self._texts: dict[str, PlainText] = {}

    def log_path(self, agent_id: str) -> Path:
        """Where an agent's log is, or would be."""
        check_id("agent_id", agent_id)
        name = re.sub(r"^\.", "%2E", quote(agent_id, safe=""))
        if len(name) + len(_SUFFIX) > _LONGEST_NAME:
            raise ValidationError(f"agent_id is too long to name a file: {agent_id[:40]!r}…")
        return self.folder / f"{name}{_SUFFIX}"

    def create_log(self, agent_id: str) -> Path:
        """Begin an agent's log; one that is there is emptied."""
        path = self.log_path(agent_id)
        with LOCK:
            self._texts.pop(agent_id, None)
        os.close(self._open(path, os.O_TRUNC))
        return path

    def append_log(self, agent_id: str, text: str | bytes) -> None:
        """Add what the agent printed, as it comes: a piece need not end with a line or a sequence."""
        path = self.log_path(agent_id)
        with LOCK:
            plain = self._text(agent_id).feed(text)
        data = plain.encode("utf-8", "replace")
        if current().mask_secrets and may_hold_secrets(data):
            data = masked(plain).encode("utf-8", "replace")
        descriptor = self._open(path, os.O_APPEND)
        try:
            while data:
                data = data[os.write(descriptor, data) :]
        finally:
            os.close(descriptor)

    def read_log(self, agent_id: str) -> str:
        """The whole log."""
        return self.log_path(agent_id).read_text(encoding="utf-8", errors="replace")

    def tail_log(self, agent_id: str, lines: int = 10) -> list[str]:
        """The last so many lines. Only the end of the file is read."""
        if lines < 1:
            return []
        with self.log_path(agent_id).open("rb") as file:
            place, end = file.seek(0, os.SEEK_END), b""
            while place and end.count(b"\n") <= lines:
                start = max(0, place - max(_BLOCK, len(end)))
                file.seek(start)
                end, place = file.read(place - start) + end, start
        return end.decode(errors="replace").removesuffix("\n").split("\n")[-lines:] if end else []

    def list_logs(self) -> list[str]:
        """The ids of all agents that have a log, in order."""
        return sorted(unquote(path.name.removesuffix(_SUFFIX)) for path in self.folder.glob(f"*{_SUFFIX}"))

    def _text(self, agent_id: str) -> PlainText:
        if agent_id not in self._texts and len(self._texts) >= _MOST_OPEN:
            del self._texts[next(iter(self._texts))]
        return self._texts.setdefault(agent_id, PlainText())

    def _open(self, path: Path, how: int) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_WRONLY | os.O_CREAT | _ONLY_THIS_FILE | how, 0o600)


def _usual_folder() -> Path:
    from tui_monitor import config

    return config.data_folder(os.environ, Path(working_folder())) / "logs"
