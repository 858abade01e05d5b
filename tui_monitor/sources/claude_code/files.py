"""Files of Claude Code: projects, sessions, and those of sub-agents."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import orjson

from tui_monitor.regular_files import open_binary, read_bytes
from tui_monitor.sources.base import Record, SearchContext
from tui_monitor.sources.files.folder_listing import FolderListing, files_below, list_folder, with_prefix
from tui_monitor.sources.shared.fields import table, text

_AGENT_PREFIX = "agent-"
_TRANSCRIPT = ".jsonl"
_FEW = 16
_CHECK_S = 1.0
"""Seconds until more than a few agents' files without a session are read again."""
_MAX_FOLDERS = 1024
"""Projects whose agents' files are remembered."""
_HEAD = 256 * 1024
_METADATA = ".meta.json"
_WORKFLOWS, _JOURNAL = "workflows", "journal.jsonl"
_MAX_JOURNAL = 1 << 20
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
    """Yield the transcripts of all sessions under one root, without those of sub-agents."""
    for project in (root / name for name in list_folder(root).folders):
        yield from _sessions_in(project, list_folder(project))


@lru_cache(maxsize=_MAX_FOLDERS)
def _sessions_in(project: Path, listing: FolderListing) -> tuple[Path, ...]:
    """Return the transcripts in a project; the paths are made once for each listing."""
    names = (name for name in listing.files if name.endswith(_TRANSCRIPT) and not name.startswith(_AGENT_PREFIX))
    return tuple(project / name for name in names)


def agent_of_file(path: Path) -> str:
    """Return the agent whose file this is; empty for a session's own file."""
    return path.stem.removeprefix(_AGENT_PREFIX) if path.stem.startswith(_AGENT_PREFIX) else ""


def session_of_file(path: Path) -> str:
    """Return the session after which a file is named; empty for a pipe."""
    if agent_of_file(path):
        return next((folder.parent.name for folder in path.parents if folder.name == "subagents"), path.stem)
    return path.stem if path.suffix else ""


def operation_of(agent: str) -> str:
    """Return the operation of an internal agent (compaction, a side question …); empty for other agents."""
    return _OPERATIONS.get(agent.rpartition("-")[0], "")


def agent_files(path: Path) -> Iterator[Path]:
    """Yield the files of the sub-agents of the session at ``path``, in its folder and beside it."""
    stem, listing = path.stem, list_folder(path.parent)
    if stem in with_prefix(listing.folders, stem):
        yield from sorted(files_below(path.with_suffix("") / "subagents", _AGENT_PREFIX, _TRANSCRIPT))
    if owners := _agents_beside(path.parent, listing).owners():
        sessions = {stem, _session_in(path)} - {""}
        yield from sorted(file for session in sessions for file in owners.get(session, ()))


def read_agent_metadata(path: Path) -> Record | None:
    """Return the metadata beside an agent's file; None while it is missing or incomplete."""
    try:
        return table(orjson.loads(read_bytes(path.with_suffix(_METADATA), _MAX_METADATA)))
    except (OSError, orjson.JSONDecodeError):
        return None


def is_agent_metadata(path: Path) -> bool:
    """Return True for a file with the metadata of an agent, or of the agents of a workflow."""
    if path.name == _JOURNAL:
        return path.parent.parent.name == _WORKFLOWS
    return path.name.startswith(_AGENT_PREFIX) and path.name.endswith(_METADATA)


def workflow_of_file(path: Path) -> str:
    """Return the run of the workflow whose agent has this file; empty for other agents."""
    return path.parent.name if path.parent.parent.name == _WORKFLOWS else ""


def workflow_agents(path: Path, run: str) -> Iterator[tuple[str, str]]:
    """Yield the agents that a run of a workflow has started in the session at ``path``, each with its label."""
    journal = path.with_suffix("") / "subagents" / _WORKFLOWS / Path(run).name / _JOURNAL
    try:
        with open_binary(journal) as file:
            lines = file.read(_MAX_JOURNAL).splitlines()
    except OSError:
        return
    for line in lines:
        with suppress(orjson.JSONDecodeError):
            record = table(orjson.loads(line))
            if record.get("type") == "started" and (agent := text(record.get("agentId"))):
                yield agent, text(record.get("label"))


def start_directory(path: Path) -> str | None:
    """Return the directory in the first line of a session that has one; that of a worktree has the folder before it."""
    return _first(path, lambda line: _original_folder(line) or _value(line, "cwd")) or None


def first_text(path: Path, key: str) -> str:
    """Return the first text under ``key`` in the lines at the beginning of a file; empty if there is none."""
    return _first(path, lambda line: _value(line, key))


def _first(path: Path, text_in: Callable[[bytes], str]) -> str:
    """Return the first text that is found in one of the lines at the beginning of a file."""
    try:
        with open_binary(path) as file:
            while (size := _HEAD - file.tell()) > 0 and (line := file.readline(size)):
                if value := text_in(line):
                    return value
    except OSError:
        pass
    return ""


def _original_folder(line: bytes) -> str:
    """Return the folder that a session has left for a worktree; empty for other lines."""
    if b"originalCwd" not in line:
        return ""
    try:
        return text(table(table(orjson.loads(line)).get("worktreeSession")).get("originalCwd"))
    except orjson.JSONDecodeError:
        return ""


class _AgentsBeside:
    """The agents' files beside the sessions in one folder, by the session in their lines, which is read once."""

    def __init__(self, folder: Path, listing: FolderListing) -> None:
        self.listing = listing
        self._owners: dict[str, list[Path]] = {}
        self._unowned = [folder / name for name in with_prefix(listing.files, _AGENT_PREFIX)]
        self._check_at = 0.0

    def owners(self) -> dict[str, list[Path]]:
        """Return the files by the session they belong to. Files without a session so far are read when they grow."""
        if self._unowned and time.monotonic() >= self._check_at:
            unowned, self._unowned = self._unowned, []
            for file in unowned:
                session = _session_in(file) if file.suffix == _TRANSCRIPT else ""
                (self._owners.setdefault(session, []) if session else self._unowned).append(file)
            self._check_at = time.monotonic() + _CHECK_S if len(self._unowned) > _FEW else 0.0
        return self._owners


_beside: dict[Path, _AgentsBeside] = {}


def _agents_beside(folder: Path, listing: FolderListing) -> _AgentsBeside:
    beside = _beside.get(folder)
    if beside is None or beside.listing is not listing:
        if len(_beside) >= _MAX_FOLDERS:
            _beside.clear()
        beside = _beside[folder] = _AgentsBeside(folder, listing)
    return beside


def _session_in(file: Path) -> str:
    """Return the session in the first lines of a file; empty if there is none so far, or the file is gone."""
    try:
        return _session_in_first(file, min(file.stat().st_size, _HEAD))
    except OSError:
        return ""


@lru_cache(maxsize=16384)
def _session_in_first(file: Path, size: int) -> str:
    """Return the session in the first ``size`` bytes of a file; part of the cache key, since the file may grow."""
    return first_text(file, "sessionId")


def _value(line: bytes, key: str) -> str:
    if key.encode() not in line:
        return ""
    try:
        return text(table(orjson.loads(line)).get(key))
    except orjson.JSONDecodeError:
        return ""
