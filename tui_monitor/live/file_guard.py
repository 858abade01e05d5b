"""Calls that reach where a person may want to look: files outside the project, and files that hold secrets."""

from __future__ import annotations

import re
from fnmatch import translate

from tui_monitor.events import ChangeKind, ToolKind
from tui_monitor.live.entries import Call

OUTSIDE, SECRET = "outside the project", "secret"
SECRET_FILES = (
    ".env",
    ".env.*",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.kdbx",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    ".netrc",
    ".pgpass",
    ".pypirc",
    ".npmrc",
    ".git-credentials",
    ".htpasswd",
    "credentials",
    "credentials.json",
    "service-account*.json",
    "secrets.json",
    "secrets.toml",
    "secrets.y*ml",
    "master.key",
    "kubeconfig",
)
"""Names of files that hold keys and passwords."""
HARMLESS_FILES = ("*.example", "*.sample", "*.template", "*.dist", "*.test", "*.pub")
"""Names that look like the former, of files without anything secret."""
TEMPORARY = ("/tmp/", "/private/tmp/", "/var/tmp/", "/var/folders/", "/private/var/folders/", "/dev/")
"""Folders in which everybody writes."""

_READERS = re.compile(r"\b(?:cat|bat|less|more|head|tail|grep|rg|sed|awk|source|cp|scp|base64|openssl|strings)\b|^\. ")
_WORD = re.compile(r"[^\s'\"`;|&<>()=]+")
_SPOKEN = ("credentials",)
"""Names that are words as well: they count with a folder or a suffix only."""
_MAX = 4096
_SECRET = re.compile("|".join(map(translate, SECRET_FILES)))
_HARMLESS = re.compile("|".join(map(translate, HARMLESS_FILES)))


def file_warning(call: Call, folder: str) -> str:
    """Return why a call of a session in ``folder`` deserves a look; empty if it does not."""
    if call.kind is ToolKind.SHELL:
        command = call.subject[:_MAX]
        if _READERS.search(command) and any(_is_secret(word) for word in _WORD.findall(command)):
            return SECRET
    elif call.kind in (ToolKind.READ, ToolKind.EDIT, ToolKind.WRITE) and _is_secret(call.subject):
        return SECRET
    return OUTSIDE if any(_is_alien(path, folder) for path in _written(call)) else ""


def changes_project(call: Call, folder: str) -> bool:
    """Return True if a call changed a file of the project in ``folder``, as far as it says which."""
    paths = _written(call)
    return not paths or any(not _is_outside(path, folder) for path in paths)


def _written(call: Call) -> list[str]:
    paths = [change.path for change in call.changes if change.kind is not ChangeKind.READ]
    return paths or ([call.subject] if call.kind in (ToolKind.EDIT, ToolKind.WRITE) else [])


def _is_alien(path: str, folder: str) -> bool:
    """Return True for a file outside ``folder``, and outside those in which everybody writes."""
    return not path.startswith(TEMPORARY) and _is_outside(path, folder)


def _is_outside(path: str, folder: str) -> bool:
    """Return True for an absolute path outside ``folder``, if that is known."""
    base = folder.rstrip("/")
    if not base or not path.startswith("/"):
        return False
    return (path != base and not path.startswith(f"{base}/")) or "/../" in path


def _is_secret(path: str) -> bool:
    name = path.replace("\\", "/").rstrip("/").rpartition("/")[2].lower()
    if not _SECRET.match(name) or _HARMLESS.match(name):
        return False
    return name not in _SPOKEN or name != path.lower()
