"""File changes made by a tool, with unified diffs."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from enum import StrEnum

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from types import MemberDescriptorType
    from typing import TypeAlias

    Path: TypeAlias = str | os.PathLike[str]
    LineRange: TypeAlias = tuple[int, int]
    """First and last line, from 1."""


def now_ms() -> int:
    """Return the current time in UTC epoch milliseconds."""
    return time.time_ns() // 1_000_000


class FileChangeType(StrEnum):
    """Kind of a file change, as written to the stream."""

    CREATE = "create"
    MODIFY = "modify"
    DELETE = "delete"
    RENAME = "rename"
    READ = "read"


@dataclass(slots=True)
class _FileChangeFields:
    """The fields of a file change, with ``diff`` as a plain attribute."""

    change_type: FileChangeType
    path: str
    old_path: str | None = None
    lines_affected: LineRange | None = None
    before: str | None = field(default=None, repr=False)
    after: str | None = field(default=None, repr=False)
    diff: str | None = field(default=None, repr=False)
    size_before: int | None = None
    size_after: int | None = None
    timestamp: int = field(default_factory=now_ms)


_DIFF_SLOT: MemberDescriptorType = vars(_FileChangeFields)["diff"]


class FileChange(_FileChangeFields):
    """One file changed or read by an execution. Unknown fields are None.

    Attributes:
        change_type: Create, modify, delete, rename or read.
        path: Path of the file, preferably relative to the workspace.
        old_path: Previous path of a renamed file.
        lines_affected: First and last line, from 1.
        before: Previous text, of the whole file or of the part that ``after`` replaces.
        after: New text.
        diff: Unified diff, computed from ``before`` and ``after`` when first read.
        size_before: Previous size in bytes of UTF-8.
        size_after: New size in bytes of UTF-8.
        timestamp: UTC epoch milliseconds.
    """

    __slots__ = ()

    @classmethod
    def create(cls, path: Path, content: str) -> FileChange:
        """Return the creation of a file with this content."""
        return cls(FileChangeType.CREATE, os.fspath(path), after=content, size_after=_size(content))

    @classmethod
    def modify(cls, path: Path, before: str, after: str, lines: LineRange | None = None) -> FileChange:
        """Return the change of a file's text, or of a part of it, from ``before`` to ``after``."""
        return cls.modify_with_diff(path, before, after, None, lines)

    @classmethod
    def modify_with_diff(
        cls, path: Path, before: str, after: str, diff: str | None, lines: LineRange | None = None
    ) -> FileChange:
        """Return the change of a file with a unified diff that is already known."""
        return cls(
            FileChangeType.MODIFY,
            os.fspath(path),
            lines_affected=lines,
            before=before,
            after=after,
            diff=diff,
            size_before=_size(before),
            size_after=_size(after),
        )

    @classmethod
    def delete(cls, path: Path, content: str) -> FileChange:
        """Return the deletion of a file that had this content."""
        return cls(FileChangeType.DELETE, os.fspath(path), before=content, size_before=_size(content))

    @classmethod
    def read(cls, path: Path, lines: LineRange | None = None) -> FileChange:
        """Return the reading of a file, or of some of its lines."""
        return cls(FileChangeType.READ, os.fspath(path), lines_affected=lines)

    @classmethod
    def rename(cls, old_path: Path, new_path: Path) -> FileChange:
        """Return the renaming of a file."""
        return cls(FileChangeType.RENAME, os.fspath(new_path), old_path=os.fspath(old_path))

    @property
    def diff(self) -> str | None:
        """The unified diff: the one passed in, else computed from ``before`` and ``after`` on first access.

        Recording never computes it. None if one of the texts is missing.
        """
        diff = self.stored_diff
        if diff is None and self.before is not None and self.after is not None:
            diff = self.diff = unified_diff(self.path, self.before, self.after)
        return diff

    @diff.setter
    def diff(self, diff: str | None) -> None:
        _DIFF_SLOT.__set__(self, diff)

    @property
    def stored_diff(self) -> str | None:
        """The unified diff if it was passed in or already computed."""
        diff: str | None = _DIFF_SLOT.__get__(self)
        return diff

    def summary(self) -> str:
        """Return the change in short: ``+ a``, ``M a (L3-9)``, ``- a``, ``R a -> b``; ``R a (L3-9)`` for a read."""
        if self.change_type is FileChangeType.CREATE:
            return f"+ {self.path}"
        if self.change_type is FileChangeType.DELETE:
            return f"- {self.path}"
        if self.change_type is FileChangeType.RENAME:
            return f"R {self.old_path} -> {self.path}"
        letter = "M" if self.change_type is FileChangeType.MODIFY else "R"
        lines = "" if self.lines_affected is None else " (L{}-{})".format(*self.lines_affected)
        return f"{letter} {self.path}{lines}"


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def unified_diff(path: str, before: str, after: str) -> str:
    """Return the unified diff of two texts of a file."""
    import difflib

    lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
