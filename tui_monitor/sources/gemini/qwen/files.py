"""Paths of Qwen Code's files: ``<project>/chats/<session>.jsonl``, and of sub-agents
``<project>/subagents/<session>/agent-<id>.jsonl`` with metadata in ``agent-<id>.meta.json``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import orjson

from tui_monitor.regular_files import read_bytes
from tui_monitor.sources.base import Record, SearchContext
from tui_monitor.sources.files.folder_listing import list_folder, with_prefix
from tui_monitor.sources.files.head import UnrecognisedFormat, read_head
from tui_monitor.sources.shared.fields import table, text

_CHATS, _AGENTS = "chats", "subagents"
_PREFIX, _LINES, _METADATA = "agent-", ".jsonl", ".meta.json"
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_-]")
_MAX_METADATA = 64 * 1024


def root(context: SearchContext) -> Path:
    """Return the folder of all projects."""
    folder = context.env.get("QWEN_RUNTIME_DIR") or context.env.get("QWEN_HOME")
    return (Path(folder) if folder else context.home / ".qwen") / "projects"


def chats(context: SearchContext) -> Iterator[Path]:
    """Yield the chats of all sessions."""
    for project in list_folder(projects := root(context)).folders:
        folder = projects / project / _CHATS
        yield from (folder / name for name in list_folder(folder).files if name.endswith(_LINES))


def agent_chats(path: Path) -> list[Path]:
    """Return the files of the sub-agents of a session's chat."""
    if path.parent.name != _CHATS:
        return []
    folder = path.parent.parent / _AGENTS / path.stem
    return [folder / name for name in with_prefix(list_folder(folder).files, _PREFIX) if name.endswith(_LINES)]


def agent_of_file(path: Path) -> str:
    """Return the agent whose file this is; empty for a session's own chat."""
    return path.stem.removeprefix(_PREFIX) if path.stem.startswith(_PREFIX) else ""


def name_of_agent(agent: str) -> str:
    """Return the id of an agent as it is in the name of its file."""
    return _NOT_IN_NAMES.sub("_", agent)


def is_metadata(path: Path) -> bool:
    """Return True for the metadata beside a sub-agent's file."""
    return path.name.startswith(_PREFIX) and path.name.endswith(_METADATA)


def read_metadata(path: Path) -> Record:
    """Return the metadata beside a sub-agent's file; an empty record if there is none."""
    try:
        return table(orjson.loads(read_bytes(path.with_name(path.stem + _METADATA), _MAX_METADATA)))
    except (OSError, ValueError):
        return {}


def start_directory(path: Path) -> str:
    """Return the directory in the first lines of a chat; empty if there is none."""
    try:
        return next((folder for record in read_head(path).records if (folder := text(record.get("cwd")))), "")
    except UnrecognisedFormat:
        return ""
