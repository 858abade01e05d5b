"""What git says of a file and of a working tree: read only, without its monitors, external diffs and locks.

A path comes from what an agent wrote: it is absolute, literal, and follows ``--``. The output is of git's own formats.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_monitor.tui.programs import ProgramError, output_of
from tui_monitor.tui.spans import one_line

MAX_FILES = 200
"""Files of a working tree that are listed."""
MAX_FILE = 8 << 20
"""Bytes of a file beyond which it is not compared."""
_GIT = ("git", "--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
_DIFF = ("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--unified=3", "HEAD", "--")
_STATUS = ("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignored", "--")
_TREE = ("status", "--porcelain", "-z", "--no-renames", "--untracked-files=normal", "--")
_NUMBERS = (
    *("diff", "--numstat", "-z", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--no-relative"),
    *("HEAD", "--"),
)
_LAST = ("log", "-1", "--format=%h%x00%s", "--")
_QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}

NO_REPOSITORY = "It is in no git repository."
NOT_TRACKED = "git does not track it: HEAD has no such file."
IGNORED = "git ignores it."
TOO_LARGE = f"It is too large to be compared: more than {MAX_FILE >> 20} MB."


@dataclass(frozen=True, slots=True)
class HeadDiff:
    """How a file differs from the last commit of its working tree, as hunks; without any, ``note`` says why.
    ``commit`` is the last one that changed the file, with the first line of its message."""

    diff: str = ""
    note: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file that differs from the last commit: its absolute path, ``new`` or ``deleted`` if it is, and its lines; None
    where git does not count them. A new folder ends in a slash."""

    path: str
    fate: str = ""
    added: int | None = None
    removed: int | None = None


def tree_files(folder: Path) -> tuple[TreeFile, ...]:
    """Return the files in a folder that differ from the last commit; none where git knows of none. Takes a moment: for
    a worker."""
    try:
        if not folder.is_absolute() or not folder.is_dir():
            return ()
        top = Path(_git(folder, ("rev-parse", "--show-toplevel")).removesuffix("\n"))
        fates = _git(folder, (*_TREE, str(folder))).split("\0")
        numbers = _git(folder, (*_NUMBERS, str(folder))).split("\0")
    except (ProgramError, OSError, ValueError):
        return ()
    counts = {path: (_count(added), _count(removed)) for added, removed, path in map(_columns, numbers) if path}
    listed = [(line[3:], line[:2]) for line in fates if len(line) > 3][:MAX_FILES]
    unknown = (None, None)
    return tuple(TreeFile(f"{top}/{path}", _fate(signs), *counts.get(path, unknown)) for path, signs in listed)


def _columns(line: str) -> tuple[str, str, str]:
    added, _, rest = line.partition("\t")
    removed, _, path = rest.partition("\t")
    return added, removed, path


def _count(number: str) -> int | None:
    return int(number) if number.isdecimal() else None


def _fate(signs: str) -> str:
    return "new" if signs == "??" or "A" in signs else "deleted" if "D" in signs else ""


def head_diff(path: Path) -> HeadDiff:
    """Compare a file with the last commit of the working tree that it is in. Takes a moment: for a worker."""
    try:
        return _head_diff(path)
    except ProgramError as error:
        return HeadDiff(note=str(error))
    except (OSError, ValueError) as error:
        return HeadDiff(note=f"It cannot be compared: {one_line(str(error))}")


def _head_diff(path: Path) -> HeadDiff:
    if path.is_file() and path.stat().st_size > MAX_FILE:
        return HeadDiff(note=TOO_LARGE)
    folder = next((folder for folder in path.parents if folder.is_dir()), None)
    if not path.is_absolute() or folder is None or not _answers(folder, ("rev-parse", "--show-toplevel")):
        return HeadDiff(note=NO_REPOSITORY)
    if not _answers(folder, ("rev-parse", "--verify", "--quiet", "HEAD")):
        return HeadDiff(note="There is no commit yet.")
    diff = _git(folder, (*_DIFF, str(path)))
    commit = " ".join(_git(folder, (*_LAST, str(path))).strip().split("\0"))
    if diff:
        return HeadDiff(_hunks(diff) or "", "" if _hunks(diff) else "It is not a text file.", one_line(commit))
    status = _git(folder, (*_STATUS, str(path)))[:2]
    note = {"??": NOT_TRACKED, "!!": IGNORED}.get(status, "It is as in HEAD." if commit else NOT_TRACKED)
    return HeadDiff(note=note, commit=one_line(commit))


def _hunks(diff: str) -> str:
    """Return a diff from its first hunk on."""
    at = diff.find("\n@@")
    return diff[at + 1 :] if at >= 0 else ""


def _answers(folder: Path, words: Sequence[str]) -> bool:
    """Return True if git succeeds in a folder."""
    try:
        return bool(_git(folder, words).strip())
    except ProgramError as error:
        if error.status is None:
            raise
        return False


def _git(folder: Path, words: Sequence[str]) -> str:
    return output_of((*_GIT, "-C", str(folder), *words), _environment(os.environ))


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of git: that of a hook, in which the monitor may run, names another repository."""
    return {**{name: value for name, value in own.items() if not name.startswith("GIT_")}, **_QUIET}
