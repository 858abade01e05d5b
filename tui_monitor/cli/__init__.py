"""The command line. The first word decides which command runs, before anything heavy is imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper

from tui_monitor.cli.commands import COMMANDS, OVERVIEW
from tui_monitor.cli.ending import FINE, INTERRUPTED, WRONG_USAGE, Failure


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` (None: those of the process) name, and answer with its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _prepare_outputs()
        status = _run(words)
        sys.stdout.flush()
        return status
    except Failure as failure:
        return _fail(str(failure), failure.status)
    except BrokenPipeError:  # whoever read our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _fail(f"{where}{error.strerror or error}", WRONG_USAGE)
    except KeyboardInterrupt:
        return INTERRUPTED


def _fail(text: str, status: int) -> int:
    with suppress(OSError):
        print(f"tui-monitor: {text}", file=sys.stderr)  # noqa: T201
    return status


def _prepare_outputs() -> None:
    """Let no character be fatal that the encoding of an output lacks."""
    if sys.stdout is None:
        raise Failure("standard output is closed.", WRONG_USAGE)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _run(words: list[str]) -> int:
    first = words[0] if words else ""
    if first in ("-h", "--help", "help"):
        print(OVERVIEW)  # noqa: T201
        return FINE
    if first in ("-V", "--version"):
        from tui_monitor import __version__

        print(__version__)  # noqa: T201
        return FINE
    if first == "run":  # all that follows is another program's, options too
        from tui_monitor.cli.run import run

        return run(words[1:])
    if first in COMMANDS:
        return _command(first, words[1:])
    if any(word.startswith("-") and word != "-" for word in words):
        return _command("watch", words)
    from tui_monitor.cli.monitor import watch

    return watch(words)


def _command(name: str, words: list[str]) -> int:
    """Parse the options of a command with the command-line library, and run it."""
    module = import_module(f"tui_monitor.cli.{COMMANDS[name].module}")
    from cyclopts import App, CycloptsError, Parameter

    app = App(
        name=f"tui-monitor {name}",
        help_format="markdown",
        version_flags=[],
        default_parameter=Parameter(negative="", show_default=False),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    app["--help"].group = "Parameters"
    app.default(module.run)
    try:
        status = app(_pipe_last(words), exit_on_error=False, print_error=False)
    except CycloptsError as error:
        text = " ".join(str(error).split())
        raise Failure(f"{text} See tui-monitor {name} --help.", WRONG_USAGE) from None
    return status if isinstance(status, int) else FINE


def _pipe_last(words: list[str]) -> list[str]:
    """The same words with ``-`` where the command-line library does not take it for an option."""
    if "-" not in words or "--" in words:
        return words
    return [*(word for word in words if word != "-"), "--", "-"]
