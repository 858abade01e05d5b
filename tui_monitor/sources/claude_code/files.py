"""Files of Claude Code: projects, sessions, and those of sub-agents."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import orjson

from tui_monitor.sources.base import Record, SearchContext
from tui_monitor.sources.shared.fields import table, text

_AGENT_PREFIX = "agent-"
_HEAD = 256 * 1024
_METADATA = ".meta.json"
_MAX_METADATA = 64 * 1024
_OPERATIONS = {
    "acompact": "compact",
    "aside_question": "aside",
    "aprompt_suggestion": "suggestion",
    "asession_memory": "memory",
}


def roots(context: SearchContext) -> list[Path]:
    """Return the folders of projects: those of the environment, else the two usual ones."""
    if folders := context.env.get("CLAUDE_CONFIG_DIR"):
        return [Path(folder.strip()) / "projects" for folder in folders.split(",") if folder.strip()]
    configuration = Path(context.env.get("XDG_CONFIG_HOME") or context.home / ".config")
    return [context.home / ".claude" / "projects", configuration / "claude" / "projects"]


def session_paths(root: Path) -> Iterator[Path]:
    """Return the transcripts of all sessions under one root, without those of sub-agents."""
    return (path for path in root.glob("*/*.jsonl") if not agent_of_file(path))


def agent_of_file(path: Path) -> str:
    """Return the agent whose file this is; empty for a session's own file."""
    return path.stem.removeprefix(_AGENT_PREFIX) if path.stem.startswith(_AGENT_PREFIX) else ""


def session_of_file(path: Path) -> str:
    """Return the session of lines without a session id: that of the first line with one, else that of the path.

    Empty for a pipe.
    """
    if agent_of_file(path):
        return next((folder.parent.name for folder in path.parents if folder.name == "subagents"), path.stem)
    if not path.suffix:
        return ""
    return (first_text(path, "sessionId") if path.is_file() else "") or path.stem


def operation_of(agent: str) -> str:
    """Return the operation of an internal agent (compaction, a side question …); empty for other agents."""
    return _OPERATIONS.get(agent.rpartition("-")[0], "")


def agent_files(path: Path) -> Iterator[Path]:
    """Yield the files of the sub-agents of the session at ``path``, in its folder and beside it."""
    yield from sorted(path.with_suffix("").joinpath("subagents").rglob(f"{_AGENT_PREFIX}*.jsonl"))
    if beside := sorted(path.parent.glob(f"{_AGENT_PREFIX}*.jsonl")):
        owners = {path.stem, first_text(path, "sessionId")} - {""}
        yield from (file for file in beside if _belongs(file, owners))


def read_agent_metadata(path: Path) -> Record | None:
    """Return the metadata beside an agent's file; None while it is missing or incomplete."""
    try:
        with path.with_suffix(_METADATA).open("rb") as file:
            return table(orjson.loads(file.read(_MAX_METADATA)))
    except (OSError, orjson.JSONDecodeError):
        return None


def is_agent_metadata(path: Path) -> bool:
    """Return True for a file with the metadata of an agent."""
    return path.name.startswith(_AGENT_PREFIX) and path.name.endswith(_METADATA)


def start_directory(path: Path) -> str | None:
    """Return the directory in the first line of a session that has one."""
    return first_text(path, "cwd") or None


def first_text(path: Path, key: str) -> str:
    """Return the first text under ``key`` in the lines at the beginning of a file; empty if there is none."""
    try:
        with path.open("rb") as file:
            while (size := _HEAD - file.tell()) > 0 and (line := file.readline(size)):
                if value := _value(line, key):
                    return value
    except OSError:
        pass
    return ""


def _belongs(file: Path, owners: set[str]) -> bool:
    try:
        return _owner(file, min(file.stat().st_size, _HEAD)) in owners
    except OSError:
        return False


@lru_cache(maxsize=4096)
def _owner(file: Path, size: int) -> str:
    """Return the session in an agent's file; ``size`` is part of the cache key, since the file may grow."""
    return first_text(file, "sessionId")


def _value(line: bytes, key: str) -> str:
    if key.encode() not in line:
        return ""
    try:
        return text(table(orjson.loads(line)).get(key))
    except orjson.JSONDecodeError:
        return ""
