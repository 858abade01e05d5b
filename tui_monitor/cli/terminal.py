"""The terminal that the screen is drawn on: whether there is one, what it can draw, what to do when it is gone."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable

from tui_monitor.cli.ending import WRONG_USAGE, Failure

HUNG_UP = 129
"""The exit status of a program whose terminal was closed, as a shell tells it: 128 and the number of SIGHUP."""


def need_terminal(data_comes_in: bool) -> None:
    """See to it that there is a terminal for the screen, and one that gives the keys, though ``data_comes_in``.

    Raises:
        Failure: there is none.
    """
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        raise Failure("this is no terminal: use tui-monitor watch --once, or tui-monitor stats.", WRONG_USAGE)
    keys_come_in = sys.stdin is not None and sys.stdin.isatty()
    if keys_come_in and data_comes_in:
        raise Failure("- reads standard input, which is your keyboard here: pipe something into it.", WRONG_USAGE)
    if not keys_come_in and sys.platform != "win32":
        _take_keys_from_screen()


def has_ascii_alone() -> bool:
    """Whether the terminal, as far as it tells, draws nothing else: the Linux console, or one of an old encoding."""
    encoding = getattr(sys.stdout, "encoding", None) or ""
    return os.environ.get("TERM") in ("linux", "vt100", "vt220") or "utf" not in encoding.lower()


def end_with_terminal(finish: Callable[[], None]) -> None:
    """End the program once its terminal is gone, after ``finish``. Textual would write to it for ever, or read from it
    at the cost of a core; what has nobody to look at it need not be taken down in order."""
    if hasattr(select, "poll"):
        threading.Thread(target=_end, args=(sys.stdout.fileno(), finish), name="terminal", daemon=True).start()


def _end(terminal: int, finish: Callable[[], None]) -> None:
    hang_up = select.poll()
    hang_up.register(terminal, 0)  # of nothing but that it is gone
    hang_up.poll()
    try:
        finish()
    finally:
        os._exit(HUNG_UP)


def _take_keys_from_screen() -> None:
    """Where standard input is something else, the terminal of the screen gives the keys."""
    try:
        terminal = open(os.ttyname(sys.stdout.fileno()), encoding="utf-8")  # noqa: PTH123, SIM115  # used to the end
    except OSError as error:
        raise Failure(
            f"no key could be pressed here ({error.strerror}): use tui-monitor watch --once.", WRONG_USAGE
        ) from None
    sys.__stdin__ = terminal  # type: ignore[misc]  # this is where Textual takes them from
