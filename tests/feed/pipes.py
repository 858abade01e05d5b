"""A pipe that is read in pieces."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from threading import Event

from tests.feed.sessions import stream_lines
from tui_monitor.events import Batch
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.files.pipe_source import PipeSource

LINES = stream_lines(40)
PATIENCE_S = 15.0
PIECE = 997
"""Bytes written to the pipe at a time, so that batches end anywhere."""


def piped(content: bytes = LINES) -> list[Batch]:
    """Return the batches of a pipe with this content."""
    batches: list[Batch] = []
    reading, writing = os.pipe()
    arrived = Event()
    with closing(PipeSource(Path("-"), default_registry(), reading, arrived.set)) as source:
        for at in range(0, len(content), PIECE):
            os.write(writing, content[at : at + PIECE])
            assert arrived.wait(PATIENCE_S)
            arrived.clear()
            while batch := source.read():
                batches.append(batch)
        os.close(writing)
        while not source.ended:
            arrived.wait(PATIENCE_S)
            arrived.clear()
            source.read()
    os.close(reading)
    return batches
