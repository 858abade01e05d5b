"""The terminal the screen is drawn on: its requirements, its abilities, and the end of the program with it."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable

from tui_monitor.cli.exit_status import CommandError

HUNG_UP = 129
"""The exit status of a program whose terminal was closed, as a shell reports it: 128 and the number of SIGHUP."""

PLAIN_FORMS = "use tui-monitor watch --plain, tui-monitor watch --once or tui-monitor stats."


def require_terminal(reads_stdin: bool = False, alternative: str = PLAIN_FORMS) -> None:
    """Make sure that the screen can be drawn, and that keys can be read although standard input may hold data.

    Raises:
        CommandError: that is impossible here; the text names the ``alternative``.
    """
    if is_in_browser():
        return
    for stream, name in ((sys.stdout, "output"), (sys.stderr, "error")):
        if not stream.isatty():
            raise CommandError(_advise(f"standard {name} is not a terminal", alternative))
    if os.environ.get("TERM") == "dumb":
        raise CommandError(_advise("this terminal (TERM=dumb) cannot show the screen", alternative))
    has_keyboard = sys.stdin is not None and sys.stdin.isatty()
    if has_keyboard and reads_stdin:
        raise CommandError("- reads standard input, which is your keyboard here: pipe something into it.")
    if not has_keyboard and sys.platform != "win32":
        _read_keys_from_screen(alternative)


def is_in_browser() -> bool:
    """Return whether the screen is drawn by a page of ``serve``: pipes stand in the place of a terminal."""
    return os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")


def is_ascii_only() -> bool:
    """Return whether standard output takes only ASCII: the Linux console, or anything with an old encoding."""
    encoding = getattr(sys.stdout, "encoding", None) or ""
    is_console = os.environ.get("TERM") in ("linux", "vt100", "vt220") and sys.stdout.isatty()
    return is_console or "utf" not in encoding.lower()


def exit_with_terminal(finish: Callable[[], None]) -> None:
    """End the program once its terminal is gone, after ``finish``.

    Textual would write to it for ever, or read from it at the cost of a core. With nobody to look at the screen there
    is no need to take it down in order.
    """
    if hasattr(select, "poll"):
        threading.Thread(
            target=_exit_on_hang_up, args=(sys.stdout.fileno(), finish), name="terminal", daemon=True
        ).start()


def _exit_on_hang_up(terminal: int, finish: Callable[[], None]) -> None:
    hang_up = select.poll()
    hang_up.register(terminal, 0)  # no event but the hang-up, which is always reported
    hang_up.poll()
    try:
        finish()
    finally:
        os._exit(HUNG_UP)


def _read_keys_from_screen(alternative: str) -> None:
    """Make the terminal of the screen the source of keys, where standard input is something else."""
    try:
        terminal = open(os.ttyname(sys.stdout.fileno()), encoding="utf-8")  # noqa: PTH123, SIM115  # used to the end
    except OSError as error:
        raise CommandError(_advise(f"keys cannot be read from this terminal ({error.strerror})", alternative)) from None
    sys.__stdin__ = terminal  # type: ignore[misc]  # Textual reads keys from it


def _advise(problem: str, alternative: str) -> str:
    return f"{problem}: {alternative}" if alternative else f"{problem}."
