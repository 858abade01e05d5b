"""Paths of session files: ``<sessions>/<folder of the project>/<time>_<session>.jsonl``; the files of a session's
sub-agents are below a folder named like its own file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tui_monitor.sources.base import Record
from tui_monitor.sources.files.folder_listing import files_below, list_folder
from tui_monitor.sources.files.head import UnrecognisedFormat, read_head
from tui_monitor.sources.shared.fields import text

_LINES = ".jsonl"
_NAME = re.compile(r"\d{4}-\d\d-\d\dT[\d-]+Z_(?P<session>.+)")
_FIRST_LINES = 3


def sessions_below(roots: Iterable[Path]) -> Iterator[Path]:
    """Yield the sessions in these folders and in the folders of projects in them."""
    for root in roots:
        projects = (root / name for name in list_folder(root).folders if not session_in_name(name))
        for folder in (root, *projects):
            yield from (folder / name for name in list_folder(folder).files if name.endswith(_LINES))


def agent_files(path: Path) -> list[Path]:
    """Return the files of a session's sub-agents."""
    return list(files_below(path.with_suffix(""), "", _LINES))


def session_in_name(name: str) -> str:
    """Return the session id in a file's name without its suffix; empty without one."""
    match = _NAME.fullmatch(name)
    return match["session"] if match else ""


def session_above(path: Path) -> str:
    """Return the session in whose folder a sub-agent's file is; empty for a session's own file."""
    return next(filter(None, (session_in_name(folder.name) for folder in reversed(path.parents))), "")


def header_in(records: Iterable[Record]) -> Record:
    """Return the header among the first records of a file; an empty record without one."""
    first = list(records)[:_FIRST_LINES]
    return next((record for record in first if record.get("type") == "session" and text(record.get("id"))), {})


def read_header(path: Path) -> Record:
    """Return the header of the file at ``path``; an empty record if it has none or cannot be read."""
    try:
        return header_in(read_head(path).records)
    except UnrecognisedFormat:
        return {}
