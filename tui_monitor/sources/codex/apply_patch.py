"""The patch language of the ``apply_patch`` tool: ``*** Begin Patch`` … ``*** End Patch``.

It names files and lines around a change, but no line numbers. So a hunk made of it begins at line 0 on both
sides (``@@ -0,3 +0,4 @@``): no hunk of a known place does that unless its side is empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath, PurePosixPath, PureWindowsPath

from tui_monitor.events import Change, ChangeKind
from tui_monitor.sources.shared import diffs

BEGIN = "*** Begin Patch"
END = "*** End Patch"

_FILE = re.compile(r"\*\*\* (Add|Update|Delete) File: (.+)")
_MOVE = "*** Move to: "
_COMMAND = re.compile(r"(?:^|[\s;&|\"'/])apply_?patch\b", re.MULTILINE)
_FOLDER = re.compile(r"\A\s*cd\s+(?P<quote>['\"]?)(?P<folder>[^'\";&|]+?)(?P=quote)\s*&&")
_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")


@dataclass(slots=True)
class _File:
    verb: str
    path: str
    moved_to: str = ""
    body: list[str] = field(default_factory=list)


def changes(patch: str, folder: str = "") -> tuple[Change, ...]:
    """What a patch does to each file, in its order; relative paths are taken from ``folder``.

    Raises:
        ValueError: it holds no change of any file.
    """
    found = tuple(_change(file, folder) for file in _files(patch))
    if not found:
        raise ValueError("not a patch")
    return found


def in_command(command: str, folder: str = "") -> tuple[Change, ...]:
    """What a shell command does that hands a patch to ``apply_patch``; nothing where it does not."""
    start = command.find(BEGIN)
    if start < 0 or not _COMMAND.search(command, 0, start):
        return ()
    entered = _FOLDER.match(command)
    try:
        return changes(command[start:], resolve(folder, entered["folder"]) if entered else folder)
    except ValueError:
        return ()


def is_only(command: str) -> bool:
    """Whether a shell command does nothing but hand over a patch."""
    before, begun, rest = command.partition(BEGIN)
    if not begun:
        return False
    before = _FOLDER.sub("", before).strip()
    after = rest.partition(END)[2].split()
    return before.startswith(("apply_patch", "applypatch")) and "\n" not in before and len(after) <= 1


def resolve(folder: str, path: str) -> str:
    """``path`` as seen from ``folder``, whatever the system either is written for."""
    flavour: type[PurePath] = PureWindowsPath if _WINDOWS.match(folder or path) else PurePosixPath
    return str(flavour(folder, path)) if path else folder


def _files(patch: str) -> Iterator[_File]:
    file: _File | None = None
    for line in patch.rstrip("\n").split("\n"):
        if line.strip() == END:
            break
        begins = _FILE.match(line)
        if begins:
            if file:
                yield file
            file = _File(begins[1], begins[2].strip())
        elif file and line.startswith(_MOVE):
            file.moved_to = line.removeprefix(_MOVE).strip()
        elif file and not line.startswith("*** "):
            file.body.append(line)
    if file:
        yield file


def _change(file: _File, folder: str) -> Change:
    path = resolve(folder, file.path)
    if file.verb == "Add":
        text = "".join(f"{line.removeprefix('+')}\n" for line in file.body)
        return diffs.change(ChangeKind.CREATE, path, diffs.created(text))
    if file.verb == "Delete":
        return Change(ChangeKind.DELETE, path)
    hunks = "\n".join(_hunks(file.body))
    added, removed = diffs.counts(hunks)
    if file.moved_to:
        return Change(ChangeKind.RENAME, resolve(folder, file.moved_to), hunks, added, removed, path)
    return Change(ChangeKind.MODIFY, path, hunks, added, removed)


def _hunks(body: list[str]) -> Iterator[str]:
    """The hunks of an update: each ``@@ heading`` begins one, several headings in a row are one place."""
    headings: list[str] = []
    lines: list[str] = []
    for line in body:
        if not line.startswith("@@"):
            lines.append(line if line[:1] in ("+", "-", " ") else f" {line}")
            continue
        if lines:
            yield _hunk(headings, lines)
            headings, lines = [], []
        headings.append(line.removeprefix("@@").strip())
    if lines:
        yield _hunk(headings, lines)


def _hunk(headings: list[str], lines: list[str]) -> str:
    old = sum(line[0] != "+" for line in lines)
    new = sum(line[0] != "-" for line in lines)
    place = " ".join(filter(None, (f"@@ -0,{old} +0,{new} @@", *headings)))
    return "\n".join((place, *lines))
