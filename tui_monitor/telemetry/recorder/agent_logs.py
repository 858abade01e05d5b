"""A log file for each agent: what it printed, as plain text."""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path
from urllib.parse import quote, unquote

from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.masking import masked, may_hold_secrets
from tui_monitor.telemetry.recorder.runtime import LOCK
from tui_monitor.telemetry.recorder.settings import current, working_folder
from tui_monitor.telemetry.recorder.validation import check_id

LONGEST_STRING = 1 << 20
"""So much may stand between the beginning of a control string and its end; then it is taken to have none."""

_LONGEST_SEQUENCE = 256

_SEQUENCE = re.compile(
    r"""
      (?:\x1b\[|\x9b) [0-?]*[ -/]* [@-~]?                      # CSI: colours, cursor moves
    | (?P<string>\x1b[]PX^_]|[\x90\x98\x9d-\x9f])              # OSC, DCS, SOS, PM, APC: a string …
      [^\x07\x18\x1a\x1b\x80-\x9f]* (?:\x07|\x18|\x1a|\x1b\\|\x9c)? # … up to its end, or up to the next sequence
    | \x1b [ -/]* [0-~]?                                       # every other escape
    | \r(?=\n)
    | [\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]           # control characters
    """,
    re.VERBOSE,
)
_UNFINISHED = re.compile(
    r"""
      (?:\x1b\[|\x9b)[0-?]*[ -/]*\Z
    | (?P<string>\x1b[]PX^_]|[\x90\x98\x9d-\x9f])(?P<inside>[^\x07\x18\x1a\x1b\x80-\x9f]*)\x1b?\Z
    | \x1b[ -/]*\Z
    | \r\Z
    """,
    re.VERBOSE,
)


class PlainText:
    """Takes a text in pieces, cut anywhere, and gives what is left of it: every control sequence of ECMA-48 in its
    7-bit and 8-bit form is gone, strings (OSC, DCS, SOS, PM, APC) with what they hold, and all control characters but
    tab and line feed; a carriage return begins a new line."""

    def __init__(self) -> None:
        self._held = ""
        self._inside = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def feed(self, piece: str | bytes) -> str:
        """The text of the next piece. Bytes are UTF-8; what is no UTF-8 counts as 8-bit controls or is replaced."""
        told = self._held + (_readable(self._decoder.decode(piece)) if isinstance(piece, bytes) else piece)
        self._held = ""
        unfinished = _UNFINISHED.search(told)
        if unfinished is None or unfinished.start():
            self._inside = 0
        if unfinished:
            told = told[: unfinished.start()] + self._hold(unfinished)
        return _SEQUENCE.sub("", told).replace("\r", "\n")

    def finish(self) -> str:
        """Nothing more will come: what was held back in vain."""
        held, self._held, self._inside = self._held, "", 0
        return "\n" if held == "\r" else ""

    def _hold(self, unfinished: re.Match[str]) -> str:
        """Keep of an unfinished sequence what tells how it goes on; answer with what is not one after all."""
        if not unfinished["string"]:
            held = unfinished[0]
            self._held = held if len(held) <= _LONGEST_SEQUENCE else ""
            return ""
        self._inside += len(unfinished["inside"])
        if self._inside > LONGEST_STRING:
            self._inside = 0
            return unfinished["inside"]
        self._held = unfinished["string"] + ("\x1b" if unfinished[0].endswith("\x1b") else "")
        return ""


def _readable(text: str) -> str:
    return "".join(map(_control_or_replaced, text)) if re.search("[\ud800-\udfff]", text) else text


def _control_or_replaced(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDC9F:
        return chr(code - 0xDC00)
    return "�" if 0xD800 <= code <= 0xDFFF else character


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
