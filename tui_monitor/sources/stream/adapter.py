"""Our own stream: what an agent that uses the recording library writes, one JSON object a line, UTF-8.

Every line is an envelope with the content beside it:

    {"v": 1, "type": "usage", "uid": "<unique in the world>", "timestamp": 1767225600.25,
     "session_id": "s1", "agent_id": "a1", …}

``v`` is the version of the form, ``type`` one of agent, usage, tool_start, tool, context, request, metric, log, and
``uid`` names the line itself, so that a line that is read twice counts once. ``session_id``, ``agent_id``,
``parent_id``, ``plan_id``, ``task_id``, ``model``, ``provider``, ``engine_id`` and ``operation`` may stand on every
line, and any field may be null or left out. Fields and units are those of the objects that it carries: epoch
milliseconds for tools, epoch seconds for all else, ISO-8601 for both. A bare ToolExecution or TelemetryRecord without
an envelope is read, too. The whole is described in ``stream.schema.json``, which `schema` gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import ClassVar

from tui_monitor.sources.base import Head, Parser, Record, SearchContext, UnreadableRecord
from tui_monitor.sources.files.decode import decode
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.shared.fields import text
from tui_monitor.sources.stream.origin import SOURCE
from tui_monitor.sources.stream.parser import TYPES, StreamParser, kind_of

_SEARCHED_LINES = 20
_LONGEST_LINE = 64 * 1024
_FULL = re.compile(r"(?P<name>.+)\.(?P<number>[1-9]\d{0,8})")


class Stream(LineAdapter):
    """The sessions of agents that record themselves."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 1

    def recognises(self, head: Head) -> bool:
        return any(_is_ours(record) for record in head.records)

    def parser(self, path: Path, state: str) -> Parser:
        return StreamParser(path, state)

    def roots(self, context: SearchContext) -> list[Path]:
        return [_data_folder(context) / "streams"]

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        named = context.env.get("TUI_MONITOR_STREAM")
        if named and Path(named).is_file():
            yield Path(named)
        for root in self.roots(context):
            yield from (path for path in root.glob("*.jsonl") if not _is_full(path))

    def related_files(self, path: Path) -> Iterable[Path]:
        """What the stream held before: a file that is full gets a number into its name, and a new one is begun."""
        full = (file for file in path.parent.glob(f"*{path.suffix}") if _number(file) and _newest(file) == path)
        return sorted(full, key=_number)

    def start_directory(self, path: Path) -> str | None:
        try:
            with path.open("rb") as file:
                lines = [file.readline(_LONGEST_LINE) for _ in range(_SEARCHED_LINES)]
        except OSError:
            return None
        return next((text(record.get("cwd")) for record in _records(lines) if text(record.get("cwd"))), None)


def schema() -> str:
    """The JSON Schema (2020-12) of one line, as JSON text."""
    return resources.files(__package__).joinpath("stream.schema.json").read_text(encoding="utf-8")


def _number(path: Path) -> int:
    """Which of the full files of a stream it is by its name; 0 for none."""
    named = _FULL.fullmatch(path.stem)
    return int(named["number"]) if named else 0


def _newest(path: Path) -> Path:
    """The file that is now written to, by the name of a full one."""
    return path.with_name(_FULL.sub(r"\g<name>", path.stem) + path.suffix)


def _is_full(path: Path) -> bool:
    """Whether it is the earlier part of a stream."""
    return _number(path) > 0 and _newest(path).is_file()


def _is_ours(record: Record) -> bool:
    if "type" in record:
        return text(record["type"]) in TYPES and ("v" in record or "uid" in record)
    return bool(kind_of(record))


def _records(lines: Iterable[bytes]) -> Iterable[Record]:
    for line in lines:
        try:
            yield from islice(decode(line), 1)
        except UnreadableRecord:
            continue


def _data_folder(context: SearchContext) -> Path:
    named = context.env.get("TUI_MONITOR_DATA_DIR")
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("tui-monitor")
