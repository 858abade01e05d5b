"""Paths of wire logs: ``<sessions>/<project>/<session>/wire.jsonl`` with sub-agents in ``subagents/<agent>/wire.jsonl``
of Kimi CLI, ``<sessions>/<project>/<session>/agents/<agent>/wire.jsonl`` with the agent ``main`` of Kimi Code."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import md5
from pathlib import Path

import orjson

from tui_monitor.events import MAIN
from tui_monitor.regular_files import read_bytes
from tui_monitor.sources.base import Record, SearchContext
from tui_monitor.sources.files.folder_listing import list_folder
from tui_monitor.sources.shared.fields import table, tables, text

WIRE = "wire.jsonl"
_SESSIONS, _STATE, _PROJECTS = "sessions", "state.json", "kimi.json"
_AGENTS, _SUBAGENTS, _MAIN = "agents", "subagents", "main"
_MAX_STATE = 1 << 20


def roots(context: SearchContext) -> list[Path]:
    """Return the folders of all projects, of Kimi CLI and of Kimi Code."""
    older, newer = context.env.get("KIMI_SHARE_DIR"), context.env.get("KIMI_CODE_HOME")
    return [
        (Path(newer) if newer else context.home / ".kimi-code") / _SESSIONS,
        (Path(older) if older else context.home / ".kimi") / _SESSIONS,
    ]


def sessions_below(root: Path) -> Iterator[Path]:
    """Yield the wire logs of the main chains of all sessions."""
    for project in (root / name for name in list_folder(root).folders):
        for session in (project / name for name in list_folder(project).folders):
            if WIRE in list_folder(session).files:
                yield session / WIRE
            elif WIRE in list_folder(main := session / _AGENTS / _MAIN).files:
                yield main / WIRE


def session_folder(path: Path) -> Path:
    """Return the folder of the session that a wire log belongs to."""
    return path.parents[2] if path.parent.parent.name in (_AGENTS, _SUBAGENTS) else path.parent


def agent_of_file(path: Path) -> str:
    """Return the agent whose wire log this is; empty for a main chain."""
    if path.parent.parent.name not in (_AGENTS, _SUBAGENTS):
        return MAIN
    return MAIN if path.parent.name == _MAIN else path.parent.name


def agent_files(path: Path) -> list[Path]:
    """Return the wire logs of a session's sub-agents."""
    if agent_of_file(path) != MAIN:
        return []
    folders = (session_folder(path) / name for name in (_AGENTS, _SUBAGENTS))
    logs = (folder / name / WIRE for folder in folders for name in list_folder(folder).folders)
    return [log for log in logs if log != path and WIRE in list_folder(log.parent).files]


def read_state(path: Path) -> Record:
    """Return the state beside a session's wire log; an empty record if there is none."""
    return _read(session_folder(path) / _STATE)


def start_directory(path: Path) -> str:
    """Return the directory of a session: that in its state, else the one whose hash its project is named after."""
    state = read_state(path)
    custom = table(state.get("custom"))
    if folder := text(state.get("cwd")) or text(state.get("workDir")) or text(custom.get("cwd")):
        return folder
    project = session_folder(path).parent
    listed = tables(_read(project.parent.parent / _PROJECTS).get("work_dirs"))
    return next((folder for each in listed if _hash(folder := text(each.get("path"))) == project.name), "")


def _hash(folder: str) -> str:
    return md5(folder.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _read(path: Path) -> Record:
    try:
        return table(orjson.loads(read_bytes(path, _MAX_STATE)))
    except (OSError, ValueError):
        return {}
