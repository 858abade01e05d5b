"""What a tool did to a file."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from enum import StrEnum

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from typing import TypeAlias

    Path: TypeAlias = str | os.PathLike[str]
    Lines: TypeAlias = tuple[int, int]
    """The first and the last line, from 1."""

    from types import MemberDescriptorType


def now_ms() -> int:
    """UTC epoch milliseconds."""
    return time.time_ns() // 1_000_000


class FileChangeType(StrEnum):
    """What happened to the file, as it is written."""

    CREATE = "create"
    MODIFY = "modify"
    DELETE = "delete"
    RENAME = "rename"
    READ = "read"


@dataclass(slots=True)
class _Change:
    """The fields of a change, as they were given."""

    change_type: FileChangeType
    path: str
    old_path: str | None = None
    lines_affected: Lines | None = None
    before: str | None = field(default=None, repr=False)
    after: str | None = field(default=None, repr=False)
    diff: str | None = field(default=None, repr=False)
    size_before: int | None = None
    size_after: int | None = None
    timestamp: int = field(default_factory=now_ms)


_GIVEN_DIFF: MemberDescriptorType = vars(_Change)["diff"]


class FileChange(_Change):
    """One file changed or read by one execution.

    ``path`` is best relative to the workspace; ``before`` and ``after`` are texts, of the whole file or of the same
    part of it; sizes are bytes of UTF-8; ``timestamp`` is UTC epoch milliseconds. What is not known is None.
    """

    __slots__ = ()

    @classmethod
    def create(cls, path: Path, content: str) -> FileChange:
        """A file that was made."""
        return cls(FileChangeType.CREATE, os.fspath(path), after=content, size_after=_size(content))

    @classmethod
    def modify(cls, path: Path, before: str, after: str, lines: Lines | None = None) -> FileChange:
        """A file that was changed."""
        return cls.modify_with_diff(path, before, after, None, lines)

    @classmethod
    def modify_with_diff(
        cls, path: Path, before: str, after: str, diff: str | None, lines: Lines | None = None
    ) -> FileChange:
        """A file that was changed, by one who knows the unified diff already."""
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
        """A file that was removed; ``content`` is what it held."""
        return cls(FileChangeType.DELETE, os.fspath(path), before=content, size_before=_size(content))

    @classmethod
    def read(cls, path: Path, lines: Lines | None = None) -> FileChange:
        """A file, or some lines of it, that was read."""
        return cls(FileChangeType.READ, os.fspath(path), lines_affected=lines)

    @classmethod
    def rename(cls, old_path: Path, new_path: Path) -> FileChange:
        """A file that got another name."""
        return cls(FileChangeType.RENAME, os.fspath(new_path), old_path=os.fspath(old_path))

    @property
    def diff(self) -> str | None:
        """The unified diff: the one that was given, else reckoned from ``before`` and ``after`` when it is first asked
        for, which recording never does; None where there is nothing to reckon it from."""
        diff = self.given_diff
        if diff is None and self.before is not None and self.after is not None:
            diff = self.diff = _unified(self.path, self.before, self.after)
        return diff

    @diff.setter
    def diff(self, diff: str | None) -> None:
        _GIVEN_DIFF.__set__(self, diff)

    @property
    def given_diff(self) -> str | None:
        """The unified diff if it is known by now."""
        known: str | None = _GIVEN_DIFF.__get__(self)
        return known

    def summary(self) -> str:
        """The change in a few characters: ``+ a``, ``M a (L3-9)``, ``- a``, ``R a -> b``; ``R a (L3-9)`` if read."""
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


def _unified(path: str, before: str, after: str) -> str:
    from difflib import unified_diff

    lines = unified_diff(before.splitlines(True), after.splitlines(True), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
