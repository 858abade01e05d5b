"""The patch language of the ``apply_patch`` tool: ``*** Begin Patch`` … ``*** End Patch``.

It names files and the lines around a change, but no line numbers, so a hunk begins at line 0 on both sides (``@@ -0,3
+0,4 @@``). A hunk with a known position never does, unless its side is empty.
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
class _FilePatch:
    verb: str
    path: str
    new_path: str = ""
    body: list[str] = field(default_factory=list)


def parse_changes(patch: str, folder: str = "") -> tuple[Change, ...]:
    """Return the change of each file in a patch, in order; relative paths are resolved against ``folder``.

    Raises:
        ValueError: the patch changes no file.
    """
    changes = tuple(_change(file, folder) for file in _files(patch))
    if not changes:
        raise ValueError("not a patch")
    return changes


def changes_in_command(command: str, folder: str = "") -> tuple[Change, ...]:
    """Return the changes of a shell command that passes a patch to ``apply_patch``; empty for other commands."""
    start = command.find(BEGIN)
    if start < 0 or not _COMMAND.search(command, 0, start):
        return ()
    cd = _FOLDER.match(command)
    try:
        return parse_changes(command[start:], resolve_path(folder, cd["folder"]) if cd else folder)
    except ValueError:
        return ()


def is_patch_only(command: str) -> bool:
    """Return True for a shell command that does nothing but apply a patch."""
    before, begin, rest = command.partition(BEGIN)
    if not begin:
        return False
    before = _FOLDER.sub("", before).strip()
    after = rest.partition(END)[2].split()
    return before.startswith(("apply_patch", "applypatch")) and "\n" not in before and len(after) <= 1


def resolve_path(folder: str, path: str) -> str:
    """Return ``path`` relative to ``folder``; both may be POSIX or Windows paths."""
    flavour: type[PurePath] = PureWindowsPath if _WINDOWS.match(folder or path) else PurePosixPath
    return str(flavour(folder, path)) if path else folder


def _files(patch: str) -> Iterator[_FilePatch]:
    file: _FilePatch | None = None
    for line in patch.rstrip("\n").split("\n"):
        if line.strip() == END:
            break
        header = _FILE.match(line)
        if header:
            if file:
                yield file
            file = _FilePatch(header[1], header[2].strip())
        elif file and line.startswith(_MOVE):
            file.new_path = line.removeprefix(_MOVE).strip()
        elif file and not line.startswith("*** "):
            file.body.append(line)
    if file:
        yield file


def _change(file: _FilePatch, folder: str) -> Change:
    path = resolve_path(folder, file.path)
    if file.verb == "Add":
        text = "".join(f"{line.removeprefix('+')}\n" for line in file.body)
        return diffs.change(ChangeKind.CREATE, path, diffs.creation(text))
    if file.verb == "Delete":
        return Change(ChangeKind.DELETE, path)
    hunks = "\n".join(_hunks(file.body))
    added, removed = diffs.count_changes(hunks)
    if file.new_path:
        return Change(ChangeKind.RENAME, resolve_path(folder, file.new_path), hunks, added, removed, path)
    return Change(ChangeKind.MODIFY, path, hunks, added, removed)


def _hunks(body: list[str]) -> Iterator[str]:
    """Yield the hunks of an update. An ``@@ heading`` begins a hunk; consecutive headings belong to the same one."""
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
    header = " ".join(filter(None, (f"@@ -0,{old} +0,{new} @@", *headings)))
    return "\n".join((header, *lines))
