"""Follows sessions for whoever reads standard output: writes lines until a signal, or the end of input or reader."""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from tui_monitor.cli.exit_status import NOTHING_FOUND, OK, CommandError, summary_line
from tui_monitor.cli.feed_opener import feed_opener
from tui_monitor.cli.follower import SessionFollower
from tui_monitor.cli.line_publisher import LinePublisher
from tui_monitor.cli.output import write_error
from tui_monitor.cli.path_args import check_paths
from tui_monitor.cli.run_context import RunContext, check_store_options, report_context
from tui_monitor.cli.signals import exit_on_signals
from tui_monitor.cli.surroundings import now_ms
from tui_monitor.cli.terminal import HUNG_UP
from tui_monitor.cli.wake_up import WakeUp
from tui_monitor.events import Event
from tui_monitor.sources.discovery.expand import is_pattern
from tui_monitor.sources.discovery.find import folder_distances

INTERVAL_S = 0.25
"""Shortest time between two writes."""
CLOCK_S = 1.0
"""Seconds after which the states are judged again although nothing came: silence changes them too."""
PATIENCE_S = 1.0
"""Seconds for reading what was there at the start; then it is said that it is still being read."""


class LineWriter(Protocol):
    """Turns what has changed into lines of output."""

    def note(self, follower: SessionFollower, events: Sequence[Event], *, is_backlog: bool) -> None:
        """Take note of events that were just applied; ``is_backlog``: they were there at the start."""

    def write(self, follower: SessionFollower) -> None:
        """Write what is new since the last call."""

    def close(self) -> None:
        """End: nothing more will be written."""


class _SignalReceived(Exception):
    """Ends a write that waits for its reader."""


class _Ending:
    """The exit status that a signal asks for; it also ends a write that waits for its reader."""

    def __init__(self, interrupt: Callable[[], None]) -> None:
        self.status: int | None = None
        self.is_writing = False
        self._interrupt = interrupt

    def end(self, status: int) -> None:
        """End soon with this status. For handlers of signals, and other threads."""
        self.status = status
        self._interrupt()
        if self.is_writing and threading.current_thread() is threading.main_thread():
            raise _SignalReceived


def _check_interval(seconds: float) -> None:
    """Check that an interval makes sense.

    Raises:
        CommandError: it is negative, or no number.
    """
    if not (math.isfinite(seconds) and seconds >= 0):
        raise CommandError(f"invalid interval {seconds}: give seconds, such as 0.5 or 10.")


def follow(
    paths: Sequence[str],
    store: str,
    no_store: bool,
    interval: float | None,
    make_writer: Callable[[RunContext], LineWriter],
) -> int:
    """Follow the sessions at ``paths``, else all live ones, and write at most once in ``interval`` seconds (None: as
    often as is good for most).

    Return the exit status: that of the signal which ended it, else 0.

    Raises:
        CommandError: a path does not exist, the options exclude each other, or the input ended without a session.
    """
    seconds = INTERVAL_S if interval is None else interval
    _check_interval(seconds)
    check_paths(paths)
    check_store_options(store, no_store)
    context = report_context()
    wake_up = WakeUp(_output())
    ending = _Ending(wake_up.interrupt)
    folders = None if paths else folder_distances(context.search_context.cwd)
    opener = feed_opener(context, paths, store, no_store)
    writer = make_writer(context)
    with exit_on_signals(ending.end):
        follower = SessionFollower(opener, wake_up.notify, now_ms, folders)
        follower.source.start()
        try:
            publish = None if paths else LinePublisher(os.environ, is_ascii=context.config.display.ascii)
            _Loop(follower, writer, publish, wake_up, ending, seconds).run(waits=any(map(is_pattern, paths)))
        except _SignalReceived:
            pass
        finally:
            ending.is_writing = False
            follower.source.stop()
            writer.close()
            wake_up.close()
    if note := follower.source.closing_note():
        write_error(note)
    if ending.status is not None:
        return ending.status
    if not wake_up.has_reader:
        return HUNG_UP if sys.stdout.isatty() else OK
    if not follower.live.sessions:
        status = follower.feed_status
        reasons = (*status.faults.values(), *status.notes)
        raise CommandError(summary_line(reasons) or "the input had no session.", NOTHING_FOUND)
    return OK


class _Loop:
    """Waits, applies what came, and has it written."""

    def __init__(
        self,
        follower: SessionFollower,
        writer: LineWriter,
        publish: LinePublisher | None,
        wake_up: WakeUp,
        ending: _Ending,
        interval: float,
    ) -> None:
        self._publish = publish
        self._follower = follower
        self._writer = writer
        self._wake_up = wake_up
        self._ending = ending
        self._interval = interval
        self._reported: set[str] = set()
        self._started = time.monotonic()
        self._has_begun = False

    def run(self, *, waits: bool) -> None:
        """Run until something ends it; the end of input does not if it ``waits`` for files to appear."""
        is_over = False
        while self._ending.status is None and self._wake_up.has_reader and not is_over:
            update = self._follower.update()
            self._writer.note(self._follower, update.events, is_backlog=update.is_backlog)
            if update.more:
                continue
            is_over = self._follower.feed_status.input_ended and not waits
            if self._is_ready(is_over=is_over):
                self._write(is_over=is_over)
            if not is_over and self._ending.status is None:
                self._wake_up.pause(CLOCK_S)

    def _is_ready(self, *, is_over: bool) -> bool:
        """Return True once there is something to write: what was there at the start is, or that takes too long."""
        has_sessions = bool(self._follower.live.sessions)
        if not self._has_begun:
            has_read = is_over or self._follower.has_caught_up
            is_late = time.monotonic() - self._started >= PATIENCE_S
            self._has_begun = (has_sessions and has_read) or (is_late and not is_over)
        return self._has_begun

    def _write(self, *, is_over: bool) -> None:
        began = time.monotonic()
        self._report_faults()
        if self._publish:
            self._publish(self._follower.live.sessions.values(), now_ms())
        self._ending.is_writing = True
        if self._ending.status is None:
            self._writer.write(self._follower)
        self._ending.is_writing = False
        rest = began + self._interval - time.monotonic()
        if not is_over and rest > 0:
            self._wake_up.pause(rest, for_news=False)

    def _report_faults(self) -> None:
        status = self._follower.feed_status
        for text in (*status.faults.values(), *status.notes):
            if text not in self._reported:
                self._reported.add(text)
                write_error(text)


def _output() -> int | None:
    """Return the descriptor of standard output; None where that has none."""
    try:
        return sys.stdout.fileno()
    except OSError:
        return None
