"""Opening of data files. Only regular files are opened: a pipe, a device or a kernel file may block or never end."""

from __future__ import annotations

import errno
import os
import stat
import sys
from functools import cache

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from io import BufferedReader
    from os import PathLike

_FLAGS = (
    getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)
_WINDOWS_LIMIT = 8192
_KERNEL_FOLDERS = ("/proc", "/sys")
_KINDS = {
    stat.S_IFIFO: "is a named pipe",
    stat.S_IFSOCK: "is a socket",
    stat.S_IFCHR: "is a device",
    stat.S_IFBLK: "is a device",
}


def open_descriptor(path: str | PathLike[str], flags: int = os.O_RDONLY, mode: int = 0o600) -> int:
    """Return an open descriptor of the regular file at ``path``; symbolic links are followed.

    Raises:
        OSError: it cannot be opened, or is something else than a regular file.
    """
    try:
        check_regular(path)  # before opening: that alone may rewind a tape, or wake a process at the other end
    except FileNotFoundError:
        if not flags & os.O_CREAT:
            raise
    descriptor = os.open(path, flags | _FLAGS, mode)
    try:
        _check_status(os.fstat(descriptor), path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def open_binary(path: str | PathLike[str]) -> BufferedReader:
    """Return the regular file at ``path``, open for reading bytes; raise as `open_descriptor` does."""
    return os.fdopen(open_descriptor(path), "rb")


def read_bytes(path: str | PathLike[str], limit: int = -1) -> bytes:
    """Return at most ``limit`` first bytes (-1: all) of a regular file; raise as `open_descriptor` does."""
    with open_binary(path) as file:
        return file.read(limit)


def read_text(path: str | PathLike[str], *, errors: str = "strict") -> str:
    """Return the text of a regular UTF-8 file; raise as `open_descriptor` does, or a UnicodeDecodeError."""
    return read_bytes(path).decode("utf-8", errors)


def check_regular(path: str | PathLike[str]) -> None:
    """Check what is at ``path``, for libraries that open files by name.

    Raises:
        OSError: it does not exist, cannot be examined, or is something else than a regular file.
    """
    _check_status(os.stat(path), path)  # noqa: PTH116  (pathlib costs 5 ms to import)


def descriptor_limit() -> int:
    """Return how many files the system lets this process hold open."""
    try:
        import resource
    except ImportError:  # Windows
        return _WINDOWS_LIMIT
    limit: int = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit


def _check_status(status: os.stat_result, path: str | PathLike[str]) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "is a folder", os.fspath(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, _KINDS.get(stat.S_IFMT(status.st_mode), "is not a file"), os.fspath(path))
    if status.st_dev in _kernel_devices():
        raise OSError(errno.EINVAL, "is a file of the kernel", os.fspath(path))


@cache
def _kernel_devices() -> frozenset[int]:
    """Return the devices of the kernel's file systems, whose files look regular and may block or never end."""
    devices = set()
    for folder in _KERNEL_FOLDERS:
        try:
            devices.add(os.lstat(folder).st_dev)
        except OSError:
            continue
    return frozenset(devices - {os.lstat("/").st_dev} if devices else devices)
