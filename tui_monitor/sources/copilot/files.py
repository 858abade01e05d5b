"""Paths of Copilot CLI: ``session-state/<session>/events.jsonl`` (older: ``session-state/<session>.jsonl``), and beside
``session-state`` the database of all sessions, in which each has a virtual path, ``session-store.db/<session>``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.files.folder_listing import list_folder
from tui_monitor.sources.files.head import UnrecognisedFormat, read_head
from tui_monitor.sources.shared.fields import table, text

EVENTS = "events.jsonl"
STORE = "session-store.db"
_SESSIONS, _TELEMETRY, _LINES = "session-state", "otel", ".jsonl"


def root(context: SearchContext) -> Path:
    """Return the folder of all sessions."""
    folder = context.env.get("COPILOT_HOME")
    return (Path(folder) if folder else context.home / ".copilot") / _SESSIONS


def telemetry_folder(context: SearchContext) -> Path:
    """Return the folder of its OpenTelemetry files."""
    return root(context).parent / _TELEMETRY


def telemetry_file(context: SearchContext) -> Path | None:
    """Return the file to which its OpenTelemetry is written instead, if it is set."""
    path = context.env.get("COPILOT_OTEL_FILE_EXPORTER_PATH")
    return Path(path) if path and Path(path).is_absolute() else None


def sessions(context: SearchContext) -> Iterator[Path]:
    """Yield the events of all sessions."""
    listing = list_folder(folder := root(context))
    yield from (folder / name for name in listing.files if name.endswith(_LINES))
    for name in listing.folders:
        if EVENTS in list_folder(folder / name).files:
            yield folder / name / EVENTS


def session_named(path: Path) -> str:
    """Return the session whose events or rows are at ``path``, by its name."""
    if path.name == EVENTS:
        return path.parent.name
    return path.name if is_in_store(path) else path.stem


def is_in_store(path: Path) -> bool:
    """Return True for the virtual path of a session in the database."""
    return path.parent.name == STORE


def store_of(path: Path) -> Path | None:
    """Return the virtual path of a session's rows in the database; None if there is no database."""
    folder = path.parent if path.name != EVENTS else path.parent.parent
    store = folder.parent / STORE
    return store / session_named(path) if folder.name == _SESSIONS and store.is_file() else None


def start_directory(path: Path) -> str:
    """Return the directory in the first events of a session; empty if there is none."""
    try:
        records = read_head(path).records
    except UnrecognisedFormat:
        return ""
    contexts = (table(table(record.get("data")).get("context")) for record in records)
    return next((folder for context in contexts if (folder := text(context.get("cwd")))), "")
