"""Files of archives, compressed with gzip or zstd: written a group at a time, each in a piece of its own."""

from __future__ import annotations

import errno
import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from tui_monitor.regular_files import open_descriptor
from tui_monitor.sources.files.compressed_file import zstd_module
from tui_monitor.store import ARCHIVE_FORMAT, ArchiveError

SUFFIXES = (".jsonl.zst", ".jsonl.gz")
_GZIP_BITS = 16 + zlib.MAX_WBITS
_MAX_LINE = 256 << 20
_MAGIC = {".gz": b"\x1f\x8b", ".zst": b"\x28\xb5\x2f\xfd"}
_BEGIN = f'{{"begin":"{ARCHIVE_FORMAT}"'.encode()


class ArchiveFile:
    """A new archive, for its owner alone. It is whole after each `write`, on the disk, too.

    Raises:
        OSError: it exists, cannot be created, or nothing is installed that compresses it.
    """

    def __init__(self, path: Path) -> None:
        self._library = _zstd() if path.name.endswith(".zst") else None
        self._path = path
        self._descriptor = open_descriptor(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        self._size = 0

    def write(self, lines: Iterable[bytes]) -> None:
        """Add the lines of a group.

        Raises:
            OSError: they cannot be written; the file is as before.
        """
        compressor: Any = self._library.ZstdCompressor() if self._library else zlib.compressobj(wbits=_GZIP_BITS)
        try:
            for line in lines:
                self._write(compressor.compress(line))
            self._write(compressor.flush())
            os.fsync(self._descriptor)
        except BaseException:
            os.ftruncate(self._descriptor, self._size)
            os.lseek(self._descriptor, self._size, os.SEEK_SET)
            raise
        self._size = os.fstat(self._descriptor).st_size

    def close(self) -> None:
        """Close the file; one without any group is removed."""
        os.close(self._descriptor)
        if not self._size:
            with suppress(OSError):
                self._path.unlink()

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]


def is_archive(path: Path) -> bool:
    """Return True for a file that begins as an archive does, or is named as one.

    Raises:
        OSError: it cannot be read.
    """
    if path.name.endswith((".gz", ".zst")):
        return True
    with os.fdopen(open_descriptor(path), "rb") as file:
        return file.read(len(_BEGIN)) == _BEGIN


@contextmanager
def archive_lines(path: Path) -> Iterator[Iterator[bytes]]:
    """Open an archive, compressed or not, for reading its lines; what is torn ends with the last whole bytes.

    Raises:
        ArchiveError: it is not what its name says.
        OSError: it cannot be read, or nothing is installed that decompresses it.
    """
    with os.fdopen(open_descriptor(path), "rb") as raw:
        _check_magic(raw, path.suffix)
        with _decompressed(raw, path.name) as file:
            yield _lines(file)


def _check_magic(raw: IO[bytes], suffix: str) -> None:
    magic = _MAGIC.get(suffix, b"")
    if not magic.startswith(raw.read(len(magic))):
        raise ArchiveError("is no archive of tui-monitor")
    raw.seek(0)


def _decompressed(raw: IO[bytes], name: str) -> IO[bytes]:
    if name.endswith(".gz"):
        return gzip.GzipFile(fileobj=raw)  # type: ignore[return-value]  # reads as any file
    if name.endswith(".zst"):
        opened: IO[bytes] = _zstd().ZstdFile(raw)
        return opened
    return raw


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    while True:
        try:
            line = file.readline(_MAX_LINE)
        except OSError as error:
            if error.errno is not None:
                raise
            return
        except Exception:  # each library has errors of its own for what is torn
            return
        if not line:
            return
        yield line


def _zstd() -> Any:
    module = zstd_module()
    if module is None:
        raise OSError(errno.ENOTSUP, "pip install 'tui-monitor[zst]' for .zst; .gz needs nothing")
    return module
