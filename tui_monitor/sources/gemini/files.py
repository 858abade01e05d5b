"""Paths of Gemini CLI's files: ``~/.gemini/tmp/<project>/chats``, named after the project or a hash of its folder."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from hashlib import sha256
from pathlib import Path

from tui_monitor.regular_files import read_bytes
from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.files.folder_listing import files_in, list_folder, with_prefix

_CHATS = "chats"
_SESSION, _SUFFIXES = "session-", (".json", ".jsonl")
_FOLDER = ".project_root"
_MAX_PATH = 64 * 1024
_CHAT = re.compile(rb'\s*\{\s*"sessionId"\s*:\s*"(?P<session>[^"]+)"[^{]*"projectHash"')
_PRINTED = re.compile(
    rb'^\{(?=[^{}\n]*"type"\s*:\s*"init")[^{}\n]*"session_id"\s*:\s*"(?P<session>[^"]+)"', re.MULTILINE
)
_ID_LENGTH = 8
"""Length of the part of the session id at the end of a file name."""


def root(context: SearchContext) -> Path:
    """Return the folder of all projects."""
    return Path(context.env.get("GEMINI_CLI_HOME") or context.home) / ".gemini" / "tmp"


def chats(context: SearchContext) -> Iterator[Path]:
    """Yield the chats of all sessions, without those of sub-agents."""
    for project in list_folder(root(context)).folders:
        folder = root(context) / project / _CHATS
        listing = list_folder(folder)
        for suffix in _SUFFIXES:
            yield from files_in(folder, listing, _SESSION, suffix)


def agent_chats(path: Path) -> list[Path]:
    """Return the sub-agents' chats of a session's chat; they are in a folder named after its full id."""
    if path.parent.name != _CHATS:
        return []
    folders = [path.parent / name for name in with_prefix(list_folder(path.parent).folders, path.stem[-_ID_LENGTH:])]
    return [folder / name for folder in folders for name in list_folder(folder).files if name.endswith(".jsonl")]


def printed_session(path: Path) -> str:
    """Return the session of printed output; empty for any other file."""
    return "" if _is_chat_name(path) else _first_match(_PRINTED, path)


def chat_session(path: Path, candidates: Collection[str] | None = None) -> str:
    """Return the session of a chat, if it is one of the ``candidates`` (None: any); empty for any other file."""
    if candidates is None or not _is_chat_name(path):
        return _first_match(_CHAT, path)
    names = {session[:_ID_LENGTH] for session in candidates}
    return _first_match(_CHAT, path) if path.stem[-_ID_LENGTH:] in names else ""


def _is_chat_name(path: Path) -> bool:
    return path.name.startswith(_SESSION)


def _first_match(pattern: re.Pattern[bytes], path: Path) -> str:
    try:
        match = pattern.search(read_bytes(path, _MAX_PATH))
    except OSError:
        return ""
    return match["session"].decode("utf-8", "replace") if match else ""


def session_above(path: Path) -> str:
    """Return the session in whose folder a sub-agent's chat is; empty elsewhere."""
    return path.parent.name if path.parent.parent.name == _CHATS else ""


def project_folder(path: Path) -> str:
    """Return the project folder of a chat, when a file beside it holds it; else empty."""
    chats_folder = next((folder for folder in path.parents if folder.name == _CHATS), None)
    if chats_folder is None:
        return ""
    try:
        return read_bytes(chats_folder.with_name(_FOLDER), _MAX_PATH).decode().strip()
    except (OSError, ValueError):
        return ""


def folders_by_hash(folder: Path) -> dict[str, str]:
    """Map the project hashes of a folder and its parents to their paths."""
    return {sha256(str(ancestor).encode()).hexdigest(): str(ancestor) for ancestor in (folder, *folder.parents)}


def project_name(path: Path) -> str:
    """Return the short name or hash of a chat's project."""
    return path.parent.parent.name
