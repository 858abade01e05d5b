"""The project's own stream: the output of the recording library, one UTF-8 JSON object per line.

Every line is an envelope with the content beside it:

    {"v": 1, "type": "usage", "uid": "<globally unique>", "timestamp": 1767225600.25,
     "session_id": "s1", "agent_id": "a1", …}

``v`` is the version of the format, ``type`` one of agent, prompt, message, generation_start, generation, usage,
tool_start, tool, context, compaction, wait, retry, todos, end, request, metric, log, and ``uid`` identifies the line,
so that a line that is read twice counts once. ``session_id``, ``agent_id``, ``parent_id``,
``plan_id``, ``task_id``, ``model``, ``provider``, ``engine_id`` and ``operation`` are allowed on every line, and any
field may be null or missing. Fields and units are those of the objects in the line: epoch milliseconds for tools, epoch
seconds for all else, ISO-8601 for both. A bare ToolExecution or TelemetryRecord without an envelope is read, too. The
complete description is in ``stream.schema.json``; `schema` returns it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import ClassVar

from tui_monitor.events import ProcessScan
from tui_monitor.regular_files import open_binary
from tui_monitor.sources.base import Head, Parser, ProcessTable, Record, SearchContext, UnreadableRecord
from tui_monitor.sources.files.decode import decode
from tui_monitor.sources.files.folder_listing import list_folder, with_prefix
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.shared.fields import put_bounded, text
from tui_monitor.sources.stream.origin import SOURCE
from tui_monitor.sources.stream.processes import MAX_STREAMS, ProcessLookup, StatedProcesses

_MAX_HEADER_LINES = 20
_MAX_LINE_LENGTH = 64 * 1024
_NUMBERED = re.compile(r"(?P<name>.+)\.(?P<number>[1-9]\d{0,8})")


class Stream(LineAdapter):
    """Sessions of agents that record themselves."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 6
    states_processes: ClassVar[bool] = True

    def __init__(self) -> None:
        self._processes: dict[Path, StatedProcesses] = {}
        self._lookup = ProcessLookup()

    def recognises(self, head: Head) -> bool:
        return any(_is_stream_record(record) for record in head.records)

    def parser(self, path: Path, state: str) -> Parser:
        from tui_monitor.sources.stream.parser import StreamParser

        parser = StreamParser(path, state)
        put_bounded(self._processes, path, parser.processes, MAX_STREAMS)
        return parser

    def scan_processes(self, context: SearchContext, table: ProcessTable) -> ProcessScan:
        """Return the processes of all sessions that were read, as their lines state them."""
        return self._lookup.scan(list(self._processes.values()), table)

    def roots(self, context: SearchContext) -> list[Path]:
        extra = context.env.get("TUI_MONITOR_STREAM")
        return list(dict.fromkeys([_data_folder(context) / "streams", *([Path(extra).parent] if extra else [])]))

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        extra = context.env.get("TUI_MONITOR_STREAM")
        streams = (_data_folder(context) / "streams").glob("*.jsonl")
        paths = dict.fromkeys(path for path in streams if not _is_earlier_part(path))
        return [*paths, *([Path(extra)] if extra and Path(extra) not in paths and Path(extra).is_file() else [])]

    def related_files(self, path: Path) -> Iterable[Path]:
        """Return the earlier parts of a stream: a full file gets a number in its name, and a new file is begun."""
        names = with_prefix(list_folder(path.parent).files, f"{path.stem}.")
        files = (path.with_name(name) for name in names if name.endswith(path.suffix))
        return sorted((file for file in files if _part_number(file) and _current_file(file) == path), key=_part_number)

    def start_directory(self, path: Path) -> str | None:
        try:
            with open_binary(path) as file:
                lines = [file.readline(_MAX_LINE_LENGTH) for _ in range(_MAX_HEADER_LINES)]
        except OSError:
            return None
        return next((text(record.get("cwd")) for record in _records(lines) if text(record.get("cwd"))), None)


def schema() -> str:
    """Return the JSON Schema (2020-12) of one line, as JSON text."""
    return resources.files(__package__).joinpath("stream.schema.json").read_text(encoding="utf-8")


def _part_number(path: Path) -> int:
    """Return the number in the name of an earlier part; 0 for other files."""
    match = _NUMBERED.fullmatch(path.stem)
    return int(match["number"]) if match else 0


def _current_file(path: Path) -> Path:
    """Return the file that is now written, for an earlier part."""
    return path.with_name(_NUMBERED.sub(r"\g<name>", path.stem) + path.suffix)


def _is_earlier_part(path: Path) -> bool:
    """Return True for an earlier part of an existing stream."""
    return _part_number(path) > 0 and _current_file(path).is_file()


def _is_stream_record(record: Record) -> bool:
    from tui_monitor.sources.stream.parser import TYPES, record_type

    if "type" in record:
        return text(record["type"]) in TYPES and ("v" in record or "uid" in record)
    return bool(record_type(record))


def _records(lines: Iterable[bytes]) -> Iterable[Record]:
    for line in lines:
        try:
            yield from islice(decode(line), 1)
        except UnreadableRecord:
            continue


def _data_folder(context: SearchContext) -> Path:
    folder = context.env.get("TUI_MONITOR_DATA_DIR")
    if folder:
        return Path(folder)
    from platformdirs import user_data_path

    return user_data_path("tui-monitor")
