"""The beginning of a file or stream, by which its format is recognised."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from tui_monitor.sources.base import Head, Record, UnreadableRecord
from tui_monitor.sources.files.decode import decode
from tui_monitor.sources.files.line_buffer import LineBuffer
from tui_monitor.sources.files.open_file import OpenFile
from tui_monitor.sources.shared.fields import path_text

HEAD_BYTES = 64 << 10
FIRST_LINE_BYTES = 1 << 20
"""How much is read where the first line is longer than a head."""

HEAD_LINES = 200


class UnrecognisedFormat(Exception):
    """Of no known format. Its text is one clear line that names the file."""


class NoContentYet(UnrecognisedFormat):
    """Of no format for now, since it is not there, empty, or in the middle of its first line."""


def read_head(path: Path) -> Head:
    """The beginning of the file at ``path``.

    Raises:
        NothingYet: it is not there.
        Unrecognised: it cannot be read.
    """
    try:
        return head_of(path, _read_beginning(path))
    except (FileNotFoundError, NotADirectoryError):
        raise NoContentYet(f"{path_text(path)}: no such file") from None
    except IsADirectoryError:
        raise UnrecognisedFormat(f"{path_text(path)}: is a folder") from None
    except OSError as error:
        raise UnrecognisedFormat(f"{path_text(path)}: {(error.strerror or str(error)).lower()}") from None


def head_of(path: Path, raw: bytes) -> Head:
    """The head that consists of these first bytes."""
    records: list[Record] = []
    buffer = LineBuffer()
    buffer.feed(raw)
    for line in buffer.lines(HEAD_LINES):
        with suppress(UnreadableRecord):
            records.extend(decode(line.data))
    return Head(path, raw, records)


def unrecognised(head: Head) -> UnrecognisedFormat:
    """Why a file that begins so, and that no adapter knows, cannot be read."""
    name = path_text(head.path)
    if head.records:
        return UnrecognisedFormat(f"{name}: JSON, but of no known format")
    content = head.raw.strip(b"\0 \t\r\n")
    if not content:
        return NoContentYet(f"{name}: is empty")
    if b"\0" in content:
        return UnrecognisedFormat(f"{name}: is binary")
    if content.startswith(b"{") and b"\n" not in head.raw and len(head.raw) < FIRST_LINE_BYTES:
        return NoContentYet(f"{name}: its first line is not complete")
    return UnrecognisedFormat(f"{name}: holds no lines of JSON")


def _read_beginning(path: Path) -> bytes:
    file = OpenFile(path)
    try:
        raw = file.read(0, HEAD_BYTES)
        return raw if b"\n" in raw or len(raw) < HEAD_BYTES else file.read(0, FIRST_LINE_BYTES)
    finally:
        file.close()
