"""Where Gemini CLI keeps what: ``~/.gemini/tmp/<project>/chats``, the project by a name or a hash of its folder."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from tui_monitor.sources.base import SearchContext

_CHATS = "chats"
_FOLDER = ".project_root"
_SHORT = 8
"""So much of a session's id stands at the end of the name of its file."""


def root(context: SearchContext) -> Path:
    """The folder of all projects."""
    return Path(context.env.get("GEMINI_CLI_HOME") or context.home) / ".gemini" / "tmp"


def chats(context: SearchContext) -> Iterator[Path]:
    """The chats of all sessions, sub-agents' left out."""
    return root(context).glob(f"*/{_CHATS}/session-*.json*")


def agent_chats(path: Path) -> list[Path]:
    """The chats of the sub-agents of the session whose chat this is: in a folder that bears its full id."""
    short = path.stem[-_SHORT:]
    return sorted(path.parent.glob(f"{glob.escape(short)}*/*.jsonl")) if path.parent.name == _CHATS else []


def session_above(path: Path) -> str:
    """The session in whose folder a sub-agent's chat lies; empty where it lies elsewhere."""
    return path.parent.name if path.parent.parent.name == _CHATS else ""


def project_folder(path: Path) -> str:
    """The folder of the project of a chat, where it is told beside it; else empty."""
    chats_folder = next((folder for folder in path.parents if folder.name == _CHATS), None)
    if chats_folder is None:
        return ""
    try:
        return chats_folder.with_name(_FOLDER).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def hashes(folder: Path) -> dict[str, str]:
    """This folder and all above it, by the hashes that stand for them."""
    return {sha256(str(each).encode()).hexdigest(): str(each) for each in (folder, *folder.parents)}


def project_name(path: Path) -> str:
    """The short name or hash of the project of a chat."""
    return path.parent.parent.name
