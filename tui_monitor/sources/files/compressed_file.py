"""Files compressed with zstd, read as if they were not.

Python has the decompressor from 3.14 on; before, a package has to be installed.
"""

from __future__ import annotations

import errno
import hashlib
import io
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from tui_monitor.sources.files.open_file import PREFIX_BYTES, Fingerprint, OpenFile

SUFFIX = ".zst"

_STEP = 1 << 20
LIBRARIES = ("compression.zstd", "backports.zstd")
_OTHER = "zstandard"


class MissingDecompressor(OSError):
    """No decompressor is installed. The message says what to install, and is the same for all files."""

    def __init__(self) -> None:
        super().__init__(
            errno.ENOTSUP, "compressed files (.zst) are skipped: pip install 'tui-monitor[zst]' to read them"
        )

    def __str__(self) -> str:
        return str(self.strerror)


def open_file(path: Path) -> OpenFile:
    """Open a file, compressed or not.

    Raises:
        MissingDecompressor: it is compressed, and there is no decompressor.
        OSError: it cannot be opened.
    """
    return CompressedFile(path) if path.name.endswith(SUFFIX) else OpenFile(path)


class CompressedFile(OpenFile):
    """A file whose offsets and size are those of the decompressed content. It is best read forwards.

    Raises:
        OSError: like `OpenFile`; also if the content is broken.
    """

    def __init__(self, path: Path) -> None:
        self._decompress = _decompressor()
        super().__init__(path)
        self._stream: IO[bytes] | None = None
        self._offset = 0
        self._length: int | None = None
        self._compressed_size = -1
        self._prefix = b""

    def size(self) -> int:
        """Return the length of the content."""
        compressed_size = super().size()
        if self._length is None or compressed_size != self._compressed_size:
            self._compressed_size, self._stream, self._prefix = compressed_size, None, b""
            self._length = self._measure()
        return self._length

    def read(self, offset: int, size: int) -> bytes:
        """Return at most ``size`` bytes of the content from ``offset``; none at its end."""
        if self._stream is None or offset < self._offset:
            self._stream, self._offset = self._decompress(_Raw(self)), 0
        while self._offset < offset:
            if not self._next(min(_STEP, offset - self._offset)):
                return b""
        data = b""
        while len(data) < size and (more := self._next(size - len(data))):
            data += more
        return data

    def fingerprint(self, length: int) -> Fingerprint:
        """Return the identity by at most ``length`` first bytes of the content."""
        if not self._prefix:
            self._prefix = self.read(0, PREFIX_BYTES)
        prefix = self._prefix[:length]
        digest = hashlib.blake2b(prefix, digest_size=8).hexdigest()
        return Fingerprint(self.device, self.inode, len(prefix), digest)

    def read_compressed(self, offset: int, size: int) -> bytes:
        """Return at most ``size`` bytes of the file as it is."""
        return super().read(offset, size)

    def _measure(self) -> int:
        offset = 0
        while data := self.read(offset, _STEP):
            offset += len(data)
        return offset

    def _next(self, size: int) -> bytes:
        try:
            data = self._stream.read(size) if self._stream else b""
        except OSError:
            raise
        except Exception as error:  # each library has errors of its own
            raise OSError(errno.EIO, "broken compressed content") from error
        self._offset += len(data)
        return data


class _Raw(io.RawIOBase):
    """The compressed bytes of a file, whose descriptor may be released and opened again meanwhile."""

    def __init__(self, file: CompressedFile) -> None:
        self._file = file
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read_compressed(self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _decompressor() -> Any:
    """Return a function that opens a stream of compressed bytes for reading.

    Raises:
        MissingDecompressor: no library is installed.
    """
    if module := zstd_module():
        return lambda raw: module.ZstdFile(raw, "rb")
    try:
        library: Any = import_module(_OTHER)
    except ImportError:
        raise MissingDecompressor from None
    return lambda raw: library.ZstdDecompressor().stream_reader(raw, read_across_frames=True)


def zstd_module() -> Any:
    """Return Python's module for zstd, or the package that has the same; None without either."""
    for name in LIBRARIES:
        with suppress(ImportError):
            return import_module(name)
    return None
