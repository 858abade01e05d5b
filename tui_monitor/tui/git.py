"""What git says of a file: read only, without its monitors, external diffs and locks.

A path comes from what an agent wrote: it is absolute, literal, and follows ``--``. The output is of git's own formats.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_monitor.tui.programs import ProgramError, output_of
from tui_monitor.tui.spans import one_line

MAX_FILE = 8 << 20
"""Bytes of a file beyond which it is not compared."""
_GIT = ("git", "--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
_DIFF = ("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--unified=3", "HEAD", "--")
_STATUS = ("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignored", "--")
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
