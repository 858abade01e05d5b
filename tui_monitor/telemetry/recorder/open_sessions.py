"""Sessions that run in another process, as their streams state: who joins one does not end it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson

from tui_monitor.process_identity import is_alive, process_space
from tui_monitor.regular_files import open_binary

_RUNNING = ("starting", "running")
_AGENT_LINE = re.compile(rb'^.{0,40}"type":"agent".*$', re.MULTILINE)
_BLOCK_BYTES = 1 << 20
_MAX_BYTES = 64 << 20
"""Bytes of the stream that are searched, from its end."""


def runs_elsewhere(stream: Path, session_id: str) -> bool:
    """Return True if the stream states that another process, which lives, runs the session.

    Raises:
        OSError: The stream exists but cannot be read.
    """
    try:
        record = next((line for line in _agent_lines(stream) if _states_status(line, session_id)), None)
    except FileNotFoundError:
        return False
    if record is None or record["status"] not in _RUNNING:
        return False
    process = record.get("process_id")
    is_here = record.get("process_space") == process_space()
    return is_here and isinstance(process, int) and process != os.getpid() and _lives(process, record)


def _lives(process: int, record: Mapping[str, object]) -> bool:
    started = record.get("process_started")
    return is_alive(process, started if isinstance(started, str) else "")


def _states_status(record: Mapping[str, object], session_id: str) -> bool:
    return (
        record.get("agent_id") == session_id and record.get("session_id") == session_id and bool(record.get("status"))
    )


def _agent_lines(stream: Path) -> Iterator[Mapping[str, object]]:
    """Yield the lines of agents, the last one first."""
    with open_binary(stream) as file:
        offset = end = file.seek(0, os.SEEK_END)
        rest = b""
        while offset and end - offset < _MAX_BYTES:
            start = max(0, offset - _BLOCK_BYTES)
            file.seek(start)
            block = file.read(offset - start) + rest
            first = block.find(b"\n") + 1 if start else 0
            rest, offset = block[:first], start
            for match in reversed(_AGENT_LINE.findall(block[first:])):
                yield from _decoded(match)


def _decoded(line: bytes) -> Iterator[Mapping[str, object]]:
    try:
        record = orjson.loads(line)
    except ValueError:
        return
    if isinstance(record, dict):
        yield record
