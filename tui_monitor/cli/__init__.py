"""The command line. The first word decides which command runs, before anything heavy is imported."""

from __future__ import annotations

import gc
import os
import sys

from tui_monitor.cli.commands import COMMANDS, COMPLETION, INSTALL_COMPLETION
from tui_monitor.cli.exit_status import INTERNAL_ERROR, INTERRUPTED, OK, USAGE_ERROR, CommandError
from tui_monitor.cli.output import clean_errors, clean_thread_errors, error_line, write_error, write_verbatim

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from collections.abc import Sequence

_HELP = ("-h", "--help")
_VERSION = ("-V", "--version")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` (None: those of the process) name; return its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _open_streams()
        if arguments is None:
            clean_errors()
        status = _dispatch(words)
        sys.stdout.flush()
    except CommandError as error:
        write_error(str(error))
        status = error.status
    except BrokenPipeError:  # whoever read our output has had enough
        status = OK
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        is_folder_gone = isinstance(error, FileNotFoundError) and not where
        reason = "the current directory was removed." if is_folder_gone else error.strerror or error
        write_error(f"{where}{reason}")
        status = USAGE_ERROR
    except KeyboardInterrupt:
        status = INTERRUPTED
        if arguments is None:
            _ignore_interrupts()
    except Exception as error:  # a fault of this program: a line, not a traceback
        write_error(error_line(error))
        status = INTERNAL_ERROR
    _discard_unwritten()
    return status


def _dispatch(words: list[str]) -> int:
    """Run a command, in the lightest way that its words allow."""
    first = words[0] if words else ""
    if first == "help" and len(words) > 1:
        from tui_monitor.cli.path_args import check_command

        check_command(words[1])
        return _dispatch([words[1], "--help"])
    if first == "run":  # everything after it belongs to another program, options too
        from tui_monitor.cli.run import run

        return run(*words[1:])
    if first in ("hook", "statusline"):
        from tui_monitor.cli.payloads import plain_folder

        folder = plain_folder(words)
        if folder is not None:
            return _keep_payload(first, folder)
    if "--line" in words:
        from tui_monitor.cli.line import plain_words, print_line

        width = plain_words(words)
        if width is not None:
            return print_line(width)
    if first in COMMANDS or first in (COMPLETION, INSTALL_COMPLETION):
        return _run_app(words)
    if first == "help" or _asks_for_help(words):
        from tui_monitor.cli.help import overview

        write_verbatim(overview())
        return OK
    if first in _VERSION:
        from tui_monitor import __version__

        write_verbatim(f"tui-monitor {__version__}\n")
        return OK
    return _watch(words)


def _keep_payload(command: str, folder: str) -> int:
    """Run the commands that an agent waits for, without the command line."""
    if command == "hook":
        from tui_monitor.cli.hook import hook

        return hook(into=folder)
    from tui_monitor.cli.statusline import statusline

    return statusline(into=folder)


def _watch(words: list[str]) -> int:
    from tui_monitor.cli.path_args import check_first_word, check_paths, is_option

    check_first_word(words)
    if any(map(is_option, words)):
        return _run_app(words)
    check_paths(words)
    clean_thread_errors()
    from tui_monitor.cli.signals import end_at_interrupt

    gc.disable()  # imports leave little garbage, and a tenth of the start-up would look for it: see MonitorApp.on_ready
    try:
        with end_at_interrupt():
            from tui_monitor.cli.monitor import open_monitor

            return open_monitor(words)
    finally:
        gc.enable()


def _run_app(words: list[str]) -> int:
    from tui_monitor.cli.app import run_app

    clean_thread_errors()
    return run_app(words)


def _asks_for_help(words: list[str]) -> bool:
    options = words[: words.index("--")] if "--" in words else words
    return any(word in _HELP for word in options)


def _open_streams() -> None:
    """Put the null device in the place of a closed input or error output; let no character be fatal to an encoding.

    Otherwise a file opened later would get the number of the closed stream, and what is meant for the stream.

    Raises:
        CommandError: standard output is closed.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115  # for the rest of the process
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
        raise CommandError("standard output is closed.")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _ignore_interrupts() -> None:
    """Ignore further interrupts, so that the interpreter ends without complaints."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _discard_unwritten() -> None:
    """Drop output that cannot be written, which the interpreter would complain about at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
