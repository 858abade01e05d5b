"""Where Claude Code keeps what: projects, sessions, the files of their sub-agents."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import orjson

from tui_monitor.sources.base import Record, SearchContext
from tui_monitor.sources.shared.fields import table, text

_AGENT_PREFIX = "agent-"
_HEAD = 256 * 1024
_META = ".meta.json"
_META_SIZE = 64 * 1024
_OPERATIONS = {
    "acompact": "compact",
    "aside_question": "aside",
    "aprompt_suggestion": "suggestion",
    "asession_memory": "memory",
}


def roots(context: SearchContext) -> list[Path]:
    """The folders of projects: those the environment names, else the two that are usual."""
    if named := context.env.get("CLAUDE_CONFIG_DIR"):
        return [Path(folder.strip()) / "projects" for folder in named.split(",") if folder.strip()]
    configuration = Path(context.env.get("XDG_CONFIG_HOME") or context.home / ".config")
    return [context.home / ".claude" / "projects", configuration / "claude" / "projects"]


def session_paths(root: Path) -> Iterator[Path]:
    """The transcripts of all sessions under one root, sub-agents' left out."""
    return (path for path in root.glob("*/*.jsonl") if not agent_of(path))


def agent_of(path: Path) -> str:
    """The agent whose file this is; empty for a session's own."""
    return path.stem.removeprefix(_AGENT_PREFIX) if path.stem.startswith(_AGENT_PREFIX) else ""


def session_id_of(path: Path) -> str:
    """The session to which lines belong that name none: the one that the first line after them names, else the one that
    the file's place tells of. A pipe tells nothing: empty."""
    if agent_of(path):
        return next((folder.parent.name for folder in path.parents if folder.name == "subagents"), path.stem)
    if not path.suffix:
        return ""
    return (first_text(path, "sessionId") if path.is_file() else "") or path.stem


def operation_of(agent: str) -> str:
    """What the program itself uses an agent for (compaction, an aside …); empty for agents that someone asked for."""
    return _OPERATIONS.get(agent.rpartition("-")[0], "")


def agent_files(path: Path) -> Iterator[Path]:
    """The files of the sub-agents of the session at ``path``, in its folder and beside it."""
    yield from sorted(path.with_suffix("").joinpath("subagents").rglob(f"{_AGENT_PREFIX}*.jsonl"))
    if beside := sorted(path.parent.glob(f"{_AGENT_PREFIX}*.jsonl")):
        owners = {path.stem, first_text(path, "sessionId")} - {""}
        yield from (file for file in beside if _belongs(file, owners))


def meta_of(path: Path) -> Record | None:
    """What stands beside an agent's file about it; None while there is nothing, or only half of it."""
    try:
        with path.with_suffix(_META).open("rb") as file:
            return table(orjson.loads(file.read(_META_SIZE)))
    except (OSError, orjson.JSONDecodeError):
        return None


def is_meta(path: Path) -> bool:
    """Whether this is what stands beside an agent's file about it."""
    return path.name.startswith(_AGENT_PREFIX) and path.name.endswith(_META)


def start_directory(path: Path) -> str | None:
    """The folder of the session's first line that names one."""
    return first_text(path, "cwd") or None


def first_text(path: Path, key: str) -> str:
    """The first text under ``key`` in the lines at the beginning of a file; empty where there is none."""
    try:
        with path.open("rb") as file:
            while (left := _HEAD - file.tell()) > 0 and (line := file.readline(left)):
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
    """The session that an agent's file names; asked again while the beginning of the file still grows."""
    return first_text(file, "sessionId")


def _value(line: bytes, key: str) -> str:
    if key.encode() not in line:
        return ""
    try:
        return text(table(orjson.loads(line)).get(key))
    except orjson.JSONDecodeError:
        return ""
