"""Follows the file to which the shown call writes its output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from textual.message import Message
from textual.widget import Widget

from tui_monitor.events import SessionKey
from tui_monitor.live.entries import Call
from tui_monitor.tui.output_tail import OutputTail
from tui_monitor.tui.rate_limiter import RateLimiter

OUTPUT_S = 1.0
"""Seconds between two looks at a file."""

TailReader: TypeAlias = Callable[[Path, OutputTail], OutputTail]


@dataclass
class OutputRead(Message):
    """A worker has found more output of a call in its file."""

    session: SessionKey
    call: str
    tail: OutputTail


class OutputFollower:
    """Has a worker of ``widget`` look at the file of the call last passed to `follow`, at most once per second."""

    def __init__(self, widget: Widget, read: TailReader) -> None:
        self._widget = widget
        self._read = read
        self._call: Call | None = None
        self._tail = OutputTail()
        self._limiter = RateLimiter(widget, OUTPUT_S, self._look)

    def follow(self, call: Call) -> None:
        """Look at the file of a call, if it has one."""
        if not call.output_file:
            return
        if call is not self._call:
            self._call, self._tail = call, OutputTail()
        self._limiter.request()

    def _look(self) -> None:
        if self._call:
            work = partial(self._read_on, self._call, self._tail)
            self._widget.run_worker(work, group="output", exclusive=True, thread=True)

    def _read_on(self, call: Call, before: OutputTail) -> None:
        """Read in a thread of the worker."""
        tail = self._read(Path(call.output_file), before)
        if tail != before and call is self._call:
            self._tail = tail
            self._widget.post_message(OutputRead(call.session, call.id, tail))
