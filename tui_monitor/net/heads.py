"""The head of an HTTP request: its line and its headers.

The standard library parses headers as those of a mail, which takes a third of all the time of a small export. This is
stricter: what is not a header, or says two lengths, is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BufferedIOBase

from tui_monitor.net.body import Headers, HttpError

MAX_LINE = 64 << 10
"""Bytes of a line of the head."""
MAX_HEADERS = 100

_VERSION = re.compile(r"HTTP/1\.[0-9]")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class RequestHead:
    """The method, path and version of a request, and its headers by their names in lower case."""

    method: str
    path: str
    version: str
    fields: Headers

    @property
    def keeps_open(self) -> bool:
        """True if the connection is for further requests."""
        wish = self.fields.get("connection", "").lower()
        return wish == "keep-alive" or (self.version != "HTTP/1.0" and wish != "close")

    @property
    def expects_continue(self) -> bool:
        """True if the client waits for leave to send its body."""
        return self.version != "HTTP/1.0" and self.fields.get("expect", "").lower() == "100-continue"


def read_head(line: bytes, stream: BufferedIOBase) -> RequestHead:
    """Read the head that begins with this ``line``, to the empty line after it.

    Raises:
        HttpError: it is none.
        OSError: the connection broke or timed out.
    """
    words = line.decode("latin-1").split()
    if len(words) != 3 or not words[2].startswith("HTTP/"):
        raise HttpError(400, "this is no request of HTTP")
    if not _VERSION.fullmatch(words[2]):
        raise HttpError(505, "the version of HTTP must be 1.0 or 1.1")
    method, path, version = words
    return RequestHead(method, path, version, read_fields(stream))


def read_fields(stream: BufferedIOBase) -> Headers:
    """Read headers up to the empty line after them. Of several with one name the first counts."""
    fields: dict[str, str] = {}
    for _ in range(MAX_HEADERS + 1):
        line = stream.readline(MAX_LINE + 1)
        if len(line) > MAX_LINE:
            raise HttpError(431, f"a header is longer than {MAX_LINE >> 10} KiB")
        if line in (b"\r\n", b"\n", b""):
            return fields
        name, colon, value = line.partition(b":")
        if not colon or not _NAME.fullmatch(name):
            raise HttpError(400, "a line of the head is no header")
        key, text = name.decode("ascii").lower(), value.strip().decode("latin-1")
        if fields.setdefault(key, text) != text and key == "content-length":
            raise HttpError(400, "two headers say different lengths")
    raise HttpError(431, f"the request has more than {MAX_HEADERS} headers")
