"""The registry of live sessions: a file per process, which the program keeps up to date and removes at its end."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import orjson

from tui_monitor.events import Activity, ProcessScan, SessionKey, SessionProcess
from tui_monitor.regular_files import open_binary, read_bytes
from tui_monitor.sources.base import ProcessTable, Record, SearchContext
from tui_monitor.sources.claude_code.line import SOURCE
from tui_monitor.sources.shared.fields import number, table, text

FOLDER = "sessions"
COMPLETE_FROM = (2, 1, 154)
"""The first version that registers all its sessions with their status."""

_HISTORY = "history.jsonl"
_HISTORY_END = 16 * 1024
"""Bytes of the history that are looked at."""
_COMPACT = "/compact"
_BEFORE_MS = 2_000
"""Time by which a command is entered before the program states that it works."""
_MAX_ENTRY = 64 * 1024
_MAX_ENTRIES = 512
_NAME = re.compile(r"(?:pid-)?\d{1,10}\.json")
_ACTIVITIES = {
    "busy": Activity.BUSY,
    "waiting": Activity.WAITING,
    "shell": Activity.BACKGROUND,
    "idle": Activity.IDLE,
}
_NO_PATH_CHARACTER = re.compile(r"[^A-Za-z0-9]")


def scan(homes: list[Path], context: SearchContext, table_of_processes: ProcessTable) -> ProcessScan | None:
    """Return the registered sessions under the program's ``homes`` whose processes live; None without a registry."""
    folders = [home / FOLDER for home in homes]
    listings = [(folder, names) for folder in folders if (names := _entries_in(folder)) is not None]
    if not listings:
        return None
    processes = []
    for folder, names in listings:
        found = (_process(folder / name, context, table_of_processes) for name in names)
        processes += [_compacting(process, folder.parent) for process in found if process]
    return ProcessScan(source=SOURCE, processes=tuple(processes), complete_from=COMPLETE_FROM)


def files(homes: list[Path]) -> list[Path]:
    """Return the folders of the registry under the program's ``homes``, and the entries in them."""
    folders = [home / FOLDER for home in homes]
    return [*folders, *(folder / name for folder in folders for name in _entries_in(folder) or ())]


def _entries_in(folder: Path) -> list[str] | None:
    """Return the names of the entries; None without a folder. Beside them are files with keys, which are not opened."""
    try:
        names = os.listdir(folder)  # noqa: PTH208  (called twice a second)
    except OSError:
        return None
    return sorted(name for name in names if _NAME.fullmatch(name))[:_MAX_ENTRIES]


def _process(path: Path, context: SearchContext, table_of_processes: ProcessTable) -> SessionProcess | None:
    entry = _read(path)
    pid, session = number(entry.get("pid")), text(entry.get("sessionId"))
    if not pid or not session or not _lives(pid, entry, table_of_processes):
        return None
    process = table_of_processes.find(pid)
    activity = _ACTIVITIES.get(text(entry.get("status")))
    cwd = text(entry.get("cwd"))
    return SessionProcess(
        session=SessionKey(SOURCE, session),
        pid=pid,
        started=number(entry.get("startedAt")) or 0,
        cwd=cwd,
        version=text(entry.get("version")),
        activity=activity,
        since=(number(entry.get("statusUpdatedAt")) or 0) if activity else 0,
        waits_for=text(entry.get("waitingFor")) if activity is Activity.WAITING else "",
        output_at=_last_output_at(context, cwd, session) if activity is Activity.BUSY else None,
        terminal=process.terminal if process else "",
        pane=text(entry.get("tmux")).rpartition(".")[2],
    )


def _lives(pid: int, entry: Record, table_of_processes: ProcessTable) -> bool:
    """Return True if the process of an entry lives. That of a container cannot be examined from outside: its entry is
    believed while it is there."""
    domain, own = text(entry.get("pidDomain")), table_of_processes.namespace()
    if domain and own and not domain.endswith(own):
        return True
    return table_of_processes.is_alive(pid, text(entry.get("procStart")))


def _compacting(process: SessionProcess, home: Path) -> SessionProcess:
    """Recognise a compaction that a person asked for: only the history of what was entered has it."""
    if process.activity is not Activity.BUSY:
        return process
    entered, at = last_entered(home / _HISTORY, process.session.id)
    is_compaction = entered.split(maxsplit=1)[:1] == [_COMPACT] and at >= process.since - _BEFORE_MS
    return replace(process, activity=Activity.COMPACTING) if is_compaction else process


def last_entered(history: Path, session: str) -> tuple[str, int]:
    """Return what was entered last into a session, and when (epoch ms), by the end of the history; empty if it is not
    there."""
    try:
        with open_binary(history) as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _HISTORY_END))
            lines = file.read(_HISTORY_END).splitlines()
    except OSError:
        return "", 0
    for line in reversed(lines):
        with suppress(orjson.JSONDecodeError):
            record = table(orjson.loads(line))
            if record.get("sessionId") == session:
                return text(record.get("display")), number(record.get("timestamp")) or 0
    return "", 0


def _read(path: Path) -> Record:
    """Return an entry; an empty one while it is being written, or when it is gone."""
    try:
        return table(orjson.loads(read_bytes(path, _MAX_ENTRY)))
    except (OSError, orjson.JSONDecodeError):
        return {}


def _last_output_at(context: SearchContext, cwd: str, session: str) -> int | None:
    """Return when a command of the session last began or printed (epoch ms), by the files that take its output; None
    where there is no folder for them."""
    temporary = Path(context.env.get("CLAUDE_CODE_TMPDIR") or "/tmp")
    user = f"claude-{os.getuid()}" if hasattr(os, "getuid") else "claude"
    folder = temporary / user / _NO_PATH_CHARACTER.sub("-", cwd) / session / "tasks"
    try:
        return max(_times_of_output(folder), default=0)
    except OSError:
        return None


def _times_of_output(folder: Path) -> Iterator[int]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".output") and entry.is_file(follow_symlinks=False):
                with suppress(OSError):
                    yield entry.stat(follow_symlinks=False).st_mtime_ns // 1_000_000
