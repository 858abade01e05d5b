"""Reading the beginning of a file or stream, by which its format is recognised."""

from __future__ import annotations

import errno
import re
from contextlib import suppress
from pathlib import Path

from tui_monitor.regular_files import read_bytes
from tui_monitor.sources.base import Head, Record, UnreadableRecord
from tui_monitor.sources.files.compressed_file import MissingDecompressor, open_file
from tui_monitor.sources.files.decode import decode
from tui_monitor.sources.files.line_buffer import LineBuffer
from tui_monitor.sources.shared.fields import path_text

HEAD_BYTES = 64 << 10
FIRST_LINE_BYTES = 1 << 20
"""Bytes to read if the first line is longer than `HEAD_BYTES`."""

HEAD_LINES = 200
_FIRST_BYTES = 4096

MULTILINE_OBJECT = re.compile(rb"\s*\{\s*\r?\n")
"""The beginning of an object that is written over many lines."""

ARRAY_OF_OBJECTS = re.compile(rb"\s*\[\s*\{")
"""The beginning of an array of objects, which may be written over many lines."""

_NO_FILE = (errno.EINVAL, errno.EISDIR)
"""Errors of what is a folder, a pipe or a device."""


class UnrecognisedFormat(Exception):
    """The format is unknown. The message is one line that names the file."""


class UnreadableFile(UnrecognisedFormat):
    """The file cannot be read now; it may be recognised later."""


class NoContentYet(UnrecognisedFormat):
    """The format cannot be known yet: the file is missing, empty, or inside its first line."""


def read_head(path: Path) -> Head:
    """Read the beginning of the file at ``path``.

    Raises:
        NoContentYet: the file does not exist.
        UnreadableFile: the file cannot be read now.
        UnrecognisedFormat: it is no regular file.
    """
    try:
        return head_of(path, _read_beginning(path))
    except (FileNotFoundError, NotADirectoryError):
        raise NoContentYet(f"{path_text(path)}: no such file") from None
    except MissingDecompressor as error:
        raise UnrecognisedFormat(str(error)) from None
    except OSError as error:
        kind = UnrecognisedFormat if error.errno in _NO_FILE else UnreadableFile
        raise kind(f"{path_text(path)}: {(error.strerror or str(error)).lower()}") from None


def first_bytes(path: Path) -> bytes:
    """Return the first bytes of a file; none if it cannot be read now."""
    try:
        return read_bytes(path, _FIRST_BYTES)
    except OSError:
        return b""


def head_of(path: Path, raw: bytes) -> Head:
    """Return the head of a file or stream with these first bytes."""
    records: list[Record] = []
    buffer = LineBuffer()
    buffer.feed(raw)
    for line in buffer.lines(HEAD_LINES):
        with suppress(UnreadableRecord):
            records.extend(decode(line.data))
    return Head(path, raw, records)


def unrecognised(head: Head) -> UnrecognisedFormat:
    """Return the error for a head that no adapter recognises."""
    name = path_text(head.path)
    if head.records:
        return UnrecognisedFormat(f"{name}: JSON of an unknown format")
    content = head.raw.strip(b"\0 \t\r\n")
    if not content:
        return NoContentYet(f"{name}: is empty")
    if b"\0" in content:
        return UnrecognisedFormat(f"{name}: is binary")
    if content.startswith(b"{") and b"\n" not in head.raw and len(head.raw) < FIRST_LINE_BYTES:
        return NoContentYet(f"{name}: its first line is not complete")
    return UnrecognisedFormat(f"{name}: holds no lines of JSON")


def _read_beginning(path: Path) -> bytes:
    file = open_file(path)
    try:
        raw = file.read(0, HEAD_BYTES)
        return raw if b"\n" in raw or len(raw) < HEAD_BYTES else file.read(0, FIRST_LINE_BYTES)
    finally:
        file.close()
