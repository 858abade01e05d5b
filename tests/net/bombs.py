"""Small exports that would come to much; ``python -m tests.net.bombs /v1/logs`` measures them, on Linux."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.net.wire import data
from tui_monitor.net.body import HttpError
from tui_monitor.net.exports import JSON, PROTOBUF, SIGNALS, read_export

_MIB = 1 << 20

BOMBS = {
    "empty messages": (PROTOBUF, b"\x0a\x00" * (8 * _MIB)),
    "unknown fields": (PROTOBUF, b"\xf8\x01\x00" * (5 * _MIB)),
    "empty attributes": (PROTOBUF, data(1, data(1, b"\x0a\x00" * (7 * _MIB)))),
    "packed numbers": (PROTOBUF, data(1, data(2, data(2, data(9, data(1, data(6, bytes(15 * _MIB)))))))),
    "long id": (PROTOBUF, data(1, data(2, data(2, data(9, bytes(15 * _MIB)))))),
    "control characters": (PROTOBUF, data(1, data(2, data(2, data(3, bytes(15 * _MIB)))))),
    "empty objects": (JSON, b'{"resourceLogs":[' + b"{}," * (5 * _MIB) + b"{}]}"),
    "empty lists": (JSON, b'{"resourceLogs":[' + b"[]," * (5 * _MIB) + b"[]]}"),
    "numbers": (JSON, b'{"resourceLogs":[' + b"1," * (8 * _MIB) + b"1]}"),
    "texts": (JSON, b'{"resourceLogs":[' + b'"",' * (5 * _MIB) + b'""]}'),
    "keys": (JSON, b'{"resourceLogs":[{' + b",".join(b'"%d":1' % number for number in range(_MIB)) + b"}]}"),
    "objects behind a text": (JSON, b'{"x":"\\\\\\"","resourceLogs":[' + b"{}," * (5 * _MIB) + b"{}]}"),
}
"""Content type and body of each, for logs."""


def begin_peak() -> int:
    """Forget the most memory that this process has held, and return what it holds now, in megabytes."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status("VmRSS")


def _status(name: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text("ascii").splitlines() if line.startswith(name))
    return int(line.split()[1]) >> 10


def main(path: str) -> None:
    """Print for each bomb its name, the status of the refusal, the seconds and the additional megabytes."""
    signal = SIGNALS[path]
    bombs = {
        name: (content_type, body.replace(b"resourceLogs", signal.resources.encode()))
        for name, (content_type, body) in BOMBS.items()
    }
    for name, (content_type, body) in bombs.items():
        before, began, status = begin_peak(), time.process_time(), 200
        try:
            read_export(signal, content_type, body)
        except HttpError as error:
            status = error.status
        print(name, status, round(time.process_time() - began, 3), _status("VmHWM") - before, sep="\t")


if __name__ == "__main__":
    main(sys.argv[1])
