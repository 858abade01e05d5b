"""A file held open: its bytes at any offset, and an identity that does not depend on its name."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

PREFIX_BYTES = 1024
"""The most of its beginning by which a file is known again."""

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


class Fingerprint(NamedTuple):
    """What makes a file the same file: where it lies, and the hash of its first ``length`` bytes."""

    device: int
    inode: int
    length: int
    digest: str

    def __str__(self) -> str:
        return f"{locator(self.device, self.inode)}{self.length}:{self.digest}"

    @classmethod
    def parse(cls, text: str) -> Fingerprint:
        """The fingerprint that is written so.

        Raises:
            ValueError: it is no fingerprint.
        """
        _, device, inode, length, digest = text.split(":")
        return cls(int(device), int(inode), int(length), digest)


def locator(device: int, inode: int) -> str:
    """What the texts of all fingerprints begin with that were ever taken of the file lying there."""
    return f"file:{device}:{inode}:"


class OpenFile:
    """A descriptor of a file: it stays the same file when its name is given to another one.

    Raises:
        OSError: it cannot be opened, or (each method) not be read any more.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, _FLAGS)
        status = os.fstat(self._descriptor)
        self.device = status.st_dev
        self.inode = status.st_ino

    def size(self) -> int:
        """Its length in bytes."""
        return os.fstat(self._descriptor).st_size

    def deleted(self) -> bool:
        """Whether no name leads to it any more."""
        return os.fstat(self._descriptor).st_nlink == 0

    def read(self, offset: int, size: int) -> bytes:
        """At most ``size`` bytes from ``offset``; none at its end."""
        if hasattr(os, "pread"):
            return os.pread(self._descriptor, size, offset)
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        return os.read(self._descriptor, size)

    def fingerprint(self, length: int) -> Fingerprint:
        """Its identity by its first bytes: so many, or as many as there are."""
        prefix = self.read(0, length)
        digest = hashlib.blake2b(prefix, digest_size=8).hexdigest()
        return Fingerprint(self.device, self.inode, len(prefix), digest)

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._descriptor)
