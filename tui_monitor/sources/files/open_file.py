"""A file held open, with random access and an identity that does not depend on its name."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from tui_monitor.regular_files import open_descriptor

PREFIX_BYTES = 1024
"""Length of the prefix by which a file is recognised again."""

_RELEASED = -1


class Fingerprint(NamedTuple):
    """Identity of a file: device, inode, and the hash of its first ``length`` bytes."""

    device: int
    inode: int
    length: int
    digest: str

    def __str__(self) -> str:
        return f"{inode_prefix(self.device, self.inode)}{self.length}:{self.digest}"

    @classmethod
    def parse(cls, text: str) -> Fingerprint:
        """Return the fingerprint whose ``str`` is ``text``.

        Raises:
            ValueError: ``text`` is not a fingerprint.
        """
        _, device, inode, length, digest = text.split(":")
        return cls(int(device), int(inode), int(length), digest)


def inode_prefix(device: int, inode: int) -> str:
    """Return the prefix shared by all fingerprints of this inode."""
    return f"file:{device}:{inode}:"


class OpenFile:
    """An open regular file. It stays with its file when the name is given to another one.

    The descriptor can be released between reads: `reopen` then opens the file again by its name, or by the one that it
    was given in the same folder meanwhile.

    Raises:
        OSError: the file cannot be opened, or (each method) can no longer be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = open_descriptor(path)
        status = os.fstat(self._descriptor)
        self.device = status.st_dev
        self.inode = status.st_ino
        self._last_size = status.st_size

    def size(self) -> int:
        """Return the length in bytes; the last known one if the descriptor is released and the name leads elsewhere."""
        status = self._status_by_name() if self._descriptor == _RELEASED else os.fstat(self._descriptor)
        if status is not None:
            self._last_size = status.st_size
        return self._last_size

    def deleted(self) -> bool:
        """Return True if no name leads to the file any more (released: if its own name does not)."""
        if self._descriptor == _RELEASED:
            return self._status_by_name() is None
        return os.fstat(self._descriptor).st_nlink == 0

    def release(self) -> None:
        """Close the descriptor until `reopen`."""
        self.size()
        self.close()

    def reopen(self) -> bool:
        """Open a released file again. Return False if no name in its folder leads to it any more."""
        return self._descriptor != _RELEASED or self._reopen(self._path) or any(map(self._reopen, self._new_names()))

    def read(self, offset: int, size: int) -> bytes:
        """Return at most ``size`` bytes from ``offset``; none at the end of the file."""
        if hasattr(os, "pread"):
            return os.pread(self._descriptor, size, offset)
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        return os.read(self._descriptor, size)

    def fingerprint(self, length: int) -> Fingerprint:
        """Return the identity by at most ``length`` first bytes."""
        prefix = self.read(0, length)
        digest = hashlib.blake2b(prefix, digest_size=8).hexdigest()
        return Fingerprint(self.device, self.inode, len(prefix), digest)

    def close(self) -> None:
        """Close the descriptor, if it is open."""
        descriptor, self._descriptor = self._descriptor, _RELEASED
        if descriptor != _RELEASED:
            os.close(descriptor)

    def _reopen(self, path: Path) -> bool:
        """Open this file by a name. Return False if that does not lead to it."""
        try:
            descriptor = open_descriptor(path)
        except (FileNotFoundError, NotADirectoryError):
            return False
        if not self._is_same(os.fstat(descriptor)):
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def _new_names(self) -> list[Path]:
        """Return the names that the file was given, as by rotation, in its folder."""
        try:
            with os.scandir(self._path.parent) as entries:
                return [Path(entry) for entry in entries if entry.inode() == self.inode]
        except OSError:  # the folder is gone, too
            return []

    def _status_by_name(self) -> os.stat_result | None:
        try:
            status = self._path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status if self._is_same(status) else None

    def _is_same(self, status: os.stat_result) -> bool:
        return (status.st_dev, status.st_ino) == (self.device, self.inode)
