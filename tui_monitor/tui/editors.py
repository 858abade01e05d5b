"""Command lines of editors. No other place builds one.

A path comes from what an agent wrote, and its file may have come with a cloned repository. It is absolute here, so that
no editor takes it for an option or a command, it follows ``--`` where the editor knows that, and its characters with a
meaning to the editor are escaped, or the line number is left out.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

DEFAULT_EDITOR = "vi"

_Arguments: TypeAlias = Callable[[str, int], list[str]]
"""The arguments that open an absolute path at a line, from 1."""


def editor_words(environment: Mapping[str, str]) -> list[str]:
    """Return the words of the user's editor command: ``VISUAL``, ``EDITOR`` or ``vi``; a blank one counts as unset.

    Raises:
        ValueError: the command cannot be split into words, for instance because a quotation is not closed.
    """
    for name in ("VISUAL", "EDITOR"):
        if words := shlex.split(environment.get(name, "")):
            return words
    return [DEFAULT_EDITOR]


def editor_command(words: Sequence[str], path: Path, line: int) -> list[str]:
    """Return the command that opens a file in an editor, at ``line`` if the editor accepts one.

    Raises:
        OSError: the path is relative, and the current folder was removed.
    """
    return [*words, *_arguments_of(words[0])(absolute(path), line)]


def absolute(path: Path) -> str:
    """Return a path from the root, with one slash at its beginning and between its parts; ``..`` stays.

    Raises:
        OSError: the path is relative, and the current folder was removed.
    """
    text = str(path if path.is_absolute() else Path.cwd() / path)
    return "/" + text.lstrip("/") if os.sep == "/" else text


def _after_dashes(path: str, line: int) -> list[str]:
    return [*_plus(line), "--", path]


def _posix(path: str, line: int) -> list[str]:
    return [*(["-c", str(line)] if line > 1 else []), "--", path]


def _bare(path: str, line: int) -> list[str]:
    return [*_plus(line), path]


def _emacs(path: str, line: int) -> list[str]:
    is_remote = re.match(r"/[^/]*:", path)  # /ssh:host:/file would be opened over the network
    return _after_dashes(f"/:{path}" if is_remote else path, line)


def _joe(path: str, line: int) -> list[str]:
    return _after_dashes(re.sub(r"([\\,])", r"\\\1", path), line)  # FILE,START,SIZE opens a part


def _suffix(path: str, line: int) -> list[str]:
    return [_with_line(path, line) or path]


def _goto(path: str, line: int) -> list[str]:
    target = _with_line(path, line)
    return ["-g", target] if target else [path]


def _unknown(path: str, line: int) -> list[str]:
    return [path]


def _plus(line: int) -> list[str]:
    return [f"+{line}"] if line > 1 else []


def _with_line(path: str, line: int) -> str:
    """Return ``PATH:LINE``; empty for the first line, and where it would mean something else."""
    target = f"{path}:{line}"
    is_ambiguous = ":" in os.path.splitdrive(path)[1] or os.path.lexists(target)
    return "" if line <= 1 or is_ambiguous else target


_EDITORS: Mapping[str, _Arguments] = {
    **dict.fromkeys(("vim", "nvim", "gvim", "mvim", "rvim", "vimx", "nano", "kak", "ne", "mg"), _after_dashes),
    **dict.fromkeys(("vi", "view", "ex", "nvi", "busybox"), _posix),
    **dict.fromkeys(("vis", "elvis", "micro", "zile", "jed", "pico", "gedit"), _bare),
    **dict.fromkeys(("emacs", "emacsclient"), _emacs),
    **dict.fromkeys(("joe", "jmacs", "jpico", "jstar", "rjoe"), _joe),
    **dict.fromkeys(("hx", "helix", "subl", "zed"), _suffix),
    **dict.fromkeys(("code", "codium", "vscodium", "cursor", "windsurf"), _goto),
}
"""How each editor is called; ``_posix`` works for any ``vi``, ``_after_dashes`` and ``_bare`` were tried."""


def _arguments_of(editor: str) -> _Arguments:
    """Return how an editor is called, by the file that it is (``vi`` may be ``vim.basic``), else by its name."""
    found = shutil.which(editor)
    for name in (os.path.realpath(found) if found else editor, editor):
        stem = Path(name).name.partition(".")[0]
        if known := _EDITORS.get(stem) or _EDITORS.get(stem.partition("-")[0]):
            return known
    return _unknown
